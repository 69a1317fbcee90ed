"""Waiting for staff in a real Chromium: the page goes on by itself once they approved the app."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_consent import authorization_url, redeem, register
from tests.support.browser import Callback, allow, choose_workspace, sign_in
from tests.support.servers import Server, running_servers

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def asking_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a live server on which unknown apps wait for staff."""
    directory = tmp_path_factory.mktemp("asking")
    with running_servers(directory, settings={"UNKNOWN_CLIENT_POLICY": "ask"}) as servers:
        yield servers[0]


def decide(chromium: Browser, server: Server, button: str) -> None:
    """Answer the open request as staff, in a browser of their own."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/admin/oauth/approvalrequest/")
    sign_in(page, "staff@demo.local")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name=button)).to_have_count(0)
    context.close()


def begin(page: Page, server: Server, callback: Callback, name: str) -> str:
    """Let the app `name` send Alice's browser to the server, where she waits; return its client ID."""
    client_id = register(server, callback.uri, name)
    page.goto(authorization_url(server, client_id, callback.uri))
    sign_in(page, "alice@demo.local")
    expect(page.get_by_role("heading", name=f"{name} waits for approval")).to_be_visible()
    return client_id


def test_an_approved_app_goes_on_by_itself_to_tokens(
    asking_server: Server, chromium: Browser, page: Page, callback: Callback
) -> None:
    client_id = begin(page, asking_server, callback, "Shelf counter")
    decide(chromium, asking_server, "Approve")
    expect(page.get_by_role("heading", name="Shelf counter wants to connect")).to_be_visible(timeout=15_000)
    choose_workspace(page, "Acme")
    allow(page)
    page.wait_for_url(f"{callback.uri}**")
    assert redeem(asking_server, client_id, callback)["access_token"]


def test_a_denied_app_is_told_by_itself(
    asking_server: Server, chromium: Browser, page: Page, callback: Callback
) -> None:
    begin(page, asking_server, callback, "Denied app")
    decide(chromium, asking_server, "Deny")
    page.wait_for_url(f"{callback.uri}**", timeout=15_000)
    assert callback.answers[-1]["error"] == "access_denied"


def test_who_stops_waiting_is_taken_back_to_the_app(asking_server: Server, page: Page, callback: Callback) -> None:
    begin(page, asking_server, callback, "Abandoned app")
    page.get_by_role("button", name="Stop waiting").click()
    page.wait_for_url(f"{callback.uri}**")
    assert callback.answers[-1]["error"] == "access_denied"
