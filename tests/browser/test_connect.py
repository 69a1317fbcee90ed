"""The Connect page in a real Chromium: read signed out, used without a script, copied with and without a clipboard."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import sign_in
from tests.support.servers import Server, manage

pytestmark = pytest.mark.browser


def test_anybody_chooses_an_app_and_copies_its_command(demo_server: Server, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(demo_server.url)
    page.get_by_role("link", name="How to connect your app").click()
    page.get_by_role("navigation", name="Your app").get_by_role("link", name="Claude Code").click()
    expect(page.get_by_role("heading", level=2, name="Claude Code")).to_be_visible()
    page.locator("#steps").get_by_role("button", name="Copy: Terminal").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"claude mcp add --transport http roboflow {demo_server.mcp_url}"
    expect(page.locator("#steps").get_by_text("Copied")).to_be_visible()


def test_where_browsers_lend_no_clipboard_the_text_is_selected_and_copied_all_the_same(
    demo_server: Server, page: Page
) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"{demo_server.url}/connect")
    page.get_by_role("button", name="Copy: MCP server address").click()
    assert page.evaluate("getSelection().toString()") == demo_server.mcp_url


def test_everything_works_without_a_script(demo_server: Server, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo_server.url}/connect")
    page.get_by_role("navigation", name="Your app").get_by_role("link", name="Cursor").click()
    expect(page.get_by_role("link", name="Add to Cursor")).to_have_attribute("href", re.compile("^cursor://"))
    page.get_by_text("With an API key instead").click()
    expect(page.get_by_text("x-api-key")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    context.close()


def test_the_call_that_the_guide_tells_works(demo_server: Server, page: Page) -> None:
    page.goto(f"{demo_server.url}/keys")
    sign_in(page, "alice@demo.local")
    page.get_by_role("link", name="Connect", exact=True).click()
    page.get_by_role("link", name="Another app").click()
    page.get_by_text("With an API key instead").click()
    told = shlex.split(page.get_by_text("curl").inner_text())
    assert told[:2] == ["curl", demo_server.mcp_url]
    command = ["create_api_key", "alice@demo.local", "acme", "--name", "Guide"]
    raw_key = manage(command, {"DATABASE_URL": demo_server.database_url}).strip()
    sent = dict(header.split(": ", 1) for option, header in pairwise(told) if option == "-H")
    sent["x-api-key"] = raw_key
    answer = httpx.post(demo_server.mcp_url, content=told[told.index("-d") + 1], headers=sent)
    assert answer.status_code == 200, answer.text
    assert "projects_list" in {tool["name"] for tool in json.loads(answer.text)["result"]["tools"]}
