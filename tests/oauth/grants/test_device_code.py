"""Polling for the answer: what a device is told until its person has answered, and what the answer buys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, Connection, DeviceCode, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.devices import DEVICE_GRANT, DEVICE_GRANTS, DeviceJourney, device_of, error_of, expire, let_pass
from tests.oauth.journeys import ISSUER, Journey, signed_in
from tests.support.statements import at_most


@pytest.fixture
def device(alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device with Alice, which has begun."""
    device = device_of(alice)
    device.begin()
    return device


@clause("P-T6.4", "RFC8628-3.5/a")
def test_a_device_gets_its_tokens_once_its_person_allowed_it(device: DeviceJourney, alice: User) -> None:
    assert error_of(device.poll()) == "authorization_pending"
    assert device.answer()["Location"] == "/device/answered"
    response = device.poll()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    tokens = response.json()
    principal = find_principal(tokens["access_token"], Resource.MCP)
    assert principal is not None
    assert (principal.subject, principal.workspace) == (str(alice.subject), "acme")
    assert device.refresh(tokens["refresh_token"]).status_code == 200


def test_the_answer_is_like_that_to_a_code(device: DeviceJourney, alice: User) -> None:
    device.answer()
    by_code = Journey(device.client, device.browser)
    device.client.grant_types = ["authorization_code", *DEVICE_GRANTS]
    device.client.redirect_uris = "http://127.0.0.1/callback"
    device.client.save()
    assert device.poll().json().keys() == by_code.tokens().keys()


def test_people_in_other_roles_give_what_they_can(bob: User, carol: User, acme: Workspace) -> None:
    for user, workspace in ((bob, "acme"), (carol, "carol")):
        device = device_of(user)
        tokens = device.device_tokens(scope="project:read project:create")
        principal = find_principal(tokens["access_token"], Resource.MCP)
        assert principal is not None
        assert principal.workspace == workspace
        assert ("project:create" in tokens["scope"]) == (user == carol)


def test_an_id_token_says_when_the_person_signed_in(device: DeviceJourney) -> None:
    tokens = device.device_tokens(scope="openid project:read")
    assert tokens["id_token"].count(".") == 2
    userinfo = device.machine.get("/oauth/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert userinfo.status_code == 200


def test_a_token_is_for_the_resource_that_the_device_named(device: DeviceJourney) -> None:
    tokens = device.device_tokens(resource=f"{ISSUER}/api/v1")
    assert find_principal(tokens["access_token"], Resource.API) is not None
    assert find_principal(tokens["access_token"], Resource.MCP) is None


@clause("P-G1.1")
def test_what_a_device_was_allowed_is_a_connection_of_its_own(device: DeviceJourney) -> None:
    device.answer()
    connection = Connection.objects.get()
    assert connection.redirect_uri == DEVICE_GRANT
    again = DeviceJourney(device.client, device.browser)
    again.device_tokens()
    assert Connection.objects.get() == connection
    assert Session.objects.filter(connection=connection).count() == 2


def test_the_session_shows_the_address_of_the_device(device: DeviceJourney) -> None:
    body = {"client_id": device.client.client_id}
    device.codes = device.machine.post(
        "/oauth/device_authorization",
        f"client_id={body['client_id']}",
        content_type="application/x-www-form-urlencoded",
        REMOTE_ADDR="203.0.113.9",
    ).json()
    assert "203.0.113.9" in device.question().content.decode()
    device.answer()
    assert Session.objects.get().address == "203.0.113.9"


@clause("P-T6.4")
def test_polling_takes_three_statements_and_redeeming_six(device: DeviceJourney) -> None:
    with at_most(3):
        assert error_of(device.poll()) == "authorization_pending"
    with at_most(4):
        assert error_of(device.poll()) == "slow_down"
    device.answer()
    with at_most(3 if connection.vendor == "postgresql" else 6):
        assert device.poll().status_code == 200


@clause("RFC8628-3.5/b")
def test_who_polls_too_fast_waits_longer_each_time(device: DeviceJourney) -> None:
    assert error_of(device.poll()) == "authorization_pending"
    assert error_of(device.poll()) == "slow_down"
    assert DeviceCode.objects.get().interval == 10
    let_pass(6)
    assert error_of(device.poll()) == "slow_down"
    assert DeviceCode.objects.get().interval == 15
    let_pass(15)
    assert error_of(device.poll()) == "authorization_pending"
    let_pass(15)
    assert error_of(device.poll()) == "authorization_pending"
    assert DeviceCode.objects.get().interval == 15


def test_who_keeps_to_the_interval_is_never_slowed_down(device: DeviceJourney) -> None:
    for _ in range(5):
        assert error_of(device.poll()) == "authorization_pending"
        let_pass(4.5)
    assert DeviceCode.objects.get().interval == 5


def test_an_answer_is_not_held_back_from_who_polled_too_fast(device: DeviceJourney) -> None:
    device.poll()
    device.poll()
    device.answer()
    assert device.poll().status_code == 200


@clause("RFC8628-3.5/c")
def test_a_device_is_told_that_its_person_said_no(device: DeviceJourney) -> None:
    denied = device.answer(decision="deny")
    assert denied["Location"] == "/device/answered"
    assert "You denied Shelf camera" in device.browser.get("/device/answered").content.decode()
    assert [error_of(device.poll()) for _ in range(2)] == ["access_denied"] * 2
    assert not Connection.objects.exists()
    event = AuditEvent.objects.get(action="authorize")
    assert (event.outcome, event.reason) == ("refused", "user_denied")


@clause("RFC8628-3.5/d")
@pytest.mark.parametrize("is_allowed", [False, True])
def test_an_expired_code_is_told_apart_from_one_that_waits(device: DeviceJourney, is_allowed: bool) -> None:
    if is_allowed:
        device.answer()
    expire()
    assert error_of(device.poll()) == "expired_token"
    assert not AccessToken.objects.exists()


def test_a_missing_code_is_an_invalid_request(device: DeviceJourney) -> None:
    assert error_of(device.poll(device_code=None)) == "invalid_request"


@clause("P-T2.3")
def test_what_stands_beside_the_code_is_checked_before_it_is_used_up(device: DeviceJourney) -> None:
    device.answer()
    assert error_of(device.poll(resource=f"{ISSUER}/api/v1")) == "invalid_target"
    assert error_of(device.poll(scope="no:such")) == "invalid_scope"
    narrowed = device.poll(scope="project:read", resource=f"{ISSUER}/mcp")
    assert (narrowed.status_code, narrowed.json()["scope"]) == (200, "project:read")


def test_the_person_may_narrow_what_the_device_gets(device: DeviceJourney) -> None:
    tokens = device.device_tokens({"level": "custom", "scope": ["project:read"], "duration": "1"})
    assert tokens["scope"] == "project:read"
    assert tokens["authorization_expires_in"] <= 24 * 3600


def test_a_client_that_did_not_register_to_refresh_gets_no_refresh_token(alice: User, acme: Workspace) -> None:
    device = device_of(alice, grant_types=[DEVICE_GRANT])
    assert "refresh_token" not in device.device_tokens()


def test_a_device_may_be_allowed_more_later(device: DeviceJourney) -> None:
    device.device_tokens(scope="project:read")
    device.begin(scope="project:read image:read")
    page = device.question()
    assert page.context["is_step_up"]
    device.decide(page)
    assert device.poll().json()["scope"] == "image:read project:read"


def test_the_agreement_ends_when_the_person_chose(device: DeviceJourney, alice: User) -> None:
    tokens = device.device_tokens({"duration": "1"})
    Connection.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert error_of(device.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_another_browser_of_the_same_person_may_answer(device: DeviceJourney, alice: User) -> None:
    device.browser = signed_in(alice)
    device.answer()
    assert device.poll().status_code == 200
