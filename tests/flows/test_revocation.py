"""What stops a token: its owner, the staff, and the other resource's door."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.clauses import clause
from tests.flows.native_app import NativeApp, bearer
from tests.flows.person import Person, open_admin
from tests.support.browser import Callback
from tests.support.servers import Server

pytestmark = [pytest.mark.flows, pytest.mark.browser]


@pytest.fixture
def app(demo_server: Server, callback: Callback) -> NativeApp:
    """Return an app that speaks bare HTTP."""
    return NativeApp(demo_server, callback)


def call_api(server: Server, token: str) -> int:
    """Return the status of a call of the REST API."""
    return httpx.get(f"{server.url}/api/v1/me", headers=bearer(token), timeout=30).status_code


def test_a_token_that_the_app_gave_back_is_refused_on_the_next_call(app: NativeApp, alice_at_browser: Person) -> None:
    alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics")
    tokens = app.tokens()
    assert app.call_tool(bearer(tokens["access_token"])).status_code == 200
    app.revoke(tokens["refresh_token"])
    refused = app.call_tool(bearer(tokens["access_token"]))
    assert refused.status_code == 401
    assert 'error="invalid_token"' in refused.headers["www-authenticate"]


def test_a_connection_that_staff_revoked_in_the_admin_is_refused_on_the_next_call(
    app: NativeApp, demo_server: Server, alice_at_browser: Person, staff_page: Page
) -> None:
    alice_at_browser.allow(app.authorization_url(), workspace="Acme Robotics")
    credential = bearer(app.tokens()["access_token"])
    assert app.call_tool(credential).status_code == 200
    open_admin(staff_page, demo_server, "staff@demo.local", f"oauth/connection/?q={app.client_id}")
    staff_page.get_by_role("link", name="alice@demo.local").click()
    staff_page.get_by_role("button", name="Revoke this connection").click()
    expect(staff_page.get_by_role("button", name="Revoke this connection")).to_have_count(0)
    assert app.call_tool(credential).status_code == 401


def test_who_is_not_staff_finds_no_way_into_the_admin(demo_server: Server, page: Page) -> None:
    open_admin(page, demo_server, "bob@demo.local", "oauth/connection/")
    expect(page.get_by_text("last used at")).to_have_count(0)
    expect(page.get_by_role("link", name="alice@demo.local")).to_have_count(0)


@clause("P-I2.2")
def test_a_token_for_one_resource_is_refused_at_the_other(
    app: NativeApp, demo_server: Server, alice_at_browser: Person
) -> None:
    tokens = {}
    for resource in ("/mcp", "/api/v1"):
        alice_at_browser.allow(app.authorization_url(resource), workspace="Acme Robotics")
        tokens[resource] = app.tokens()["access_token"]
    assert app.call_tool(bearer(tokens["/mcp"])).status_code == 200
    assert call_api(demo_server, tokens["/mcp"]) == 401
    assert call_api(demo_server, tokens["/api/v1"]) == 200
    assert app.call_tool(bearer(tokens["/api/v1"])).status_code == 401
