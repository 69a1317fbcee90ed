"""What a person changes on the page of connected apps, felt by the `mcp` package's own client at its next call."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from anyio.from_thread import BlockingPortal
from playwright.sync_api import Locator, Page, expect

from tests.clauses import clause
from tests.flows.native_app import bearer
from tests.flows.person import Person
from tests.flows.sdk import WAIT_SECONDS, Keychain, SdkClient
from tests.support.browser import Callback
from tests.support.servers import Server, manage

pytestmark = [pytest.mark.flows, pytest.mark.browser]

MODE = "legacy"
ClientMaker = Callable[[Keychain], SdkClient]


@pytest.fixture
def make_client(portal: BlockingPortal, demo_server: Server, callback: Callback) -> ClientMaker:
    """Return a function that makes a copy of an app; copies that share a registration are one app to the server."""
    return lambda keychain: SdkClient(portal, demo_server.mcp_url, callback, MODE, keychain)


@pytest.fixture
def client(make_client: ClientMaker, alice_at_browser: Person) -> SdkClient:
    """Return a copy of an app that Alice connected to Acme, and that called a tool."""
    return connect(make_client(Keychain()), alice_at_browser)


def connect(client: SdkClient, person: Person, workspace: str = "Acme Robotics") -> SdkClient:
    """Let `client` call a tool, for which it has to ask `person`, who allows it; "" where Acme is remembered."""
    visit = client.start_call("projects_list")
    person.allow(client.wanted_url(), workspace=workspace)
    assert not visit.result(WAIT_SECONDS).is_error
    return client


def second_copy(make_client: ClientMaker, first: SdkClient, person: Person) -> SdkClient:
    """Return another copy of the app `first`, with a session of its own in the same connection."""
    return connect(make_client(Keychain(first.keychain.registration)), person, workspace="")


def card(page: Page, server: Server) -> Locator:
    """Return the card of the app that was used last."""
    page.goto(f"{server.url}/connections")
    return page.get_by_role("article").filter(has_text=f"Python SDK ({MODE})").first


def save(page: Page, place: Locator, button: str) -> None:
    """Press `button` in `place`, and wait for the page to say that it is done."""
    place.get_by_role("button", name=button).click()
    expect(page.get_by_role("status").first).to_be_visible()


def call(server: Server, client: SdkClient, tool: str) -> httpx.Response:
    """Call `tool` with the client's token, to read the HTTP answer that the SDK acts upon."""
    assert client.keychain.tokens
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    headers |= bearer(client.keychain.tokens.access_token)
    return httpx.post(server.mcp_url, json=message, headers=headers, timeout=30)


def works(client: SdkClient) -> bool:
    """Return whether the client gets a result with nobody at the browser."""
    return not client.call("projects_list").is_error


@clause("P-G2.4", "P-M3.1")
def test_a_permission_that_was_taken_away_is_asked_for_at_the_very_next_call(
    client: SdkClient, demo_server: Server, alice_at_browser: Person
) -> None:
    page = alice_at_browser.page
    shown = card(page, demo_server)
    shown.get_by_text("What it may do").click()
    shown.get_by_role("checkbox", name="See projects and their classes").uncheck()
    save(page, shown, "Keep only what is ticked")
    refused = call(demo_server, client, "projects_list")
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert re.search(r'scope="[^"]*project:read', refused.headers["www-authenticate"])
    assert call(demo_server, client, "workspace_get").status_code == 200
    visit = client.start_call("projects_list")
    url = client.wanted_url()
    assert "project:read" in parse_qs(urlsplit(url).query)["scope"][0].split()
    alice_at_browser.allow(url)
    assert not visit.result(WAIT_SECONDS).is_error


@clause("P-G3.4")
def test_an_end_that_was_moved_closer_is_felt_when_it_comes(
    client: SdkClient, demo_server: Server, alice_at_browser: Person
) -> None:
    page = alice_at_browser.page
    shown = card(page, demo_server)
    shown.get_by_text("How long").click()
    shown.get_by_role("radio", name="1 day").check(force=True)
    save(page, shown, "Save")
    assert works(client)
    a_day_passes(demo_server)
    assert call(demo_server, client, "projects_list").status_code == 401
    connect(client, alice_at_browser)


@clause("P-G4.6")
def test_ending_one_session_leaves_the_other_at_work(
    make_client: ClientMaker, client: SdkClient, demo_server: Server, alice_at_browser: Person
) -> None:
    page = alice_at_browser.page
    shown = card(page, demo_server)
    shown.get_by_label("Rename session").click()
    shown.get_by_label("What you call this session").fill("Old laptop")
    save(page, shown.get_by_role("listitem"), "Save name")
    other = second_copy(make_client, client, alice_at_browser)
    shown = card(page, demo_server)
    expect(shown.get_by_role("listitem")).to_have_count(2)
    old = shown.get_by_role("listitem").filter(has_text="Old laptop")
    old.get_by_text("End", exact=False).first.click()
    save(page, old, "Yes, end it")
    assert call(demo_server, client, "projects_list").status_code == 401
    assert works(other)
    connect(client, alice_at_browser, workspace="")


@clause("P-G4.3")
def test_disconnecting_ends_all_sessions(
    make_client: ClientMaker, client: SdkClient, demo_server: Server, alice_at_browser: Person
) -> None:
    other = second_copy(make_client, client, alice_at_browser)
    assert works(client)
    page = alice_at_browser.page
    shown = card(page, demo_server)
    shown.get_by_text(re.compile("^Disconnect")).first.click()
    save(page, shown, "Yes, disconnect")
    assert [call(demo_server, copy, "projects_list").status_code for copy in (client, other)] == [401, 401]
    connect(client, alice_at_browser)
    connect(other, alice_at_browser, workspace="")


def test_every_call_stands_on_the_page_of_activity(
    client: SdkClient, demo_server: Server, alice_at_browser: Person
) -> None:
    page = alice_at_browser.page
    refused = client.call("projects_get", {"project_id": "acme/nowhere"})
    assert refused.is_error
    card(page, demo_server).get_by_role("link", name="Activity").click()
    latest, before = page.locator("tbody tr").nth(0), page.locator("tbody tr").nth(1)
    expect(latest).to_contain_text("projects_get")
    expect(latest).to_contain_text("There is no such thing, or the app may not see it")
    expect(before).to_contain_text("projects_list")
    expect(before).to_contain_text("Allowed")


def a_day_passes(server: Server) -> None:
    """Let the ends of the connections come a day closer; tokens stay, so that nothing else can be what ends access."""
    program = (
        "from datetime import timedelta; from django.db.models import F;"
        "from roboflow_auth.oauth.models import Connection;"
        "Connection.objects.update(expires_at=F('expires_at') - timedelta(days=1, seconds=1))"
    )
    manage(["shell", "--command", program], {"DATABASE_URL": server.database_url})
