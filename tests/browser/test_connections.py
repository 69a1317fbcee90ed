"""Connected apps and activity in a real Chromium: every form works without a script, by keyboard, and on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_consent import authorization_url, redeem, register
from tests.support.browser import Callback, allow, choose_workspace, sign_in
from tests.support.servers import Server

pytestmark = pytest.mark.browser

NAME = "Crate counter"


def connect(page: Page, server: Server, callback: Callback) -> dict[str, Any]:
    """Let Alice connect an app to Acme, and return its tokens."""
    client_id = register(server, callback.uri, NAME)
    page.goto(authorization_url(server, client_id, callback.uri))
    sign_in(page, "alice@demo.local")
    choose_workspace(page, "Acme")
    allow(page)
    page.wait_for_url(f"{callback.uri}**")
    return redeem(server, client_id, callback)


def card(page: Page, server: Server, name: str = NAME) -> Locator:
    """Return the card of the app on the page."""
    page.goto(f"{server.url}/connections")
    return page.get_by_role("article", name=name, exact=True).first


def test_who_unticks_everything_reads_why_not_beside_the_permissions(
    demo_server: Server, page: Page, callback: Callback
) -> None:
    connect(page, demo_server, callback)
    shown = card(page, demo_server)
    shown.get_by_text("What it may do").click()
    for box in shown.get_by_role("checkbox").all():
        box.uncheck()
    shown.get_by_role("button", name="Keep only what is ticked").click()
    expect(shown.get_by_role("alert")).to_have_text("Leave at least one permission, or disconnect the app.")
    first = shown.get_by_role("checkbox").first
    expect(first).to_be_focused()
    expect(first).not_to_be_checked()
    expect(first).to_have_accessible_description("Leave at least one permission, or disconnect the app.")


def test_a_person_renames_shortens_and_disconnects_by_keyboard(
    demo_server: Server, page: Page, callback: Callback
) -> None:
    connect(page, demo_server, callback)
    shown = card(page, demo_server)
    expect(shown).to_contain_text("Chrome · Linux")
    expect(shown).to_contain_text("127.0.0.1")
    shown.get_by_text("Rename", exact=False).last.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Night shift")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved")
    shown = card(page, demo_server, "Night shift")
    shown.get_by_text("How long").focus()
    page.keyboard.press("Enter")
    shown.get_by_role("radio", name="1 day").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("new end")
    expect(card(page, demo_server, "Night shift")).to_contain_text("in 1 day")
    shown = card(page, demo_server, "Night shift")
    shown.get_by_text(re.compile("^Disconnect")).first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{NAME} is disconnected")
    expect(page.get_by_role("article", name="Night shift")).to_have_count(0)
    page.get_by_text("No longer connected").click()
    expect(page.get_by_role("listitem").filter(has_text="Night shift").first).to_contain_text("You disconnected it")


def test_only_one_form_of_a_card_is_open_at_a_time(demo_server: Server, page: Page, callback: Callback) -> None:
    connect(page, demo_server, callback)
    shown = card(page, demo_server)
    shown.get_by_text("How long").click()
    expect(shown.get_by_role("button", name="Save", exact=True)).to_be_visible()
    shown.get_by_text("What it may do").click()
    expect(shown.get_by_role("button", name="Keep only what is ticked")).to_be_visible()
    expect(shown.get_by_role("button", name="Save", exact=True)).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/connections", "/activity", "/activity?outcome=refused&since=x"])
def test_nothing_is_wider_than_the_window(demo_server: Server, page: Page, width: int, path: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{demo_server.url}/connections")
    sign_in(page, "alice@demo.local")
    page.goto(f"{demo_server.url}{path}")
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.removeAttribute('name'); fold.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_the_list_is_narrowed_and_taken_along_as_a_file(demo_server: Server, page: Page) -> None:
    page.goto(f"{demo_server.url}/activity")
    sign_in(page, "alice@demo.local")
    page.get_by_label("App").select_option("Claude")
    page.get_by_label("Outcome").select_option("Refused")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("You did not give the app this permission")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV file").click()
    assert download.value.suggested_filename.startswith("activity-")
    assert len(download.value.path().read_text().splitlines()) == 3
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("tbody tr").first).to_be_visible()


def test_after_a_reset_of_the_password_all_apps_are_one_click_away(demo_server: Server, page: Page) -> None:
    page.goto(f"{demo_server.url}/accounts/password/reset/key/done/")
    page.get_by_role("link", name="Disconnect all apps").click()
    sign_in(page, "alice@demo.local")
    page.get_by_text("Disconnect all apps").click()
    expect(page.get_by_role("button", name="Yes, disconnect all")).to_be_visible()
