"""Sign-in and consent as a person meets them, in a real Chromium against a live server."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.clauses import clause
from tests.support.browser import Callback, allow, choose_workspace, sign_in
from tests.support.servers import Server

pytestmark = pytest.mark.browser

VERIFIER = "browser-verifier-" + "v" * 40
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def register(server: Server, redirect_uri: str, name: str = "Browser test") -> str:
    """Return the client ID of a new public client."""
    metadata = {"client_name": name, "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "none"}
    response = httpx.post(f"{server.url}/oauth/register", json=metadata)
    assert response.status_code == 201, response.text
    return str(response.json()["client_id"])


def authorization_url(server: Server, client_id: str, redirect_uri: str, **changes: str) -> str:
    """Return the address to which an app would send the browser."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "workspace:read project:read project:create audit-log:read offline_access",
        "state": "browser-state",
        "resource": server.mcp_url,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return f"{server.url}/oauth/authorize?{urlencode(query)}"


def redeem(server: Server, client_id: str, callback: Callback) -> dict[str, Any]:
    """Return the token response for the code that came back."""
    body = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "code": callback.answers[-1]["code"],
        "redirect_uri": callback.uri,
        "code_verifier": VERIFIER,
    }
    response = httpx.post(f"{server.url}/oauth/token", data=body)
    assert response.status_code == 200, response.text
    tokens: dict[str, Any] = response.json()
    return tokens


@clause("P-A9.2")
def test_a_person_signs_in_chooses_a_workspace_and_allows(demo_server: Server, page: Page, callback: Callback) -> None:
    client_id = register(demo_server, callback.uri)
    page.goto(authorization_url(demo_server, client_id, callback.uri))
    expect(page.get_by_text("Browser test is waiting to connect")).to_be_visible()
    sign_in(page, "alice@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Browser test wants to connect to Roboflow")
    choose_workspace(page, "Acme Robotics")
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert callback.answers[-1]["state"] == "browser-state"
    assert callback.answers[-1]["iss"] == demo_server.url
    tokens = redeem(demo_server, client_id, callback)
    assert tokens["scope"] == "offline_access project:create project:read workspace:read"


@clause("P-A5.4", "P-G3.3")
def test_a_person_gives_less_than_was_asked_for(demo_server: Server, page: Page, callback: Callback) -> None:
    client_id = register(demo_server, callback.uri)
    page.goto(authorization_url(demo_server, client_id, callback.uri))
    sign_in(page, "carol@demo.local")
    page.get_by_text("Choose exactly what").click()
    page.get_by_role("checkbox", name="Create projects").uncheck()
    page.get_by_role("radio", name="1 day").check()
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    tokens = redeem(demo_server, client_id, callback)
    assert tokens["scope"] == "offline_access project:read workspace:read"
    assert tokens["authorization_expires_in"] <= 24 * 3600


def test_a_person_denies_without_choosing_anything(demo_server: Server, page: Page, callback: Callback) -> None:
    page.goto(authorization_url(demo_server, register(demo_server, callback.uri), callback.uri))
    sign_in(page, "alice@demo.local")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert callback.answers[-1]["error"] == "access_denied"


def test_everything_works_without_javascript(demo_server: Server, chromium: Browser, callback: Callback) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    client_id = register(demo_server, callback.uri)
    page.goto(authorization_url(demo_server, client_id, callback.uri))
    sign_in(page, "alice@demo.local")
    page.get_by_role("radio", name="Acme Robotics").check(force=True)
    page.get_by_role("button", name="Show what I can give here").click()
    page.get_by_role("radio", name=re.compile("Read only")).check(force=True)
    allow(page)
    assert redeem(demo_server, client_id, callback)["scope"] == "offline_access project:read workspace:read"
    context.close()


def test_a_workspace_that_was_chosen_before_the_script_came_counts(
    demo_server: Server, page: Page, callback: Callback
) -> None:
    held: list[Route] = []
    page.route("**/web/consent*.js", lambda route: route.continue_() if held else held.append(route))
    page.goto(authorization_url(demo_server, register(demo_server, callback.uri), callback.uri))
    sign_in(page, "alice@demo.local")
    page.get_by_role("radio", name="Acme Robotics").check(force=True)
    with page.expect_navigation():
        held[0].continue_()
    expect(page.get_by_role("radio", name="Acme Robotics")).to_be_focused()
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")


def test_another_account_can_answer_the_same_request(demo_server: Server, page: Page, callback: Callback) -> None:
    page.goto(authorization_url(demo_server, register(demo_server, callback.uri), callback.uri))
    sign_in(page, "alice@demo.local")
    page.get_by_role("link", name="Use another account").click()
    expect(page.get_by_text("Browser test is waiting to connect")).to_be_visible()
    sign_in(page, "carol@demo.local")
    expect(page.get_by_text("carol@demo.local")).to_be_visible()
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert callback.answers[-1]["state"] == "browser-state"


def test_the_back_button_and_a_second_answer_do_no_harm(demo_server: Server, page: Page, callback: Callback) -> None:
    page.goto(authorization_url(demo_server, register(demo_server, callback.uri), callback.uri))
    sign_in(page, "carol@demo.local")
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    page.go_back()
    allow(page)
    page.wait_for_load_state()
    assert len({answer.get("code") for answer in callback.answers}) == len(callback.answers)


def test_an_unregistered_redirect_uri_shows_a_page(demo_server: Server, page: Page, callback: Callback) -> None:
    client_id = register(demo_server, callback.uri)
    page.goto(authorization_url(demo_server, client_id, "http://127.0.0.1:1/elsewhere"))
    expect(page.get_by_role("heading", level=1)).to_have_text("This app can't connect")
    expect(page.get_by_text("Reference")).to_be_visible()
    assert not callback.answers
