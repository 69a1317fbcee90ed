"""Asking again: who is asked a second time, for what, and what becomes of the agreement that there is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.authorization.question import Duration
from roboflow_auth.oauth.connected_apps import change_expiry, narrow_scopes
from roboflow_auth.oauth.models import AuthorizationCode, Client, Connection, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.exchanges import make_gateway
from tests.oauth.journeys import ISSUER, Journey, answer_of, signed_in


def staff_client() -> Client:
    """Return a web app that staff registered, whose identity is assured."""
    return builders.make_client(
        name="Dashboard",
        redirect_uris="https://dashboard.example/callback",
        registration_source=Client.RegistrationSource.MANUAL,
    )


@clause("P-A7.2", "RFC8252-8.6")
def test_a_loopback_client_always_sees_the_page(journey: Journey) -> None:
    journey.code()
    assert journey.ask().status_code == 200


@clause("P-A6.3", "P-A7.1")
def test_an_assured_client_is_not_asked_twice_for_the_same(alice: User, acme: Workspace) -> None:
    journey = Journey(staff_client(), signed_in(alice), redirect_uri="https://dashboard.example/callback")
    assert journey.ask().status_code == 200
    journey.code()
    assert answer_of(journey.ask())["code"]
    assert answer_of(journey.ask(prompt="none"))["code"]
    assert journey.ask(scope="project:create").status_code == 200
    assert journey.ask(prompt="consent").status_code == 200
    assert journey.ask(prompt="select_account").status_code == 200
    assert journey.ask(resource=f"{ISSUER}/api/v1").status_code == 200


@clause("P-A7.3")
@pytest.mark.parametrize("parameter", ["approval_prompt", "skip_authorization", "allow", "decision"])
def test_no_request_parameter_switches_consent_off(alice: User, acme: Workspace, parameter: str) -> None:
    journey = Journey(staff_client(), signed_in(alice), redirect_uri="https://dashboard.example/callback")
    assert journey.ask(**{parameter: "auto"}).status_code == 200


@clause("P-A7.1")
def test_with_agreements_for_two_workspaces_the_person_chooses_again(alice: User, acme: Workspace) -> None:
    builders.make_workspace(alice, "alice")
    journey = Journey(staff_client(), signed_in(alice), redirect_uri="https://dashboard.example/callback")
    journey.code({"workspace": "acme", "level": "read"})
    assert answer_of(journey.ask())["code"]
    journey.code({"workspace": "alice", "level": "read"}, prompt="consent")
    assert journey.ask().status_code == 200


@clause("P-G4.1")
def test_asking_again_widens_the_same_connection_and_shows_only_what_is_new(journey: Journey) -> None:
    journey.code(scope="project:read")
    page = journey.ask(scope="project:read project:create")
    assert page.context["is_step_up"]
    assert [permission["text"] for permission in page.context["new_permissions"]] == ["Create projects"]
    journey.decide(page)
    connection = Connection.objects.get()
    assert connection.scopes == {"project:read", "project:create"}
    assert AuthorizationCode.objects.latest("id").scope == "project:create project:read"


@pytest.mark.parametrize("duration", ["1", "30", "90", "forever"])
def test_asking_again_proposes_the_end_that_the_person_chose_last(journey: Journey, alice: User, duration: str) -> None:
    journey.code({"duration": "90"})
    change_expiry(alice, Connection.objects.get().pk, Duration(duration))
    proposed = [choice["value"] for choice in journey.ask().context["durations"] if choice["selected"]]
    assert proposed == [duration]


@pytest.mark.parametrize(("left", "proposed"), [(89, "90"), (31, "90"), (29, "30"), (0.5, "1"), (400, "90")])
def test_asking_again_never_proposes_more_than_was_chosen(journey: Journey, left: float, proposed: str) -> None:
    journey.code()
    Connection.objects.update(expires_at=timezone.now() + timedelta(days=left))
    assert [choice["value"] for choice in journey.ask().context["durations"] if choice["selected"]] == [proposed]


def test_what_the_person_unticks_on_asking_again_is_taken_out(journey: Journey) -> None:
    journey.code(scope="project:read project:create")
    journey.decide(journey.ask(scope="project:read project:create"), level="read")
    assert Connection.objects.get().scopes == {"project:read"}


@clause("P-G4.1")
def test_scopes_that_were_not_asked_about_stay_for_other_sessions(journey: Journey) -> None:
    journey.code(scope="project:read project:create")
    journey.code(scope="project:read")
    assert Connection.objects.get().scopes == {"project:read", "project:create"}


WIDE = "project:create project:read"


def take_away_creating(journey: Journey) -> None:
    """Let the person untick, on being asked again, that projects are created."""
    journey.code({"level": "read"}, scope=WIDE)
    assert Connection.objects.get().scopes == {"project:read"}


def may_create(raw_token: str) -> bool:
    """Return whether an access token lets projects be created now."""
    principal = find_principal(raw_token, Resource.MCP)
    return principal is not None and "project:create" in principal.scopes


def refreshed(journey: Journey, tokens: dict[str, Any]) -> dict[str, Any]:
    """Return what the refresh token of an answer buys."""
    answer: dict[str, Any] = journey.refresh(tokens["refresh_token"]).json()
    return answer


@clause("P-G4.9")
def test_what_was_taken_away_and_is_allowed_again_is_allowed_to_the_new_session_alone(journey: Journey) -> None:
    before = journey.tokens(scope=WIDE)
    take_away_creating(journey)
    again = journey.tokens(scope=WIDE)
    assert (may_create(before["access_token"]), may_create(again["access_token"])) == (False, True)
    assert refreshed(journey, before)["scope"] == "project:read"
    assert refreshed(journey, again)["scope"] == WIDE


@clause("P-G4.9")
def test_what_was_taken_away_on_the_page_of_connected_apps_does_not_come_back_either(journey: Journey) -> None:
    before = journey.tokens(scope=WIDE)
    narrow_scopes(User.objects.get(email="alice@demo.local"), Connection.objects.get().pk, ["project:read"])
    journey.code(scope=WIDE)
    assert not may_create(before["access_token"])
    later = refreshed(journey, before)
    assert (later["scope"], may_create(later["access_token"])) == ("project:read", False)


@clause("P-G4.9")
def test_a_code_from_before_does_not_bring_back_what_was_taken_away(journey: Journey) -> None:
    code = journey.code(scope=WIDE)
    take_away_creating(journey)
    journey.code(scope=WIDE)
    assert journey.redeem(code).json()["scope"] == "project:read"


@clause("P-G4.9")
def test_a_token_that_was_exchanged_before_does_not_get_it_back(journey: Journey) -> None:
    gateway = make_gateway(serves_resource="mcp")
    exchanged = gateway.exchange(journey.tokens(scope=WIDE)["access_token"]).json()["access_token"]
    assert may_create(exchanged)
    take_away_creating(journey)
    journey.code(scope=WIDE)
    assert not may_create(exchanged)


@clause("P-G4.1")
def test_sessions_keep_what_was_never_taken_away_when_another_gets_more(journey: Journey) -> None:
    before = journey.tokens(scope=WIDE)
    journey.code(scope=f"{WIDE} project:update")
    assert may_create(before["access_token"])
    assert refreshed(journey, before)["scope"] == WIDE
    assert Session.objects.earliest("pk").scope == WIDE


def test_a_connection_that_ended_is_not_revived_by_asking_again(journey: Journey) -> None:
    journey.code()
    Connection.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    journey.code()
    assert Connection.objects.count() == 2
    assert Connection.objects.filter(revoked_at__isnull=True).count() == 1


@clause("P-G1.1")
def test_a_connection_is_of_one_redirect_uri_and_one_resource_whatever_the_port(journey: Journey) -> None:
    journey.client.redirect_uris = "http://127.0.0.1/callback http://127.0.0.1/other"
    journey.client.save()
    journey.code()
    journey.code(redirect_uri="http://127.0.0.1:6666/callback")
    assert Connection.objects.count() == 1
    journey.code(redirect_uri="http://127.0.0.1:5555/other")
    journey.code(resource=f"{ISSUER}/api/v1")
    seen = Connection.objects.order_by("id").values_list("redirect_uri", "resource")
    assert list(seen) == [
        ("http://127.0.0.1/callback", "mcp"),
        ("http://127.0.0.1/other", "mcp"),
        ("http://127.0.0.1/callback", "api"),
    ]
