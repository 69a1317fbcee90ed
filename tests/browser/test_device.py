"""Connecting a device as a person meets it, in a real Chromium against a live server (RFC 8628)."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.clauses import clause
from tests.oauth.devices import DEVICE_GRANT, DEVICE_GRANTS
from tests.support.browser import allow, choose_workspace, sign_in
from tests.support.servers import Server

pytestmark = pytest.mark.browser


class Device:
    """A device: it registers, begins, shows its code and asks."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        metadata = {"client_name": name, "grant_types": DEVICE_GRANTS, "token_endpoint_auth_method": "none"}
        response = httpx.post(f"{server.url}/oauth/register", json=metadata)
        assert response.status_code == 201, response.text
        self.client_id = response.json()["client_id"]
        described = httpx.get(f"{server.url}/.well-known/oauth-authorization-server").json()
        asked = {"client_id": self.client_id, "scope": "project:read project:create", "resource": server.mcp_url}
        begun = httpx.post(described["device_authorization_endpoint"], data=asked)
        assert begun.status_code == 200, begun.text
        self.codes: dict[str, Any] = begun.json()

    def poll(self) -> dict[str, Any]:
        """Return what the token endpoint says."""
        body = {
            "grant_type": DEVICE_GRANT,
            "client_id": self.client_id,
            "device_code": self.codes["device_code"],
        }
        answer: dict[str, Any] = httpx.post(f"{self.server.url}/oauth/token", data=body).json()
        return answer


@clause("P-T6.4", "RFC8628-3.3")
def test_a_person_types_the_code_and_the_device_goes_on(demo_server: Server, page: Page) -> None:
    device = Device(demo_server, "Shelf camera")
    page.goto(device.codes["verification_uri"])
    sign_in(page, "alice@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect a device")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(device.codes["user_code"].lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Shelf camera wants to connect to Roboflow")
    expect(page.get_by_text("The device that shows the code")).to_be_visible()
    assert device.poll()["error"] == "authorization_pending"
    choose_workspace(page, "Acme Robotics")
    allow(page)
    expect(page.get_by_role("heading")).to_have_text("You allowed Shelf camera")
    expect(page.get_by_text("You can close this window and go back to your device.")).to_be_visible()
    tokens = device.poll()
    assert tokens["scope"] == "project:create project:read"
    # Whoever reloads the page sends nothing a second time.
    page.reload()
    expect(page.get_by_role("heading")).to_have_text("You allowed Shelf camera")


@clause("RFC8628-5.4")
def test_a_person_who_comes_by_the_link_compares_the_code_first(demo_server: Server, page: Page) -> None:
    device = Device(demo_server, "Label printer")
    page.goto(device.codes["verification_uri_complete"])
    expect(page.get_by_text("Label printer is waiting to connect")).to_be_visible()
    sign_in(page, "bob@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Does your device show this code?")
    expect(page.get_by_text(device.codes["user_code"], exact=True)).to_be_visible()
    page.get_by_role("button", name="Yes, it does").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Label printer wants to connect to Roboflow")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading")).to_have_text("You denied Label printer")
    assert device.poll()["error"] == "access_denied"


def test_a_person_who_was_sent_the_link_stops(demo_server: Server, page: Page) -> None:
    device = Device(demo_server, "Somebody else's")
    page.goto(device.codes["verification_uri_complete"])
    sign_in(page, "alice@demo.local")
    page.get_by_role("button", name="No, stop").click()
    expect(page.get_by_role("heading")).to_have_text(re.compile("You denied"))
    assert device.poll()["error"] == "access_denied"


def test_a_mistyped_code_stays_in_the_field_and_is_put_right(demo_server: Server, page: Page) -> None:
    device = Device(demo_server, "Door bell")
    page.goto(device.codes["verification_uri"])
    sign_in(page, "alice@demo.local")
    page.get_by_label("Code").fill("bcdf-ghjk")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("No device waits with this code.")
    expect(page.get_by_label("Code")).to_have_value("bcdf-ghjk")
    page.get_by_label("Code").fill(device.codes["user_code"])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Door bell wants to connect to Roboflow")


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_no_page_for_devices_is_wider_than_the_window(demo_server: Server, page: Page, width: int) -> None:
    device = Device(demo_server, "A device with a rather long name that somebody gave it without a thought")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(device.codes["verification_uri_complete"])
    sign_in(page, "alice@demo.local")
    expect(page.get_by_role("heading", level=1)).to_have_text("Does your device show this code?")
    shown = page.evaluate("document.documentElement.scrollWidth")
    page.goto(device.codes["verification_uri"])
    assert max(shown, page.evaluate("document.documentElement.scrollWidth")) <= width
