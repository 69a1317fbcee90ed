"""Passkeys, authenticator apps and the app that waits, in a real Chromium with a virtual authenticator."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.test_consent import authorization_url, redeem, register
from tests.builders import PASSWORD
from tests.support.browser import Callback, allow, sign_in
from tests.support.servers import Server, manage, running_servers
from tests.support.totp import totp

pytestmark = pytest.mark.browser

# Each test has a person of its own, because it changes how they sign in.
_NAMES = ("alone", "key", "again", "code", "plain")
_PEOPLE = f"""
from allauth.account.models import EmailAddress
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.services import create_personal_workspace
for name in {_NAMES!r}:
    user = User.objects.create_user(f"{{name}}@demo.local", "{PASSWORD}")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    create_personal_workspace(user)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a live server by the name that passkeys need: an IP address can't have any."""
    with running_servers(tmp_path_factory.mktemp("passkeys")) as (server,):
        manage(["shell", "-c", _PEOPLE], {"DATABASE_URL": server.database_url})
        yield replace(server, url=server.url.replace("127.0.0.1", "localhost"))


@pytest.fixture
def device(page: Page) -> CDPSession:
    """Give the browser an authenticator that recognises its owner (the WebAuthn domain of Chromium's protocol)."""
    return add_authenticator(page, transport="internal", hasResidentKey=True, hasUserVerification=True)


@pytest.fixture
def simple_key(page: Page) -> CDPSession:
    """Give the browser a security key that has no room for passkeys and knows nobody: a second step, no more."""
    return add_authenticator(page, transport="usb", hasResidentKey=False, hasUserVerification=False)


def add_authenticator(page: Page, **options: Any) -> CDPSession:
    """Give the browser an authenticator with these `options`."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "isUserVerified": True, **options}},
    )
    return session


def open_account_page(page: Page, server: Server, email: str, path: str) -> None:
    """Sign in with the password and open the page at `path`."""
    page.goto(f"{server.url}/accounts/login/?next={path}")
    sign_in(page, email)


def add_passkey(page: Page, server: Server, email: str, *, alone: bool = True) -> None:
    """Sign in and add a passkey, which is the first second factor of the person."""
    open_account_page(page, server, email, "/accounts/2fa/webauthn/add/")
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def sign_out(page: Page) -> None:
    """Sign out by the button in the header."""
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


def claims(tokens: dict[str, Any]) -> dict[str, Any]:
    """Return what the ID token of a token response says."""
    body = tokens["id_token"].split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_a_passkey_signs_in_alone_while_an_app_waits(
    server: Server, page: Page, device: CDPSession, callback: Callback
) -> None:
    add_passkey(page, server, "alone@demo.local")
    sign_out(page)
    client_id = register(server, callback.uri)
    page.goto(authorization_url(server, client_id, callback.uri, scope="openid project:read"))
    expect(page.get_by_text("Browser test is waiting to connect")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browser test wants to connect to Roboflow")
    expect(page.get_by_text("alone@demo.local")).to_be_visible()
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert claims(redeem(server, client_id, callback))["amr"] == ["hwk", "mfa"]


def test_a_simple_key_is_the_second_step(
    server: Server, page: Page, simple_key: CDPSession, callback: Callback
) -> None:
    add_passkey(page, server, "key@demo.local", alone=False)
    page.goto(f"{server.url}/accounts/2fa/webauthn/")
    expect(page.get_by_text("With the password")).to_be_visible()
    sign_out(page)
    client_id = register(server, callback.uri)
    page.goto(authorization_url(server, client_id, callback.uri, scope="openid project:read"))
    sign_in(page, "key@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    expect(page.get_by_text("Browser test is waiting to connect")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browser test wants to connect to Roboflow")
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert claims(redeem(server, client_id, callback))["amr"] == ["hwk", "mfa", "pwd"]


def test_prompt_login_is_answered_by_a_passkey(
    server: Server, page: Page, device: CDPSession, callback: Callback
) -> None:
    add_passkey(page, server, "again@demo.local")
    client_id = register(server, callback.uri)
    page.goto(authorization_url(server, client_id, callback.uri, prompt="login", scope="openid"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm that it is you")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to Browser test with Roboflow")


def test_a_code_is_the_second_step_while_an_app_waits(server: Server, page: Page, callback: Callback) -> None:
    open_account_page(page, server, "code@demo.local", "/accounts/2fa/")
    page.get_by_role("link", name="Set up").click()
    secret = page.locator("#totp-key").inner_text()
    expect(page.get_by_alt_text("A QR code that holds the key below")).to_be_visible()
    page.get_by_label("Authenticator code").fill(totp(secret, -1))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    expect(page.locator(".codes li")).to_have_count(10)
    sign_out(page)
    client_id = register(server, callback.uri)
    page.goto(authorization_url(server, client_id, callback.uri))
    sign_in(page, "code@demo.local")
    expect(page.get_by_text("Browser test is waiting to connect")).to_be_visible()
    page.get_by_label("Code").fill(totp(secret))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browser test wants to connect to Roboflow")


def test_a_passkey_that_is_not_there_is_said_so_and_the_password_still_works(
    server: Server, page: Page, device: CDPSession
) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/accounts/2fa/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing happened")
    sign_in(page, "plain@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Two-step sign-in")


def test_an_ip_address_offers_no_passkeys_and_says_why(server: Server, page: Page) -> None:
    by_number = server.url.replace("localhost", "127.0.0.1")
    page.goto(f"{by_number}/accounts/login/?next=/accounts/2fa/webauthn/")
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    sign_in(page, "plain@demo.local")
    expect(page.get_by_text("Open this page at localhost")).to_be_visible()
    expect(page.get_by_role("link", name="Add a passkey")).to_have_count(0)


def test_without_javascript_the_password_still_signs_in(server: Server, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}/accounts/login/?next=/accounts/2fa/")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    sign_in(page, "plain@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Two-step sign-in")
    context.close()
