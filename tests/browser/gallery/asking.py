"""The states in which an app asks: signing in while it waits, consent in all its forms, devices, waiting, refusals."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Page

from tests.browser.gallery.seeding import DASHBOARD, EDITOR, LOOPBACK
from tests.browser.gallery.state import ALICE, BOB, CAROL, DANA, ERIN, VISITOR, Section, State, Visit, Walk
from tests.oauth.devices import DEVICE_GRANTS
from tests.support.browser import choose_workspace

_LABELING = "workspace:read project:read image:read annotation:read annotation:create project:create offline_access"
_ALL = f"{_LABELING} api-key:read audit-log:read openid email"


def _first_time(visit: Visit) -> None:
    visit.authorize("first-time", LOOPBACK, _LABELING)


def _in_acme(visit: Visit, scope: str = _ALL) -> Page:
    page = visit.authorize("first-time", LOOPBACK, scope)
    choose_workspace(page, "Acme Robotics")
    return page


def _single_permissions(visit: Visit) -> None:
    page = _in_acme(visit)
    page.get_by_role("radio", name=re.compile("Choose exactly what")).check(force=True)
    for fold in ("Single permissions", "Keys, members and audit log"):
        summary = page.locator("summary", has_text=fold)
        if summary.evaluate("summary => !summary.parentElement.open"):
            summary.click()


def _asked_for_approval(visit: Visit) -> None:
    page = visit.authorize("asked", LOOPBACK, _LABELING)
    choose_workspace(page, "Harbour Cranes")


def _waiting_for_an_admin(visit: Visit) -> None:
    _asked_for_approval(visit)
    visit.page.get_by_role("button", name="Ask an admin").click()
    visit.page.get_by_role("heading", name="waits for approval").wait_for()


def _editor_answered(button: str) -> Callable[[Visit], None]:
    def walk(visit: Visit) -> None:
        visit.authorize("editor", EDITOR, _LABELING).get_by_role("button", name=button).click()
        visit.page.get_by_role("link", name="Open Crate editor").wait_for()

    return walk


def _elsewhere(visit: Visit) -> Page:
    page = visit.authorize("far-away", LOOPBACK, _LABELING)
    page.locator("summary", has_text="My app runs on another machine").click()
    page.get_by_label("Show me an address").check()
    return page


def _pasted(visit: Visit) -> None:
    _elsewhere(visit).get_by_role("button", name="Allow").click()
    visit.page.get_by_text("The app does not ask for it").click()


def _device(visit: Visit) -> dict[str, str]:
    """Let a device begin; the server knows itself by the address that people type."""
    own = {"Host": visit.url.partition("//")[2]}
    metadata = {"client_name": "Shelf camera", "grant_types": DEVICE_GRANTS, "token_endpoint_auth_method": "none"}
    registered = httpx.post(f"{visit.server_url}/oauth/register", json=metadata, headers=own)
    assert registered.status_code == 201, registered.text
    body = {
        "client_id": registered.json()["client_id"],
        "scope": "project:read project:create",
        "resource": f"{visit.url}/mcp",
    }
    begun = httpx.post(f"{visit.server_url}/oauth/device_authorization", data=body, headers=own)
    assert begun.status_code == 200, begun.text
    codes: dict[str, str] = begun.json()
    return codes


def _unknown_code(visit: Visit) -> None:
    page = visit.open("/device")
    page.get_by_label("Code").fill("bcdf-ghjk")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("alert").wait_for()


def _compare(visit: Visit) -> None:
    visit.open(f"/device?user_code={_device(visit)['user_code']}")


def _device_asks(visit: Visit) -> None:
    _compare(visit)
    visit.page.get_by_role("button", name="Yes, it does").click()
    visit.page.get_by_role("heading", name="wants to connect").wait_for()


def _device_answered(button: str, heading: str) -> Walk:
    def walk(visit: Visit) -> None:
        _device_asks(visit)
        visit.page.get_by_role("button", name=button).click()
        visit.page.get_by_role("heading", name=heading).wait_for()

    return walk


def _unregistered_address(visit: Visit) -> None:
    page = visit.authorize("first-time", "http://127.0.0.1:3118/elsewhere", _LABELING)
    page.get_by_text("Technical details").click()


def _expired(visit: Visit) -> None:
    """Answer a question that is not there any more, as from a page that lay open for long."""
    page = visit.authorize("first-time", LOOPBACK, _LABELING)
    page.locator("input[name=handle]").evaluate("input => { input.value = 'gone'; }")
    page.get_by_role("button", name="Deny").click()
    page.wait_for_load_state()


CONSENT = Section(
    "An app asks",
    "Who asks, where the answer goes, as whom, in which workspace, what for and until when; and less can be given.",
    (
        State("consent", "An app asks for the first time", CAROL, _first_time),
        State("consent-workspaces", "Several workspaces: none is chosen for the person", ALICE, _first_time),
        State("consent-single-permissions", "Exactly what it may do", ALICE, _single_permissions),
        State(
            "consent-limited-by-role",
            "A role that can't give all of it",
            BOB,
            lambda visit: _in_acme(visit, f"{_ALL} project:delete image:upload"),
        ),
        State(
            "consent-more",
            "An app asks for more",
            DANA,
            lambda visit: visit.authorize("assured", DASHBOARD, f"{_LABELING} project:delete"),
        ),
        State(
            "consent-changed",
            "What the app changed since it was allowed",
            DANA,
            lambda visit: visit.authorize("changed", DASHBOARD, _LABELING),
        ),
        State(
            "consent-sign-in",
            "An app that only wants to know who it is",
            CAROL,
            lambda visit: visit.authorize("assured", DASHBOARD, "openid email profile"),
        ),
        State("consent-elsewhere", "An app on another machine", CAROL, _elsewhere),
        State("answer-paste", "Its answer is carried over by hand", CAROL, _pasted),
        State("answer-allowed", "Back to an app that has to be opened", CAROL, _editor_answered("Allow")),
        State("answer-denied", "The same, after a no", CAROL, _editor_answered("Deny")),
        State("consent-no-workspace", "Nothing to give", ERIN, _first_time),
        State("consent-ask-an-admin", "A workspace whose admins want to be asked", BOB, _asked_for_approval),
        State("waiting-for-admin", "Waiting for an admin of the workspace", BOB, _waiting_for_an_admin),
        State(
            "waiting-for-staff",
            "Waiting for staff",
            ALICE,
            lambda visit: visit.authorize("waiting", DASHBOARD, _LABELING),
        ),
    ),
)
DEVICES = Section(
    "A device asks",
    "It has no browser; the person types its code, or opens its link and compares.",
    (
        State("device-code", "The code is typed", ALICE, "/device"),
        State("device-unknown-code", "A code that no device waits with", ALICE, _unknown_code),
        State("device-compare", "The code is compared", CAROL, _compare),
        State("device-consent", "The device asks", CAROL, _device_asks),
        State("device-allowed", "Allowed", CAROL, _device_answered("Allow", "You allowed")),
        State("device-denied", "Denied", CAROL, _device_answered("Deny", "You denied")),
    ),
)
REFUSALS = Section(
    "It can't go on",
    "A sentence for the person, details for the app's developer, and a reference for whoever helps.",
    (
        State(
            "error-redirect",
            "An address that the app did not register",
            ALICE,
            _unregistered_address,
        ),
        State(
            "error-unknown-app",
            "An app that is not there",
            ALICE,
            lambda visit: visit.authorize("nobody", LOOPBACK, _LABELING),
        ),
        State(
            "error-disabled-app",
            "An app that staff disabled",
            ALICE,
            lambda visit: visit.authorize("disabled", LOOPBACK, _LABELING),
        ),
        State("error-expired", "A question that is over", CAROL, _expired),
        State("logout-question", "An app wants to sign the person out", ALICE, "/oauth/logout"),
        State("sign-in-waiting", "Signing in while an app waits", VISITOR, _first_time),
    ),
)
