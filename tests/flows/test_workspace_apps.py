"""An admin blocks an app in a workspace: its clients there stop at the next call, and those elsewhere go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from anyio.from_thread import BlockingPortal
from playwright.sync_api import Browser, Page, expect

from tests.clauses import clause
from tests.flows.person import Person
from tests.flows.sdk import WAIT_SECONDS, SdkClient
from tests.mcp_server.client import MODERN
from tests.support.browser import Callback, choose_workspace
from tests.support.servers import Server

pytestmark = [pytest.mark.flows, pytest.mark.browser]

ACME, HOME = "Acme Robotics", "Alice's workspace"


@pytest.fixture
def bob_at_his_own(chromium: Browser) -> Iterator[Person]:
    """Return Bob, who labels in Acme, at a second browser."""
    context = chromium.new_context()
    yield Person("bob@demo.local", context.new_page())
    context.close()


def block(page: Page, server: Server, name: str) -> None:
    """Block the app `name` on the page of Acme's apps, which asks once more."""
    page.goto(f"{server.url}/w/acme/apps")
    app = page.get_by_role("article", name=name)
    app.locator("summary", has_text="Block").click()
    app.get_by_role("button", name="Yes, block it").click()
    expect(page.get_by_text("The app is blocked. 2 connections ended.")).to_be_visible()


def unblock(page: Page, server: Server, name: str) -> None:
    """Take the block back."""
    page.goto(f"{server.url}/w/acme/apps")
    page.get_by_role("article", name=name).get_by_role("button", name="Unblock").click()
    expect(page.get_by_text(f"{name} is not blocked any more.")).to_be_visible()


def connect(client: SdkClient, person: Person, workspace: str = "") -> SdkClient:
    """Let `person` connect `client`, and see that it works."""
    visit = client.start_call("workspace_get")
    person.allow(client.wanted_url(), workspace=workspace)
    assert not visit.result(WAIT_SECONDS).is_error
    assert not client.call("workspace_get").is_error
    return client


@clause("P-G4.7")
@pytest.mark.parametrize("mode", ["legacy", MODERN])
def test_blocking_an_app_ends_every_members_connection_there_and_no_other(
    portal: BlockingPortal,
    demo_server: Server,
    callback: Callback,
    alice_at_browser: Person,
    bob_at_his_own: Person,
    mode: str,
) -> None:
    name = f"Stopped app {mode}"

    def make_client() -> SdkClient:
        return SdkClient(portal, demo_server.mcp_url, callback, mode, name=name)

    alices = connect(make_client(), alice_at_browser, ACME)
    bobs = connect(make_client(), bob_at_his_own)
    elsewhere = connect(make_client(), alice_at_browser, HOME)
    block(alice_at_browser.page, demo_server, name)
    for client, person in ((alices, alice_at_browser), (bobs, bob_at_his_own)):
        find_it_blocked(client.start_call, client.wanted_url, person)
    assert elsewhere.call("workspace_get").structured_content["workspace"] == "alice"
    unblock(alice_at_browser.page, demo_server, name)
    connect(make_client(), bob_at_his_own)


def find_it_blocked(call: Callable[[str], object], wanted_url: Callable[[], str], person: Person) -> None:
    """See that the next call sends the client to the consent page, which says no; the person denies."""
    call("workspace_get")
    page = person.page
    page.goto(wanted_url())
    if page.get_by_role("radio", name=ACME).count():
        expect(page.get_by_role("radio", name=ACME)).to_be_disabled()
        choose_workspace(page, HOME)
    else:
        expect(page.get_by_text("It can't be connected to this workspace")).to_be_visible()
        expect(page.get_by_role("button", name="Allow")).to_be_disabled()
    page.get_by_role("button", name="Deny").click()
