"""Pruning: what nobody will need again goes, a little at every registration; what anybody ever connected stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import (
    AccessToken,
    Approval,
    ApprovalRequest,
    AuthorizationCode,
    AuthorizationRequest,
    Client,
    Connection,
    RefreshToken,
    Session,
    TrustedIssuer,
)
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.oauth.pruning import prune_clients
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.crowd import in_the_meantime
from tests.oauth.journeys import Journey, answer_of, signed_in
from tests.oauth.registrations import registered, registered_journey


def age(client: Client | None = None, hours: float = 25) -> None:
    """Let `client`, or every one, have registered `hours` ago."""
    rows = Client.objects.all() if client is None else Client.objects.filter(pk=client.pk)
    rows.update(created=timezone.now() - timedelta(hours=hours))


def prune() -> str:
    """Return what the command says."""
    said = StringIO()
    call_command("prune", stdout=said)
    return said.getvalue()


@clause("P-C7.1")
@pytest.mark.django_db
def test_a_registration_that_nobody_connected_goes_after_a_day() -> None:
    young, old = builders.make_client(name="young"), builders.make_client(name="old")
    age(young, hours=23.9)
    age(old, hours=24.1)
    assert prune() == "apps never connected: 1\n"
    assert list(Client.objects.all()) == [young]
    assert AuditEvent.objects.get(action="prune_clients").detail == "1 never connected"
    assert prune() == ""


@clause("P-C7.2")
@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"registration_source": Client.RegistrationSource.MANUAL},
        {"registration_source": Client.RegistrationSource.CIMD},
        {"is_disabled": True},
        {"is_verified": True},
        {"approval": Approval.ALLOWED},
        {"approval": Approval.ASK},
        {"first_connected_at": "2020-01-01T00:00Z"},
    ],
)
def test_what_staff_made_or_decided_and_what_was_connected_once_stays(fields: dict[str, Any]) -> None:
    client = builders.make_client(**fields)
    age()
    prune()
    assert list(Client.objects.all()) == [client]


@clause("P-C7.2")
def test_a_client_whose_connection_ended_long_ago_stays_known(journey: Journey) -> None:
    journey.tokens()
    age()
    Connection.objects.update(revoked_at=timezone.now() - timedelta(days=400))
    prune()
    assert journey.refresh("rfor_x").json()["error"] == "invalid_grant"


@pytest.mark.parametrize("whose", ["journey", "bobs_journey", "carols_journey"])
def test_a_client_whose_page_is_open_stays_until_the_answer(request: pytest.FixtureRequest, whose: str) -> None:
    journey: Journey = request.getfixturevalue(whose)
    page = journey.ask()
    age()
    prune()
    assert journey.redeem(answer_of(journey.decide(page))["code"]).status_code == 200


def test_a_client_that_waits_for_staff_stays(journey: Journey, settings: Any) -> None:
    settings.UNKNOWN_CLIENT_POLICY = "ask"
    journey.ask()
    age()
    AuthorizationRequest.objects.all().delete()
    prune()
    assert Client.objects.exists()
    ApprovalRequest.objects.update(asked_at=timezone.now() - timedelta(days=31))
    assert prune() == "requests for approval: 1\napps never connected: 1\n"


@clause("P-C7.3")
def test_a_vanished_client_is_told_to_register_again_and_the_person_how(journey: Journey, acme: Workspace) -> None:
    age()
    prune()
    assert journey.refresh("rfor_x").status_code == 401
    assert journey.refresh("rfor_x").json()["error"] == "invalid_client"
    response = journey.ask()
    assert (response.status_code, "Location" in response) == (400, False)
    assert "add it again" in response.content.decode()
    members = registered()
    again = registered_journey(members, response.wsgi_request.user, members["redirect_uris"][0])
    assert again.tokens()["access_token"]


@pytest.mark.django_db
def test_its_registration_token_is_none_any_more() -> None:
    members = registered()
    age()
    prune()
    headers = {"Authorization": f"Bearer {members['registration_access_token']}"}
    response = Browser().get(f"/oauth/register/{members['client_id']}", headers=headers)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


@pytest.mark.django_db
def test_registrations_take_old_ones_away_now_and_then() -> None:
    for _ in range(12):
        builders.make_client()
    age()
    registered()
    assert Client.objects.count() == 1
    age()
    registered()
    # Not every time: it would cost more than the registration.
    assert Client.objects.count() == 2
    cache.clear()
    registered()
    assert Client.objects.count() == 2


def test_what_is_over_goes_and_what_lives_stays(journey: Journey) -> None:
    living = journey.tokens()
    used = living["refresh_token"]
    living = journey.refresh(used).json()
    journey.code(prompt="consent")
    journey.ask(prompt="consent")
    assert prune() == ""
    long_ago = timezone.now() - timedelta(days=2)
    AuthorizationCode.objects.filter(redeemed_at=None).update(expires=long_ago)
    AuthorizationRequest.objects.update(expires_at=long_ago)
    AccessToken.objects.filter(pk=AccessToken.objects.order_by("pk")[0].pk).update(expires=long_ago)
    BrowserSession.objects.create(session_key="over", session_data="", expire_date=long_ago)
    assert prune().splitlines() == [
        "authorization requests: 3",
        "codes never redeemed: 1",
        "access tokens: 1",
        "browser sessions: 1",
    ]
    assert find_principal(living["access_token"], Resource.MCP) is not None
    # The used token is kept, so that its reuse still ends the session.
    assert journey.refresh(living["refresh_token"]).status_code == 200
    assert journey.refresh(used).json()["error"] == "invalid_grant"
    assert Session.objects.get().ended_reason == "refresh_token_reuse"


def test_sessions_go_three_months_after_they_ended_or_lapsed(journey: Journey) -> None:
    ended, lapsed, living = (journey.tokens(prompt="consent") for _ in range(3))
    long_ago = timezone.now() - timedelta(days=91)
    rows = list(Session.objects.order_by("pk"))
    Session.objects.filter(pk=rows[0].pk).update(ended_at=long_ago)
    Session.objects.update(created_at=long_ago)
    AccessToken.objects.filter(session=rows[1]).update(expires=long_ago)
    RefreshToken.objects.filter(session=rows[1]).update(expires_at=long_ago)
    assert prune().splitlines()[0] == "sessions: 2"
    assert list(Session.objects.all()) == [rows[2]]
    for tokens in (ended, lapsed):
        assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert journey.refresh(living["refresh_token"]).status_code == 200
    assert Connection.objects.count() == 1


@pytest.mark.django_db
def test_batches_go_on_until_nothing_is_left() -> None:
    for _ in range(7):
        builders.make_client()
    age()
    said = StringIO()
    call_command("prune", "--batch", "2", stdout=said)
    assert said.getvalue() == "apps never connected: 7\n"
    assert not Client.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_client_that_is_being_connected_at_this_moment_is_passed_over(alice: User, acme: Workspace) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    page = journey.ask()
    age()
    # As if the page had been open for too long: nothing but the connection itself keeps the client.
    AuthorizationRequest.objects.update(expires_at=timezone.now() + timedelta(seconds=30))
    with transaction.atomic():
        response = journey.decide(page)
        AuthorizationRequest.objects.all().delete()
        assert in_another_thread(lambda: prune_clients(10)) == 0
    assert journey.redeem(answer_of(response)["code"]).status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_question_that_was_asked_before_the_lock_keeps_its_client(alice: User, acme: Workspace) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    age()

    def lock_then_ask() -> None:
        Client.objects.select_for_update(no_key=True).get()
        journey_page.append(journey.ask())

    journey_page: list[Any] = []
    with transaction.atomic():
        lock_then_ask()
        assert in_another_thread(lambda: prune_clients(10)) == 0
    assert prune_clients(10) == 0
    assert journey.redeem(answer_of(journey.decide(journey_page[0]))["code"]).status_code == 200


def test_an_app_that_staff_trust_with_tokens_or_assertions_stays(acme: Workspace) -> None:
    builders.make_client(may_exchange=True)
    TrustedIssuer.objects.create(name="Acme", issuer="https://idp.example", workspace=acme).clients.add(
        builders.make_client()
    )
    age()
    assert prune_clients(10) == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_comes_after_the_lock_is_told_that_the_client_is_gone(alice: User, acme: Workspace) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    age()
    response = in_the_meantime(lambda: prune_clients(10), journey.ask)
    assert (response.status_code, "Location" in response) == (400, False)
    assert "add it again" in response.content.decode()
    assert not Client.objects.exists()
    assert not AuthorizationRequest.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_registrations_at_once_prune_each_client_once(alice: User) -> None:
    for _ in range(30):
        builders.make_client()
    age()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: closing(registered), range(8)))
    assert Client.objects.count() == 8
    details = AuditEvent.objects.filter(action="prune_clients").values_list("detail", flat=True)
    assert sum(int(detail.partition(" ")[0]) for detail in details) == 30


def in_another_thread(action: Any) -> Any:
    """Return what `action` answers on a connection of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(closing, action).result(timeout=30)


def closing(action: Any) -> Any:
    """Return what `action` answers, and give the thread's connection back."""
    try:
        return action()
    finally:
        connection.close()
