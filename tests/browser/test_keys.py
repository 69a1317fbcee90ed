"""API keys in a real Chromium: made, used, copied, narrowed, rolled, disabled, revoked; with a script and without."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.support.browser import sign_in
from tests.support.servers import Server

pytestmark = pytest.mark.browser

SECRET = re.compile(r"rfk_[0-9A-Za-z]{49}")


@pytest.fixture
def plain_page(chromium: Browser) -> Iterator[Page]:
    """Return a page on which no script runs."""
    context = chromium.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def call(server: Server, raw_key: str) -> httpx.Response:
    """Call the API with a key."""
    return httpx.get(f"{server.url}/api/v1/me", headers={"x-api-key": raw_key})


def make_key(server: Server, page: Page, name: str, *, workspace: str = "Acme Robotics") -> str:
    """Sign Alice in, make a key called `name` in `workspace`, and return its secret."""
    page.goto(f"{server.url}/keys")
    sign_in(page, "alice@demo.local")
    page.get_by_role("link", name=workspace).click()
    page.get_by_role("link", name="New key").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Copy “{name}” now")
    secret = page.locator("#secret").inner_text()
    assert SECRET.fullmatch(secret)
    return secret


def test_a_key_goes_its_whole_way_without_a_script(demo_server: Server, plain_page: Page) -> None:
    page, server = plain_page, demo_server
    secret = make_key(server, page, "Whole way")
    assert call(server, secret).json()["workspace"] == "acme"
    page.get_by_role("link", name="I have saved it").click()
    expect(page.get_by_role("row", name="Whole way")).to_contain_text("just now")
    page.get_by_role("link", name="Whole way").click()

    page.get_by_text("Take permissions away").click()
    page.get_by_label("See upload batches").uncheck()
    page.get_by_role("button", name="Keep only what is ticked").click()
    expect(page.get_by_role("status")).to_contain_text("can do only this")
    assert "batch:read" not in call(server, secret).json()["granted_scopes"]

    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("status")).to_contain_text("disabled")
    assert call(server, secret).status_code == 401
    page.get_by_role("button", name="Enable").click()
    assert call(server, secret).status_code == 200

    page.get_by_text("Roll…").click()
    page.get_by_role("button", name="Roll the key").click()
    rolled = page.locator("#secret").inner_text()
    assert call(server, secret).status_code == 401
    assert call(server, rolled).status_code == 200

    page.get_by_role("link", name="I have saved it").click()
    page.get_by_role("link", name="Whole way").click()
    page.get_by_text("Revoke…").click()
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_role("status")).to_contain_text("“Whole way” is revoked.")
    expect(page.get_by_role("link", name="Whole way")).to_have_count(0)
    assert call(server, rolled).status_code == 401


def test_a_secret_is_copied_and_never_comes_back(demo_server: Server, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    secret = make_key(demo_server, page, "Copied", workspace="Alice's workspace")
    page.get_by_role("button", name="Copy: API key").click()
    expect(page.get_by_role("button", name="Copy: API key")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    assert "rfk_" not in page.url
    page.get_by_role("link", name="I have saved it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API keys")
    # The browser kept nothing that it could show: it would have to send the form again, and asks first.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    expect(page.get_by_text(secret)).to_have_count(0)


def test_single_permissions_show_once_they_are_chosen(demo_server: Server, page: Page) -> None:
    page.goto(f"{demo_server.url}/keys/new?workspace=acme")
    sign_in(page, "alice@demo.local")
    expect(page.get_by_label("Create projects")).to_be_hidden()
    page.get_by_text("Choose exactly what").click()
    page.get_by_label("Create projects").check()
    page.get_by_label("Name", exact=True).fill("One permission")
    page.get_by_role("radio", name="No end").check()
    page.get_by_role("button", name="Make the key").click()
    me = call(demo_server, page.locator("#secret").inner_text())
    assert me.json()["code"] == "insufficient_scope"


def test_a_labeler_is_sent_to_where_no_key_is_needed(demo_server: Server, page: Page) -> None:
    page.goto(f"{demo_server.url}/keys")
    sign_in(page, "bob@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("API keys are for owners and admins")
    page.get_by_role("main").get_by_role("link", name="Connect an agent").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect an agent")


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_is_cut_off(demo_server: Server, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    make_key(demo_server, page, f"Wide {width}", workspace="Alice's workspace")
    paths = ["/keys", "/keys/new", "/keys?workspace=alice", "/connect", "/connect?client=vs-code", "/"]
    for path in (None, *paths):
        if path is not None:
            page.goto(f"{demo_server.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, page.url)
    page.goto(f"{demo_server.url}/keys?workspace=alice")
    page.get_by_role("link", name=f"Wide {width}").click()
    page.get_by_text("Revoke…").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
