"""An app that nobody knows waits for staff, and the same request then goes on: to the question, or back to the app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Approval, ApprovalRequest, AuthorizationRequest, Client
from roboflow_auth.oauth.principals import find_principal
from tests import builders
from tests.clauses import clause
from tests.oauth.admin.desk import press
from tests.oauth.journeys import BACKEND, Journey, answer_of, field_value, signed_in


@pytest.fixture(autouse=True)
def _unknown_clients_wait(settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "ask"


@pytest.fixture
def desk(staff: User) -> Browser:
    """Return the browser of a member of staff."""
    browser = Browser()
    browser.force_login(staff, BACKEND)
    return browser


def begin(journey: Journey, **changes: str | None) -> str:
    """Return the address of the page on which the person waits."""
    response = journey.ask(**changes)
    assert response.status_code == 302, response.content
    address = str(response["Location"])
    assert address.startswith("/oauth/authorize/waiting?handle=")
    return address


def decide(desk: Browser, choice: str) -> None:
    """Answer the one open request at staff's desk."""
    assert press(desk, ApprovalRequest.objects.get(decided_at=None), choice).status_code == 200


@pytest.mark.parametrize("whose", ["journey", "bobs_journey", "carols_journey"])
def test_the_page_names_the_app_reloads_itself_and_shares_nothing(request: pytest.FixtureRequest, whose: str) -> None:
    journey: Journey = request.getfixturevalue(whose)
    page = journey.browser.get(begin(journey))
    html = page.content.decode()
    for shown in ("Test client", "http://127.0.0.1:5555/callback", "Unverified", journey.client.client_id):
        assert shown in html
    assert (page.status_code, page["Refresh"]) == (200, "5")
    assert "no-store" in page["Cache-Control"]
    assert "form-action 'self' http://127.0.0.1:5555" in page["Content-Security-Policy"]
    assert "<script" not in html
    asked = ApprovalRequest.objects.get()
    assert (asked.client, asked.redirect_uri, asked.address) == (
        journey.client,
        "http://127.0.0.1:5555/callback",
        "127.0.0.1",
    )
    event = AuditEvent.objects.get(action="ask_approval")
    assert (event.client_id, event.outcome, event.reason) == (journey.client.client_id, "refused", "waits_for_staff")


def test_after_some_minutes_it_reloads_less_often(journey: Journey) -> None:
    address = begin(journey)
    AuthorizationRequest.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    assert journey.browser.get(address)["Refresh"] == "30"


@clause("P-C9.2")
def test_once_approved_the_same_request_goes_on_to_tokens(journey: Journey, desk: Browser) -> None:
    address = begin(journey, state="the-first-state")
    decide(desk, "approved")
    page = journey.browser.get(address)
    assert page.status_code == 200
    assert "Refresh" not in page
    answer = answer_of(journey.decide(page))
    assert answer["state"] == "the-first-state"
    tokens = journey.redeem(answer["code"]).json()
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    event = AuditEvent.objects.get(action="approve_client")
    assert (event.actor_email, event.client_id) == ("staff@demo.local", journey.client.client_id)


def test_the_approval_is_for_everybody_and_from_then_on(journey: Journey, bob: User, desk: Browser) -> None:
    theirs = Journey(journey.client, signed_in(bob))
    begin(journey)
    begin(theirs)
    press(desk, ApprovalRequest.objects.order_by("pk")[0], "approved")
    assert not ApprovalRequest.objects.filter(decided_at=None).exists()
    assert {row.decided_by.email for row in ApprovalRequest.objects.all() if row.decided_by} == {"staff@demo.local"}
    for anybody in (journey, theirs):
        assert anybody.tokens()["access_token"]


def test_once_denied_the_app_is_told_and_stays_out(journey: Journey, desk: Browser) -> None:
    address = begin(journey)
    decide(desk, "denied")
    for _ in range(2):
        answer = answer_of(journey.browser.get(address))
        assert (answer["error"], answer["state"], answer["iss"]) == (
            "access_denied",
            "opaque-state",
            "http://testserver",
        )
    again = journey.ask()
    assert (again.status_code, "Location" in again) == (400, False)
    assert "turned this app away" in again.content.decode()
    assert AuditEvent.objects.get(action="deny_client").actor_email == "staff@demo.local"


def test_a_denial_ends_what_the_client_has_at_once(journey: Journey, desk: Browser, settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "open"
    tokens = journey.tokens()
    code = journey.code(prompt="consent")
    settings.UNKNOWN_CLIENT_POLICY = "ask"
    begin(journey)
    decide(desk, "denied")
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert journey.redeem(code).json()["error"] == "invalid_client"


def test_a_client_that_was_denied_may_be_approved_later(journey: Journey, desk: Browser) -> None:
    begin(journey)
    decide(desk, "denied")
    Client.objects.update(is_disabled=False)
    begin(journey)
    decide(desk, "approved")
    assert journey.tokens()["access_token"]


def test_the_handle_of_a_waiting_request_is_no_way_past_staff(journey: Journey, desk: Browser) -> None:
    page = journey.browser.get(begin(journey))
    html = page.content.decode()
    form = {name: field_value(html, name) for name in ("handle", "csrfmiddlewaretoken")}
    for decision in ("allow", "workspace", ""):
        choices = {**form, "decision": decision, "duration": "90", "workspace": "acme", "level": "read"}
        response = journey.browser.post("/oauth/authorize", choices)
        assert (response.status_code, "Location" in response) == (400, False)
    assert not AuthorizationRequest.objects.filter(answered_at__isnull=False).exists()


def test_who_stops_waiting_goes_back_to_the_app(journey: Journey) -> None:
    address = begin(journey)
    html = journey.browser.get(address).content.decode()
    form = {name: field_value(html, name) for name in ("handle", "csrfmiddlewaretoken")}
    answer = answer_of(journey.browser.post("/oauth/authorize", {**form, "decision": "deny"}))
    assert (answer["error"], answer["state"]) == ("access_denied", "opaque-state")
    assert journey.browser.get(address).status_code == 400


def test_the_address_works_for_the_person_and_the_browser_that_wait_and_nobody_else(
    journey: Journey, alice: User, carol: User
) -> None:
    address = begin(journey)
    for stranger in (Browser(), signed_in(carol), signed_in(alice)):
        response = stranger.get(address)
        assert (response.status_code, "Location" in response) == (400, False)
    for forged in ("", "?handle=", "?handle=1", f"?handle={address.partition('=')[2]}x", "?handle=%00"):
        assert journey.browser.get(f"/oauth/authorize/waiting{forged}").status_code == 400
    assert Browser().post(address).status_code == 405
    assert journey.browser.get(address).status_code == 200


def test_nobody_waits_for_ever(journey: Journey, desk: Browser) -> None:
    address = begin(journey)
    AuthorizationRequest.objects.update(created_at=timezone.now() - timedelta(hours=1, seconds=1))
    assert journey.browser.get(address).status_code == 400
    decide(desk, "approved")
    assert journey.browser.get(address).status_code == 200
    AuthorizationRequest.objects.update(expires_at=timezone.now())
    assert journey.browser.get(address).status_code == 400
    assert journey.ask().status_code == 200


def test_trying_again_asks_once(journey: Journey) -> None:
    for _ in range(3):
        begin(journey)
    assert ApprovalRequest.objects.count() == 1
    assert AuditEvent.objects.filter(action="ask_approval").count() == 1


def test_one_person_can_not_fill_staffs_list(journey: Journey) -> None:
    clients = [builders.make_client(name=f"Client {number}") for number in range(25)]
    for client in clients:
        begin(Journey(client, journey.browser))
    kept = set(ApprovalRequest.objects.values_list("client__name", flat=True))
    assert kept == {f"Client {number}" for number in range(5, 25)}


def test_without_a_sign_in_nobody_is_asked(journey: Journey) -> None:
    journey.browser = Browser()
    assert journey.ask()["Location"].startswith("/accounts/login/")
    assert not ApprovalRequest.objects.exists()


def test_a_policy_that_becomes_stricter_ends_the_waiting(journey: Journey, settings: Any) -> None:
    address = begin(journey)
    settings.UNKNOWN_CLIENT_POLICY = "known_only"
    assert journey.browser.get(address).status_code == 403


def test_the_warning_about_a_borrowed_name_stands_on_the_page(journey: Journey) -> None:
    journey.client = builders.make_client(name="Claude", redirect_uris="https://evil.example/cb")
    journey.redirect_uri = "https://evil.example/cb"
    assert "calls itself Claude" in journey.browser.get(begin(journey)).content.decode()


def test_staff_who_register_the_client_themselves_let_it_go_on_too(journey: Journey) -> None:
    address = begin(journey)
    Client.objects.update(approval=Approval.ALLOWED)
    assert answer_of(journey.decide(journey.browser.get(address)))["code"]
