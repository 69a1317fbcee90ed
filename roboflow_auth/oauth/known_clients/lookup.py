"""Finding entries of the catalogue. Only registration and authorization ask; tokens are issued without it.

A process reads the table in one statement, and again after half a minute, so that is how long it takes until a change
by staff is felt everywhere; in the process that took the change it is felt at once.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache

from roboflow_auth.oauth.known_clients.names import begins_with, fold_name
from roboflow_auth.oauth.known_clients.shipping import is_behind, sync_catalogue
from roboflow_auth.oauth.models import KnownClient
from roboflow_auth.oauth.rules.redirect_uri import is_private_scheme

_SECONDS = 30
# Claude Code and others add the name of the server in brackets.
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


def list_known_clients() -> tuple[KnownClient, ...]:
    """Return the entries that count: staff's own first, then the shipped ones that staff left in place."""
    return _read(int(time.monotonic() // _SECONDS))


def forget_catalogue() -> None:
    """Read the table anew at the next use."""
    _read.cache_clear()


def find_by_client_id(client_id: str) -> KnownClient | None:
    """Return the known client whose metadata document `client_id` is."""
    return next((known for known in list_known_clients() if client_id in known.client_ids), None)


def find_by_redirect_uri(redirect_uri: str) -> KnownClient | None:
    """Return the known client that alone receives answers at `redirect_uri`."""
    return next((known for known in list_known_clients() if known.owns(redirect_uri)), None)


def find_by_name(name: str) -> KnownClient | None:
    """Return the known client that `name` calls itself, whatever its case, spaces, look-alikes and added brackets."""
    folded = fold_name(_IN_BRACKETS.sub("", name))
    return next((known for known in list_known_clients() if folded in _folded_names(known)), None)


def find_resembled(name: str) -> KnownClient | None:
    """Return the known client whose name `name` is, or begins with: «Claude Code Pro» borrows the name as well."""
    entries = [(alias, known) for known in list_known_clients() for alias in _folded_names(known)]
    longest_first = sorted(entries, key=lambda entry: -len(entry[0]))
    return find_by_name(name) or next((known for alias, known in longest_first if begins_with(name, alias)), None)


def is_known_private_uri(uri: str) -> bool:
    """Return whether `uri` is a private-use redirect URI of the catalogue; others are registered by staff only."""
    return is_private_scheme(uri) and any(uri in known.redirect_uris for known in list_known_clients())


@lru_cache(maxsize=1)
def _read(_moment: int) -> tuple[KnownClient, ...]:
    """Return the entries as they are at this moment of the process's clock, in units of _SECONDS."""
    rows = _rows()
    if is_behind(rows):
        # A fresh database, or a new version of the product that nobody told of: an empty list would shut people out.
        sync_catalogue()
        rows = _rows()
    own = {row.slug for row in rows if not row.is_shipped}
    return tuple(row for row in rows if row.is_enabled and not (row.is_shipped and row.slug in own))


def _rows() -> list[KnownClient]:
    return list(KnownClient.objects.order_by("is_shipped", "pk"))


def _folded_names(known: KnownClient) -> frozenset[str]:
    return frozenset(fold_name(alias) for alias in (known.name, *known.names))
