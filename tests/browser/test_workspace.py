"""A workspace from its making to its end, as its owner and a member meet it in a real Chromium; without scripts too."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import sign_in
from tests.support.servers import Server

pytestmark = pytest.mark.browser

NAME = "Night shift"


@pytest.fixture
def bobs_page(chromium: Browser, demo_server: Server) -> Iterator[Page]:
    """Return a page in which Bob is signed in and no script runs."""
    context = chromium.new_context(viewport={"width": 375, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo_server.url}/accounts/login/")
    sign_in(page, "bob@demo.local")
    yield page
    context.close()


def open_tab(page: Page, name: str) -> None:
    """Go to a tab of the workspace."""
    page.get_by_role("navigation", name=NAME).get_by_role("link", name=name, exact=True).click()


def test_a_workspace_is_made_shared_watched_and_deleted(demo_server: Server, page: Page, bobs_page: Page) -> None:
    page.goto(f"{demo_server.url}/accounts/login/")
    sign_in(page, "alice@demo.local")
    _make_and_invite(page)
    bobs_page.reload()
    _join(bobs_page)
    _make_a_role_and_give_it(page)
    bobs_page.reload()
    expect(bobs_page.get_by_role("heading", name="Your role: Line hand")).to_be_visible()
    _read_the_log(page)
    _remove(page)
    bobs_page.reload()
    expect(bobs_page.get_by_role("heading", level=1)).to_have_text("Nothing is here")
    _delete(page)


def _make_and_invite(page: Page) -> None:
    page.get_by_role("link", name="New workspace").click()
    page.get_by_label("Name").fill(NAME)
    page.get_by_role("button", name="Make workspace").click()
    expect(page.get_by_role("status")).to_contain_text("Night shift is made.")
    open_tab(page, "Members")
    page.get_by_label("E-mail address").fill("bob@demo.local")
    page.get_by_label("Role").select_option("Labeler")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("status")).to_contain_text("bob@demo.local is invited.")


def _join(page: Page) -> None:
    page.get_by_role("link", name="Look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Join Night shift?")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Your role: Labeler")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def _make_a_role_and_give_it(page: Page) -> None:
    open_tab(page, "Roles")
    page.get_by_role("link", name="Duplicate Labeler").click()
    # She signed in a moment ago, so she is not asked for her password again.
    page.get_by_role("textbox", name="Name").fill("Line hand")
    page.get_by_label("Upload images").check()
    page.get_by_role("button", name="Make role").click()
    expect(page.get_by_role("status")).to_contain_text("The role Line hand is made.")
    open_tab(page, "Members")
    page.get_by_text("Change bob@demo.local").click()
    row = page.locator(".item", has_text="bob@demo.local")
    row.get_by_label("Role").select_option("Line hand")
    row.get_by_role("button", name="Save role").click()
    expect(page.get_by_role("status")).to_contain_text("bob@demo.local is Line hand now.")


def _read_the_log(page: Page) -> None:
    open_tab(page, "Audit log")
    expect(page.get_by_text("Verified up to")).to_be_visible()
    page.get_by_label("Action").fill("Change member role")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("cell", name="labeler → line-hand")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="CSV file").click()
    rows = list(csv.DictReader(downloading.value.path().read_text().splitlines()))
    assert [(row["person"], row["target"]) for row in rows] == [("alice@demo.local", "bob@demo.local")]


def _remove(page: Page) -> None:
    open_tab(page, "Members")
    page.get_by_text("Change bob@demo.local").click()
    row = page.locator(".item", has_text="bob@demo.local")
    row.get_by_text("Remove…").click()
    row.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("bob@demo.local is out.")


def _delete(page: Page) -> None:
    open_tab(page, "Settings")
    page.get_by_role("link", name="Delete…").click()
    page.get_by_label("Name in addresses").fill("night-shift")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("status")).to_contain_text("Night shift is deleted.")
    expect(page.get_by_role("link", name=NAME)).to_have_count(0)
