"""The list that comes with the product, written into the table of known clients without touching what staff decided."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from roboflow_auth.oauth.models import KnownClient

# Raise `version` in it with every change: a table that holds an older list is brought up to date.
_FILE = Path(__file__).with_name("shipped.json")
_COLUMNS = ("name", "names", "vendor_host", "may_be_verified", "client_ids", "redirect_uris", "pinned_metadata")


@cache
def shipped_list() -> tuple[int, list[dict[str, Any]]]:
    """Return the version of the shipped list, and its entries as the columns of the table hold them."""
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    return content["version"], content["clients"]


def sync_catalogue() -> None:
    """Write the shipped list into the table. Whether an entry is enabled, and staff's own entries, stay as they are.

    Doing it again, or in two processes at once, changes nothing.
    """
    version, entries = shipped_list()
    rows = [KnownClient(**entry, is_shipped=True, shipped_version=version) for entry in entries]
    with transaction.atomic():
        KnownClient.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["slug", "is_shipped"],
            update_fields=[*_COLUMNS, "shipped_version"],
        )
        KnownClient.objects.filter(is_shipped=True).exclude(slug__in=[row.slug for row in rows]).delete()


def is_behind(rows: list[KnownClient]) -> bool:
    """Return whether `rows`, all of the table, hold no shipped list or one that is older than this process's."""
    versions = [row.shipped_version or 0 for row in rows if row.is_shipped]
    return max(versions, default=0) < shipped_list()[0]
