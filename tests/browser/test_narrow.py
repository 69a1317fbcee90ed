"""What people with narrow windows meet, in both languages: the navigation, tables, and buttons beside icons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.servers import Server

pytestmark = pytest.mark.browser

_LINES = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
}"""


@pytest.fixture(params=["en", "pt-BR"])
def narrow(request: pytest.FixtureRequest, chromium: Browser, demo_server: Server) -> Iterator[Page]:
    """Return a page in one of the languages, in which Alice is signed in."""
    context = chromium.new_context(base_url=demo_server.url, locale=request.param, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("alice@demo.local")
    page.locator("input[name=password]").fill("demo-password")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".site-nav")).to_be_visible()
    yield page
    context.close()


def resize(page: Page, width: int) -> None:
    """Give the page a window of this width."""
    page.set_viewport_size({"width": width, "height": 800})


def left_of(element: Locator) -> float:
    """Return where an element begins."""
    box = element.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize("width", [320, 375])
def test_no_place_of_the_navigation_is_cut_off(narrow: Page, width: int) -> None:
    resize(narrow, width)
    for place in narrow.locator(".site-nav a").all():
        box = place.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [768, 1024])
def test_no_tool_of_the_activity_is_broken_in_the_middle(narrow: Page, width: int) -> None:
    narrow.goto("/activity")
    resize(narrow, width)
    tools = narrow.locator("td .cell-name")
    assert tools.count() > 5
    assert {tool.evaluate(_LINES) for tool in tools.all()} == {1}
    table = narrow.locator(".table-scroll")
    assert table.evaluate("table => table.scrollWidth <= table.clientWidth")


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/2fa/", "/accounts/sessions/"])
def test_the_tabs_of_the_account_stay_within_their_card(narrow: Page, path: str) -> None:
    narrow.goto(path)
    for width in (320, 768, 800, 1280):
        resize(narrow, width)
        card = narrow.locator(".card-account").bounding_box()
        assert card is not None
        for tab in narrow.locator(".tabs a").all():
            box = tab.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= card["x"] + card["width"]


def test_buttons_of_a_session_stand_below_its_name_and_not_below_its_icon(narrow: Page) -> None:
    narrow.goto("/connections")
    resize(narrow, 375)
    session = narrow.locator(".session").first
    assert left_of(session.locator("summary").first) == left_of(session.locator(".session-name"))


def test_what_was_done_is_told_as_wide_as_the_page(narrow: Page) -> None:
    narrow.goto("/w/acme/members")
    resize(narrow, 1280)
    narrow.locator(".invite-form input[name=email]").fill("erin@demo.local")
    narrow.locator(".invite-form select").select_option("labeler")
    narrow.locator(".invite-form button").click()
    notice, page = narrow.locator(".messages").bounding_box(), narrow.locator(".page").bounding_box()
    assert notice is not None
    assert page is not None
    assert (notice["x"], notice["width"]) == (page["x"], page["width"])
