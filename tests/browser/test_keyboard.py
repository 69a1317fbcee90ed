"""Everything by keyboard: signing in, giving an app less than it asked for, looking at it, and disconnecting it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.test_consent import authorization_url, redeem, register
from tests.builders import PASSWORD
from tests.support.browser import Callback
from tests.support.servers import Server

pytestmark = pytest.mark.browser

NAME = "By keyboard"


def test_a_person_without_a_mouse_connects_an_app_and_disconnects_it(
    demo_server: Server, page: Page, callback: Callback
) -> None:
    keyboard = Keyboard(page)
    client_id = register(demo_server, callback.uri, NAME)
    page.goto(authorization_url(demo_server, client_id, callback.uri))
    _sign_in(page, keyboard)
    _answer(page, keyboard)
    expect(page.get_by_role("heading")).to_have_text("Back in the app")
    assert redeem(demo_server, client_id, callback)["scope"] == "offline_access project:read workspace:read"
    page.goto(f"{demo_server.url}/")
    _disconnect(page, keyboard)
    expect(page.get_by_role("status")).to_contain_text(f"{NAME} is disconnected")


def _sign_in(page: Page, keyboard: Keyboard) -> None:
    keyboard.go_to("E-mail address")
    keyboard.type("alice@demo.local")
    keyboard.go_to("Password")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{NAME} wants to connect")


def _answer(page: Page, keyboard: Keyboard) -> None:
    keyboard.go_to("Acme Robotics")
    with page.expect_navigation():
        keyboard.press("Space")
    keyboard.go_to("Manage data")
    keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Read only")).to_be_checked()
    keyboard.go_to("90 days")
    keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="30 days")).to_be_checked()
    keyboard.go_to("Allow")
    keyboard.press("Enter")


def _disconnect(page: Page, keyboard: Keyboard) -> None:
    keyboard.press("Tab")
    assert keyboard.focused()["name"] == "Skip to content"
    assert keyboard.focused()["isInView"]
    keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    keyboard.go_to("Connected apps")
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connected apps")
    keyboard.go_to(f"Disconnect {NAME}")
    keyboard.press("Space")
    keyboard.go_to("Yes, disconnect")
    keyboard.press("Enter")
