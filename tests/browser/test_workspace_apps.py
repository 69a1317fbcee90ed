"""Apps of a workspace, and its projects and images, in a real Chromium: the admin's desk and the member who waits."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_consent import authorization_url, redeem, register
from tests.support.browser import Callback, allow, sign_in
from tests.support.servers import Server, running_servers

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a live server of these tests alone, because they change the rule of Acme."""
    directory = tmp_path_factory.mktemp("apps")
    with running_servers(directory) as servers:
        yield servers[0]


@pytest.fixture
def desk(chromium: Browser, own_server: Server) -> Iterator[Page]:
    """Return Alice's browser, on the page of Acme's apps."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{own_server.url}/w/acme/apps")
    sign_in(page, "alice@demo.local")
    expect(page.get_by_role("heading", name="Apps in Acme Robotics")).to_be_visible()
    yield page
    set_rule(page, "All apps")
    context.close()


def set_rule(desk: Page, rule: str) -> None:
    """Choose another rule, with nothing kept."""
    desk.goto(re.sub(r"(https?://[^/]+).*", r"\1/w/acme/apps", desk.url))
    desk.get_by_text("Change the rule").click()
    desk.get_by_role("radio", name=rule).check(force=True)
    desk.get_by_label("Allow the apps that are connected now").uncheck()
    desk.get_by_role("button", name="Save the rule").click()
    expect(desk.get_by_text("The rule is changed.")).to_be_visible()


def test_a_member_asks_an_admin_and_goes_on_by_themselves(
    own_server: Server, desk: Page, page: Page, callback: Callback
) -> None:
    set_rule(desk, "Ask an admin first")
    client_id = register(own_server, callback.uri, "Pallet counter")
    page.goto(authorization_url(own_server, client_id, callback.uri))
    sign_in(page, "bob@demo.local")
    expect(page.get_by_text("An admin has to allow this app first").first).to_be_visible()
    expect(page.get_by_role("button", name="Allow")).to_have_count(0)
    page.get_by_role("button", name="Ask an admin").click()
    expect(page.get_by_role("heading", name="Pallet counter waits for approval")).to_be_visible()
    desk.reload()
    asked = desk.get_by_role("article", name="Pallet counter")
    expect(asked.get_by_text("Asked by bob@demo.local")).to_be_visible()
    asked.get_by_role("button", name="Allow").click()
    expect(desk.get_by_text("Members may connect Pallet counter.")).to_be_visible()
    expect(page.get_by_role("heading", name="Pallet counter wants to connect")).to_be_visible(timeout=15_000)
    allow(page)
    page.wait_for_url(f"{callback.uri}**")
    assert redeem(own_server, client_id, callback)["access_token"]


def test_a_workspace_that_refuses_can_not_be_chosen_and_another_can(
    own_server: Server, desk: Page, page: Page, callback: Callback
) -> None:
    set_rule(desk, "Only these apps")
    client_id = register(own_server, callback.uri, "Refused app")
    page.goto(authorization_url(own_server, client_id, callback.uri))
    sign_in(page, "alice@demo.local")
    expect(page.get_by_role("radio", name="Acme Robotics")).to_be_disabled()
    expect(page.get_by_text("Does not allow this app")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("radio", name="Alice's workspace").check(force=True)
    allow(page)
    page.wait_for_url(f"{callback.uri}**")


def test_an_admin_looks_at_an_app_ends_a_connection_and_blocks_it(desk: Page) -> None:
    desk.get_by_role("link", name="Cursor").click()
    expect(desk.get_by_role("heading", level=1, name="Cursor")).to_be_visible()
    expect(desk.get_by_role("cell", name="images_get").first).to_be_visible()
    desk.locator("summary", has_text="Disconnect").click()
    desk.get_by_role("button", name="Yes, disconnect").click()
    expect(desk.get_by_text("Nobody has it connected now.")).to_be_visible()
    desk.locator("summary", has_text="Block").click()
    desk.get_by_role("button", name="Yes, block it").click()
    expect(desk.get_by_text("The app is blocked. 0 connections ended.")).to_be_visible()
    desk.get_by_role("article", name="Cursor").get_by_role("button", name="Unblock").click()
    expect(desk.get_by_text("Cursor is not blocked any more.")).to_be_visible()


def test_an_admin_finds_an_image_that_an_app_annotated(desk: Page) -> None:
    desk.get_by_role("link", name="Projects").first.click()
    desk.get_by_role("link", name="Warehouse shelves").click()
    desk.get_by_label("Status").select_option("Annotated")
    desk.get_by_role("button", name="Show").click()
    desk.get_by_role("link", name="aisle-3-010.jpg").click()
    expect(desk.get_by_text("for bob@demo.local")).to_be_visible()
    picture = desk.get_by_role("img", name="aisle-3-010.jpg")
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => image.naturalWidth") == 640
    drawn = desk.locator("rect.shape").first.bounding_box()
    shown = picture.bounding_box()
    assert drawn
    assert shown
    assert shown["x"] <= drawn["x"] <= shown["x"] + shown["width"]


@pytest.mark.parametrize("width", [320, 375])
@pytest.mark.parametrize("path", ["apps", "projects", "projects/warehouse-shelves"])
def test_nothing_is_cut_off_on_a_small_window(desk: Page, own_server: Server, path: str, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 700})
    desk.goto(f"{own_server.url}/w/acme/{path}")
    assert desk.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_labeler_sees_their_images_and_no_apps(own_server: Server, page: Page) -> None:
    page.goto(f"{own_server.url}/w/acme/projects/warehouse-shelves")
    sign_in(page, "bob@demo.local")
    expect(page.get_by_text("1 to 8 of 8")).to_be_visible()
    expect(page.locator(".workspace-tabs").get_by_role("link", name="Projects")).to_be_visible()
    expect(page.locator(".workspace-tabs").get_by_role("link", name="Apps")).to_have_count(0)
    assert page.goto(f"{own_server.url}/w/acme/apps").status == 403  # type: ignore[union-attr]
