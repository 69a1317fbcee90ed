"""The states of a person's pages: start, connected apps, activity, Connect, API keys; and the pages for faults."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route

from tests.browser.gallery.state import ALICE, BOB, CAROL, DANA, ERIN, VISITOR, Section, State, Visit, Walk
from tests.support.browser import sign_in


def _opened(*folds: str) -> Walk:
    """Open parts of the first connected app, whose forms share the place of one."""

    def walk(visit: Visit) -> None:
        card = visit.open("/connections").get_by_role("article", name="Claude", exact=True).first
        for fold in folds:
            card.locator("summary", has_text=fold).first.click()

    return walk


def _key(visit: Visit) -> Page:
    page = visit.open("/keys?workspace=acme")
    page.get_by_role("link", name="Nightly export").click()
    page.get_by_role("heading", level=1, name="Nightly export").wait_for()
    return page


def _revoking(visit: Visit) -> None:
    _key(visit).locator("summary", has_text="Revoke").click()


def _new_key(visit: Visit) -> None:
    page = visit.open("/keys/new?workspace=acme")
    page.get_by_text("Choose exactly what").click()


def _secret(visit: Visit) -> None:
    page = visit.open("/keys/new?workspace=alice")
    page.get_by_label("Name", exact=True).fill("Stock report")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("heading", name=re.compile("^Copy")).wait_for()


def _fault(code: int) -> Walk:
    """Show a page for a fault at an address of the site, since no request provokes it."""

    def walk(visit: Visit) -> None:
        def answer(route: Route) -> None:
            route.fulfill(body=visit.known[f"fault-{code}"], content_type="text/html")

        visit.page.route("**/fault", answer)
        visit.open("/fault")

    return walk


def _form_without_token(visit: Visit) -> None:
    page = visit.open("/accounts/login/")
    page.context.clear_cookies()
    sign_in(page, "alice@demo.local")
    page.wait_for_load_state()


START = Section(
    "Start",
    "Where to point an agent, the workspaces, and what needs attention.",
    (
        State("welcome", "Signed out", VISITOR, "/"),
        State("start", "Signed in", ALICE, "/"),
        State("start-warned", "An invitation, and a warning of a token that was used twice", DANA, "/"),
        State("start-empty", "In no workspace yet", ERIN, "/"),
    ),
)
APPS = Section(
    "Connected apps",
    "What each app may do, where, until when and from which computers; every change counts from its next call.",
    (
        State("connections", "Connected apps", ALICE, "/connections"),
        State("connections-access", "Taking permissions away", ALICE, _opened("What it may do")),
        State("connections-end", "Another end", ALICE, _opened("How long")),
        State("connections-disconnect", "Disconnecting", ALICE, _opened("Disconnect")),
        State("connections-warned", "An app that was signed out", DANA, "/connections"),
        State("connections-empty", "No app yet", ERIN, "/connections"),
        State("activity", "What one's apps did", ALICE, "/activity"),
        State("activity-refused", "Only what was refused", ALICE, "/activity?outcome=refused"),
        State("activity-empty", "Nothing yet", CAROL, "/activity"),
        State("connect", "Which app to connect", VISITOR, "/connect"),
        State("connect-claude-code", "The steps of an app for the terminal", ALICE, "/connect?client=claude-code"),
        State("connect-cursor", "The steps of an editor", ALICE, "/connect?client=cursor"),
    ),
)
KEYS = Section(
    "API keys",
    "For what can't sign in by itself. A key is shown once and can do no more than whoever made it.",
    (
        State("keys", "The keys of a workspace", ALICE, "/keys?workspace=acme"),
        State("keys-empty", "No key yet", CAROL, "/keys"),
        State("keys-not-offered", "A role that makes no keys", BOB, "/keys"),
        State("key-new", "A new key", ALICE, _new_key),
        State("key-secret", "Shown once", ALICE, _secret),
        State("key", "One key", ALICE, _key),
        State("key-revoke", "Revoking asks once more", ALICE, _revoking),
    ),
)
FAULTS = Section(
    "Faults",
    "A sentence, a reference, a way back.",
    (
        State("fault-400", "Not understood", VISITOR, _fault(400)),
        State("fault-403", "Not allowed", BOB, "/w/acme/apps"),
        State("fault-403-form", "A form that came from elsewhere", VISITOR, _form_without_token),
        State("fault-404", "Nothing is there", ALICE, "/nothing-here"),
        State("fault-429", "Too often", VISITOR, _fault(429)),
        State("fault-500", "Our fault", VISITOR, _fault(500)),
    ),
)
