"""The page for devices: typing the code, comparing it, the same question as for any app, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import ApprovalRequest, AuthorizationRequest, Client, Connection, DeviceCode
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.builders import PASSWORD
from tests.clauses import clause
from tests.oauth.admin.desk import press
from tests.oauth.devices import DeviceJourney, device_of, error_of, expire
from tests.oauth.journeys import BACKEND, field_value, login_target
from tests.support.statements import at_most


@pytest.fixture
def device(alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device with Alice, which has begun."""
    device = device_of(alice)
    device.begin()
    return device


@clause("RFC8628-6.1")
@pytest.mark.parametrize(
    "spelling",
    [
        lambda code: code,
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: f"  {code.replace('-', ' ')} ",
        lambda code: "-".join(code.replace("-", "")),
        lambda code: code.replace("-", "\N{EN DASH}\N{NO-BREAK SPACE}"),
    ],
)
def test_a_code_is_typed_in_any_spelling(device: DeviceJourney, spelling: Any) -> None:
    response = device.type_code(spelling(device.codes["user_code"]))
    assert response.status_code == 303
    page = device.browser.get(response["Location"])
    assert "Shelf camera" in page.content.decode()


def test_a_typed_code_leads_to_the_same_question_as_for_any_app(device: DeviceJourney) -> None:
    page = device.question()
    html = page.content.decode()
    assert (page.status_code, page.templates[0].name) == (200, "oauth/consent.html")
    for shown in ("Shelf camera", "Unverified", "Acme Robotics", "alice@demo.local", "For how long", "Deny"):
        assert shown in html
    assert "The device that shows the code" in html
    assert "Not this browser but that device gets access." in html
    assert "It asked from 127.0.0.1" in html
    assert "urn:" not in html + page["Content-Security-Policy"]


@clause("RFC8628-3.3")
def test_afterwards_the_person_is_sent_back_to_their_device(device: DeviceJourney) -> None:
    page = device.browser.get(device.answer()["Location"])
    assert "You allowed Shelf camera" in page.content.decode()
    assert "You can close this window and go back to your device." in page.content.decode()
    assert device.poll().status_code == 200


def test_who_answered_nothing_is_asked_for_a_code(device: DeviceJourney) -> None:
    assert device.browser.get("/device/answered")["Location"] == "/device"


@clause("P-A7.1")
def test_nothing_is_skipped_however_often_a_device_was_allowed(device: DeviceJourney) -> None:
    device.answer()
    Client.objects.update(registration_source=Client.RegistrationSource.MANUAL, is_verified=True)
    device.begin()
    page = device.question()
    assert (page.status_code, page.templates[0].name) == (200, "oauth/consent.html")
    assert "You connected it before" in page.content.decode()
    assert error_of(device.poll()) == "authorization_pending"


@clause("RFC8628-5.4")
def test_a_link_alone_leads_to_a_comparison_and_not_to_the_question(device: DeviceJourney) -> None:
    page = device.open_link()
    html = page.content.decode()
    assert (page.status_code, page.templates[0].name) == (200, "oauth/device/compare.html")
    assert device.codes["user_code"] in html
    assert "Does your device show this code?" in html
    assert not AuthorizationRequest.objects.exists()
    without_word = device.submit(html, code=field_value(html, "code"))
    assert (without_word.status_code, without_word.templates[0].name) == (200, "oauth/device/compare.html")
    assert not AuthorizationRequest.objects.exists()


@clause("RFC8628-5.4")
def test_who_compared_the_code_goes_on_to_the_question(device: DeviceJourney) -> None:
    compared = device.compare(device.open_link(), "same")
    assert compared.status_code == 303
    device.decide(device.browser.get(compared["Location"]))
    assert device.poll().status_code == 200


@clause("RFC8628-5.4")
def test_who_sees_another_code_ends_it(device: DeviceJourney) -> None:
    assert device.compare(device.open_link(), "different")["Location"] == "/device/answered"
    assert "You denied Shelf camera" in device.browser.get("/device/answered").content.decode()
    assert error_of(device.poll()) == "access_denied"
    event = AuditEvent.objects.get(action="authorize")
    assert (event.outcome, event.reason, event.actor_email) == ("refused", "user_denied", "alice@demo.local")


@pytest.mark.parametrize("typed", ["BCDF-GHJK", "nonsense", "", "\x00", "BCDF-GHJ", "Б" * 8, "x" * 70_000, "0"])
def test_a_code_that_is_none_is_asked_for_again(device: DeviceJourney, typed: str) -> None:
    page = device.type_code(typed)
    assert (page.status_code, page.templates[0].name) == (422, "oauth/device/code.html")
    assert "No device waits with this code." in page.content.decode()


@pytest.mark.parametrize("change", ["expired", "answered", "disabled", "without_grant"])
def test_a_code_that_is_over_is_like_one_that_never_was(device: DeviceJourney, change: str) -> None:
    if change == "expired":
        expire()
    elif change == "answered":
        device.answer(decision="deny")
    elif change == "disabled":
        Client.objects.update(is_disabled=True)
    else:
        Client.objects.update(grant_types=["authorization_code"])
    assert device.type_code(device.codes["user_code"]).status_code == 422
    assert device.open_link().status_code == 422


def test_the_page_takes_no_other_methods(device: DeviceJourney) -> None:
    assert device.browser.put("/device").status_code in (403, 405)
    assert device.browser.head("/device").status_code == 200


def sign_in(browser: Browser, path: str) -> Any:
    """Sign Alice in on the sign-in page at `path`; return the answer."""
    html = browser.get(path).content.decode()
    token = field_value(html, "csrfmiddlewaretoken")
    return browser.post(path, {"login": "alice@demo.local", "password": PASSWORD, "csrfmiddlewaretoken": token})


def test_who_is_not_signed_in_signs_in_first_and_types_the_code_then(device: DeviceJourney) -> None:
    device.browser = Browser(enforce_csrf_checks=True)
    asked = device.browser.get("/device")
    assert login_target(asked) == "/device"
    assert sign_in(device.browser, asked["Location"])["Location"] == "/device"
    device.answer()
    assert device.poll().status_code == 200


def test_the_sign_in_page_names_the_app_that_a_link_leads_to(device: DeviceJourney) -> None:
    device.browser = Browser(enforce_csrf_checks=True)
    asked = device.open_link()
    assert device.codes["user_code"] not in login_target(asked)
    page = device.browser.get(asked["Location"])
    assert "<strong>Shelf camera</strong> is waiting to connect" in page.content.decode()
    assert "urn:" not in page["Content-Security-Policy"]
    back = sign_in(device.browser, asked["Location"])["Location"]
    compared = device.compare(device.browser.get(back), "same")
    device.decide(device.browser.get(compared["Location"]))
    assert device.poll().status_code == 200


@pytest.mark.parametrize("is_link", [True, False])
def test_a_detour_does_not_lose_the_device(device: DeviceJourney, is_link: bool) -> None:
    device.browser = Browser(enforce_csrf_checks=True)
    asked = device.open_link() if is_link else device.browser.get("/device")
    device.browser.get(asked["Location"])
    assert ("Shelf camera" in device.browser.get("/accounts/password/reset/").content.decode()) == is_link
    assert sign_in(device.browser, "/accounts/login/")["Location"] == login_target(asked)


def test_no_account_page_tells_whether_a_code_exists(device: DeviceJourney) -> None:
    for query in (f"user_code={device.codes['user_code']}", f"code={device.codes['user_code']}"):
        page = Browser().get(f"/accounts/login/?next=/device%3F{query}")
        assert "Shelf camera" not in page.content.decode()


def test_another_account_types_the_code_anew(device: DeviceJourney, bob: User) -> None:
    page = device.question()
    switched = device.browser.get(page.context["switch_account_url"])
    assert login_target(switched) == "/device"
    device.browser.force_login(bob, BACKEND)
    device.answer()
    assert device.poll().status_code == 200
    assert Connection.objects.get().user == bob


def test_a_question_is_no_longer_open_than_the_code(device: DeviceJourney) -> None:
    DeviceCode.objects.update(expires=timezone.now() + timedelta(seconds=60))
    page = device.question()
    assert AuthorizationRequest.objects.get().expires_at == DeviceCode.objects.get().expires
    AuthorizationRequest.objects.update(expires_at=timezone.now())
    assert device.decide(page).status_code == 400


@clause("P-C9.2")
def test_an_unknown_app_waits_for_staff_and_then_goes_on(device: DeviceJourney, staff: User, settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "ask"
    waiting = device.type_code(device.codes["user_code"])["Location"]
    page = device.browser.get(waiting)
    assert "Shelf camera</strong> waits for approval" in page.content.decode()
    assert "The code on your device is good for ten minutes." in page.content.decode()
    assert "urn:" not in page.content.decode() + page["Content-Security-Policy"]
    assert error_of(device.poll()) == "authorization_pending"
    answer_as(staff, "approved")
    device.decide(device.browser.get(waiting))
    assert device.poll().status_code == 200


@clause("P-C9.2")
def test_a_device_is_told_that_staff_said_no(device: DeviceJourney, staff: User, settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "ask"
    waiting = device.type_code(device.codes["user_code"])["Location"]
    answer_as(staff, "denied")
    assert device.browser.get(waiting)["Location"] == "/device/answered"
    # The client is disabled, so that it is all that it is told.
    refused = device.poll()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def answer_as(staff: User, decision: str) -> None:
    """Answer the one open request at staff's desk."""
    desk = Browser()
    desk.force_login(staff, BACKEND)
    assert press(desk, ApprovalRequest.objects.get(decided_at=None), decision).status_code == 200


def test_who_stops_waiting_for_staff_ends_it(device: DeviceJourney, settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "ask"
    page = device.browser.get(device.type_code(device.codes["user_code"])["Location"])
    html = page.content.decode()
    form = {name: field_value(html, name) for name in ("handle", "csrfmiddlewaretoken")}
    assert device.browser.post("/oauth/authorize", {**form, "decision": "deny"})["Location"] == "/device/answered"
    assert error_of(device.poll()) == "access_denied"


def test_an_app_that_is_turned_away_meanwhile_gets_no_question(device: DeviceJourney, settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    assert device.type_code(device.codes["user_code"]).status_code == 403


def test_a_borrowed_name_is_warned_of(alice: User, acme: Workspace) -> None:
    device = device_of(alice, name="Claude Code")
    device.begin()
    assert "It calls itself Claude Code" in device.question().content.decode()


def test_a_public_client_is_not_verified_on_a_device(alice: User, acme: Workspace) -> None:
    device = device_of(alice, is_verified=True)
    device.begin()
    assert device.question().context["client"]["badge"] == "unverified"


def test_several_workspaces_are_chosen_between(device: DeviceJourney, alice: User) -> None:
    builders.make_workspace(alice, "annex")
    page = device.question()
    assert not page.context["is_workspace_chosen"]
    again = device.decide(page, decision="workspace", workspace="annex")
    device.decide(again, workspace="annex")
    assert device.poll().status_code == 200
    assert Connection.objects.get().workspace.slug == "annex"


def test_the_pages_take_few_statements(device: DeviceJourney) -> None:
    # The catalogue of known apps is read now and then.
    device.open_link()
    with at_most(2):
        assert device.browser.get("/device").status_code == 200
    with at_most(3):
        assert device.open_link().status_code == 200
