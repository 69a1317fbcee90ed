"""The shipped list comes into the table by itself, and what staff decided about it stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from roboflow_auth.oauth.known_clients.lookup import find_by_name, forget_catalogue, list_known_clients
from roboflow_auth.oauth.known_clients.shipping import shipped_list, sync_catalogue
from roboflow_auth.oauth.models import KnownClient
from tests.oauth.crowd import all_at_once
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db


def rows() -> list[dict[str, Any]]:
    """Return the whole table."""
    return [dict(row) for row in KnownClient.objects.order_by("pk").values()]


def test_an_empty_table_is_filled_at_the_first_look() -> None:
    assert not KnownClient.objects.exists()
    assert find_by_name("Claude Code") is not None
    assert {row["slug"] for row in rows()} == {entry["slug"] for entry in shipped_list()[1]}


def test_doing_it_again_changes_nothing() -> None:
    call_command("sync_known_clients")
    before = rows()
    call_command("sync_known_clients")
    assert rows() == before


def test_a_new_version_is_written_and_what_staff_decided_stays() -> None:
    sync_catalogue()
    KnownClient.objects.filter(slug="codex").update(is_enabled=False, redirect_uris=[], shipped_version=0)
    KnownClient.objects.filter(slug="cursor").update(name="An older name", shipped_version=0)
    KnownClient.objects.exclude(slug__in=["codex", "cursor"]).update(shipped_version=0)
    KnownClient.objects.create(slug="gone", name="Gone", is_shipped=True, shipped_version=0)
    own = KnownClient.objects.create(slug="cursor", name="Our Cursor", names=["our cursor"])
    assert find_by_name("Codex") is None
    codex, cursor = (KnownClient.objects.get(slug=slug, is_shipped=True) for slug in ("codex", "cursor"))
    assert (codex.is_enabled, bool(codex.redirect_uris)) == (False, True)
    assert cursor.name == "Cursor"
    assert not KnownClient.objects.filter(slug="gone").exists()
    assert find_by_name("Our Cursor") == own


def test_a_table_that_a_newer_process_wrote_is_left_alone() -> None:
    sync_catalogue()
    KnownClient.objects.update(shipped_version=10_000)
    KnownClient.objects.filter(slug="codex").update(name="Codex of tomorrow", names=["codex of tomorrow"])
    assert find_by_name("Codex of tomorrow") is not None
    assert KnownClient.objects.filter(shipped_version=10_000).count() == len(shipped_list()[1])


def test_a_look_costs_one_statement_and_the_next_ones_none() -> None:
    sync_catalogue()
    with at_most(1):
        list_known_clients()
        find_by_name("Claude")
        find_by_name("Nobody")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_processes_that_fill_it_at_the_same_time_agree() -> None:
    all_at_once(sync_catalogue)
    forget_catalogue()
    assert len(list_known_clients()) == len(rows()) == len(shipped_list()[1])
