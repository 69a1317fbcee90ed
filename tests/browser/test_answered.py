"""What a person sees after the answer, in a real Chromium: an app opens, an address is pasted, a click counts once."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_consent import authorization_url, redeem, register
from tests.clauses import clause
from tests.support.browser import Callback, allow, sign_in
from tests.support.servers import Server

pytestmark = pytest.mark.browser

CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback"


def ask_carol(server: Server, page: Page, redirect_uri: str, name: str = "Browser test") -> str:
    """Bring `page` to the question of a new client to Carol, and return the client's ID."""
    client_id = register(server, redirect_uri, name)
    page.goto(authorization_url(server, client_id, redirect_uri))
    sign_in(page, "carol@demo.local")
    return client_id


@clause("P-A8.4", "P-A9.2")
def test_chromium_opens_the_app_behind_a_private_scheme_and_a_page_stays(demo_server: Server, page: Page) -> None:
    opened: list[str] = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Page.enable")
    devtools.on("Page.frameRequestedNavigation", lambda event: opened.append(event["url"]))
    devtools.on("Page.frameScheduledNavigation", lambda event: opened.append(event["url"]))
    ask_carol(demo_server, page, CURSOR, "Cursor")
    allow(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You allowed Cursor")
    expect(page.get_by_text("You can close this window")).to_be_visible()
    page.wait_for_timeout(300)
    addresses = {url for url in opened if url.startswith(f"{CURSOR}?code=rfoc_")}
    assert len(addresses) == 1
    assert page.get_by_role("link", name="Open Cursor").get_attribute("href") in addresses
    assert "rfoc_" not in page.url


@clause("P-A8.5")
def test_an_address_is_carried_to_another_machine_without_javascript_on_a_small_screen(
    demo_server: Server, chromium: Browser, callback: Callback
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    client_id = ask_carol(demo_server, page, callback.uri)
    page.get_by_text("My app runs on another machine").click()
    page.get_by_label("Show me an address that I paste into it").check()
    allow(page)
    address = page.get_by_role("textbox", name="Copy this address").inner_text()
    assert not callback.answers
    httpx.get(address)
    assert callback.answers[-1]["state"] == "browser-state"
    redeem(demo_server, client_id, callback)
    page.get_by_role("link", name="I have pasted it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browser test is connected")
    context.close()


def test_no_page_after_the_answer_is_wider_than_a_small_screen(demo_server: Server, chromium: Browser) -> None:
    page = chromium.new_context(viewport={"width": 320, "height": 640}).new_page()
    ask_carol(demo_server, page, "http://127.0.0.1:5/callback")
    page.get_by_text("My app runs on another machine").click()
    page.get_by_label("Show me an address that I paste into it").check()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    allow(page)
    page.get_by_text("The app does not ask for it").click()
    expect(page.get_by_role("button", name="Copy")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.context.close()


def test_the_other_machine_is_chosen_by_keyboard_alone(demo_server: Server, page: Page) -> None:
    ask_carol(demo_server, page, "http://127.0.0.1:5/callback")
    page.get_by_role("radio", name="90 days").focus()
    for key in ("Tab", "Enter", "Tab", "Space", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("textbox", name="Copy this address")).to_be_visible()


@clause("P-A3.5")
def test_two_tabs_are_two_questions(demo_server: Server, page: Page, callback: Callback) -> None:
    client_id = ask_carol(demo_server, page, callback.uri)
    other = page.context.new_page()
    other.goto(authorization_url(demo_server, client_id, callback.uri, state="second"))
    for tab in (page, other):
        allow(tab)
        expect(tab.get_by_role("heading")).to_have_text("Back in the app")
    assert [answer["state"] for answer in callback.answers] == ["browser-state", "second"]


@clause("P-A3.1")
def test_a_double_click_is_one_answer(demo_server: Server, page: Page, callback: Callback) -> None:
    ask_carol(demo_server, page, callback.uri)
    page.get_by_role("button", name="Allow").dblclick()
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert len(callback.answers) == 1


@clause("P-A3.1")
def test_going_back_after_opening_an_app_asks_anew(demo_server: Server, page: Page) -> None:
    ask_carol(demo_server, page, CURSOR, "Cursor")
    allow(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You allowed Cursor")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cursor asks for more access")
    # Chromium's own question whether to open the app still hangs over the window, and takes its clicks.
    page.get_by_role("button", name="Deny").dispatch_event("click")
    expect(page.get_by_role("heading", level=1)).to_have_text("You denied Cursor")


def test_an_answer_to_a_question_that_is_over_gets_a_page_with_a_reference(demo_server: Server, page: Page) -> None:
    ask_carol(demo_server, page, "http://127.0.0.1:5/callback")
    page.context.clear_cookies(name="sessionid")
    allow(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("This question is no longer open")
    expect(page.get_by_text("Reference")).to_be_visible()


def test_the_difference_of_a_wrong_address_is_folded(demo_server: Server, page: Page) -> None:
    client_id = register(demo_server, "http://127.0.0.1/callback")
    page.goto(authorization_url(demo_server, client_id, "http://127.0.0.1:1/elsewhere"))
    expect(page.get_by_text("http://127.0.0.1:1/elsewhere")).to_be_hidden()
    page.get_by_text("Technical details").click()
    expect(page.get_by_text("http://127.0.0.1:1/elsewhere")).to_be_visible()
    expect(page.get_by_text("http://127.0.0.1/callback")).to_be_visible()
