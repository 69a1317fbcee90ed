"""The catalogue in Django admin: shipped entries are switched, staff's own are written, and take their place."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.clients import show_client
from roboflow_auth.oauth.known_clients.lookup import find_by_name, forget_catalogue
from roboflow_auth.oauth.known_clients.shipping import sync_catalogue
from roboflow_auth.oauth.models import Client, KnownClient
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.admin.desk import list_of, page_of
from tests.oauth.journeys import Journey, signed_in
from tests.oauth.registrations import registered

ADD = "admin:oauth_knownclient_add"
CALLBACK = "https://shelves.example/callback"


@pytest.fixture(autouse=True)
def _shipped(db: None) -> None:
    sync_catalogue()


def form_of(**changes: str) -> dict[str, str]:
    """Return the form of an entry of staff's own."""
    return {
        "slug": "shelf-counter",
        "name": "Shelf counter",
        "names": "Shelf counter\r\nShelves",
        "vendor_host": "shelves.example",
        "may_be_verified": "on",
        "client_ids": "https://shelves.example/client.json",
        "redirect_uris": f"{CALLBACK}\r\nshelves://oauth/callback\r\n\r\nhttps://shelves.example/c/*",
        "pinned_metadata": '{"tos_uri": "https://shelves.example/tos"}',
        "is_enabled": "on",
        **changes,
    }


def shipped(slug: str) -> KnownClient:
    """Return the shipped entry `slug`."""
    return KnownClient.objects.get(slug=slug, is_shipped=True)


def test_the_list_is_there_before_anybody_asked_for_a_client(desk: Browser) -> None:
    KnownClient.objects.all().delete()
    forget_catalogue()
    html = desk.get(list_of("knownclient")).content.decode()
    assert "Claude Code" in html
    assert "fastmcp" in html


@clause("P-C8.5")
def test_an_entry_of_staffs_own_counts_at_once(desk: Browser, alice: User, acme: Workspace) -> None:
    assert desk.post(reverse(ADD), form_of()).status_code == 302
    client = builders.make_client(name="SHELVES", redirect_uris=CALLBACK)
    view = show_client(client, CALLBACK)
    assert (view.name, view.badge, view.badge_host) == ("Shelf counter", "verified", "shelves.example")
    assert "calls itself Shelf counter" in show_client(client, "https://evil.example/cb").warning
    assert registered(redirect_uris=["shelves://oauth/callback"])["redirect_uris"] == ["shelves://oauth/callback"]
    # Its document can't be fetched here, so the pinned copy lets it in.
    theirs = Journey(Client(client_id="https://shelves.example/client.json"), signed_in(alice), CALLBACK)
    assert theirs.tokens()["access_token"]
    stored = Client.objects.get(client_id="https://shelves.example/client.json")
    assert stored.metadata["tos_uri"] == "https://shelves.example/tos"
    event = AuditEvent.objects.get(action="change_known_client")
    assert (event.actor_email, event.reason) == ("staff@demo.local", "by_staff")
    assert event.detail.startswith("shelf-counter: slug, name")


@clause("P-C8.5")
def test_a_shipped_entry_is_switched_and_not_written(desk: Browser) -> None:
    cursor = shipped("cursor")
    page = desk.get(page_of(cursor)).content.decode()
    assert 'name="is_enabled"' in page
    assert 'name="redirect_uris"' not in page
    assert desk.post(page_of(cursor), {"name": "Changed", "redirect_uris": CALLBACK}).status_code == 302
    switched = shipped("cursor")
    assert (switched.name, switched.redirect_uris, switched.is_enabled) == ("Cursor", cursor.redirect_uris, False)
    assert find_by_name("Cursor") is None
    assert desk.post(page_of(cursor), {"is_enabled": "on"}).status_code == 302
    assert find_by_name("Cursor") == cursor


def test_a_shipped_entry_is_not_deleted(desk: Browser) -> None:
    cursor = shipped("cursor")
    address = reverse("admin:oauth_knownclient_delete", args=[cursor.pk])
    assert desk.post(address, {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": [cursor.pk], "post": "yes"}
    desk.post(list_of("knownclient"), form)
    assert shipped("cursor") == cursor


def test_an_own_entry_takes_the_shipped_ones_place_until_it_is_deleted(desk: Browser) -> None:
    desk.post(reverse(ADD), form_of(slug="cursor", name="Cursor", names="cursor", client_ids=""))
    own = KnownClient.objects.get(is_shipped=False)
    assert find_by_name("Cursor") == own
    client = builders.make_client(name="Cursor", redirect_uris=CALLBACK)
    assert show_client(client, CALLBACK).badge == "verified"
    desk.post(reverse("admin:oauth_knownclient_delete", args=[own.pk]), {"post": "yes"})
    assert find_by_name("Cursor") == shipped("cursor")
    assert show_client(client, CALLBACK).badge == "unverified"
    assert AuditEvent.objects.get(action="delete_known_client").detail == "cursor"


@pytest.mark.parametrize(
    "changes, field",
    [
        ({"slug": "no slug"}, "slug"),
        ({"name": ""}, "name"),
        ({"names": " \n "}, "names"),
        ({"client_ids": "http://shelves.example/client.json"}, "client_ids"),
        ({"redirect_uris": "javascript:alert(1)"}, "redirect_uris"),
        ({"redirect_uris": "http://shelves.example/cb"}, "redirect_uris"),
        ({"redirect_uris": "https://user@shelves.example/cb"}, "redirect_uris"),
        ({"redirect_uris": "https://*.shelves.example/cb"}, "redirect_uris"),
        ({"redirect_uris": "https://shelves.example/a*"}, "redirect_uris"),
        ({"redirect_uris": "https://shelves.example/*/b"}, "redirect_uris"),
        ({"pinned_metadata": '["a"]'}, "pinned_metadata"),
        ({"pinned_metadata": "no JSON"}, "pinned_metadata"),
        ({"pinned_metadata": '{"client_name": "Roboflow"}'}, "pinned_metadata"),
        ({"pinned_metadata": '{"redirect_uris": ["javascript:x"]}'}, "pinned_metadata"),
        ({"redirect_uris": ""}, "pinned_metadata"),
    ],
)
def test_what_can_not_be_is_said_at_its_field(desk: Browser, changes: dict[str, Any], field: str) -> None:
    response = desk.post(reverse(ADD), form_of(**changes))
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not KnownClient.objects.filter(is_shipped=False).exists()


def test_two_own_entries_can_not_have_one_key(desk: Browser) -> None:
    desk.post(reverse(ADD), form_of())
    response = desk.post(reverse(ADD), form_of())
    assert "slug" in response.context["adminform"].form.errors
    own = KnownClient.objects.get(is_shipped=False)
    assert desk.post(page_of(own), form_of(name="Renamed")).status_code == 302
    assert KnownClient.objects.get(is_shipped=False).name == "Renamed"


def test_people_who_are_not_staff_see_nothing_of_it(alice: User, bob: User, carol: User, acme: Workspace) -> None:
    for person in (alice, bob, carol):
        browser = Browser()
        browser.force_login(person)
        for address in (list_of("knownclient"), reverse(ADD), page_of(shipped("cursor"))):
            assert browser.get(address).status_code in (302, 403)
        browser.post(page_of(shipped("cursor")), {})
    assert shipped("cursor").is_enabled
