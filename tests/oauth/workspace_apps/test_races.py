"""Blocks and rules against whatever goes on at the same time, on PostgreSQL, where it really does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.connections import Parties, allow_connection
from roboflow_auth.oauth.models import Client, Connection, WorkspaceApp
from roboflow_auth.oauth.principals import find_principal, live_tokens
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.crowd import fresh, in_the_meantime
from tests.oauth.exchanges import make_gateway
from tests.oauth.journeys import Journey, answer_of, signed_in
from tests.oauth.workspace_apps.desk import LOOPBACK, at_desk, decide, set_rule

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MEMBERS = 8


@pytest.fixture
def client(acme: Workspace, alice: User) -> Client:
    """Return an app that Alice connected, so that it can be blocked."""
    client = builders.make_client()
    builders.make_connection(alice, acme, client=client)
    return client


@pytest.fixture
def members(acme: Workspace, client: Client) -> list[Journey]:
    """Return the ways of eight members with the app."""
    people = [builders.make_user(f"member{number}@demo.local") for number in range(MEMBERS)]
    for person in people:
        builders.make_member(acme, person, RoleName.VIEWER)
    return [Journey(client, signed_in(person)) for person in people]


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Return what each of `actions` answered; they began at the same instant."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        barrier.wait(30)
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def nothing_is_live(client: Client) -> bool:
    """Return whether the app has neither an agreement nor a token that works."""
    agreements = Connection.objects.filter(client=client, revoked_at__isnull=True)
    return not agreements.exists() and not live_tokens(timezone.now()).filter(application=client).exists()


@clause("P-G4.8")
def test_an_exchange_that_runs_into_a_block_gets_nothing(alice: User, bob: User, acme: Workspace) -> None:
    desk, gateway = at_desk(alice), make_gateway(name="Gateway", serves_resource="mcp")
    builders.make_connection(alice, acme, client=gateway.client)
    subject = builders.make_token(bob, acme)
    refused = in_the_meantime(lambda: decide(desk, "block", gateway.client), lambda: gateway.exchange(subject))
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    assert nothing_is_live(gateway.client)


@clause("P-G4.8")
def test_an_answer_that_runs_into_a_block_is_refused_and_shown_why(alice: User, client: Client, bob: User) -> None:
    desk, bobs = at_desk(alice), Journey(client, signed_in(bob))
    page = bobs.ask()
    refused = in_the_meantime(lambda: decide(desk, "block", client), lambda: bobs.decide(page))
    assert refused.status_code == 422
    assert "blocked Test client" in refused.content.decode()
    assert nothing_is_live(client)


def test_a_refused_answer_is_not_used_up(alice: User, client: Client, bob: User) -> None:
    desk, bobs = at_desk(alice), Journey(client, signed_in(bob))
    page = bobs.ask()
    refused = in_the_meantime(lambda: decide(desk, "block", client), lambda: bobs.decide(page))
    decide(desk, "forget", client)
    assert bobs.redeem(answer_of(bobs.decide(refused, level="read"))["code"]).status_code == 200


@clause("P-G4.8")
def test_an_agreement_that_is_just_being_made_is_ended_by_the_block_that_waited_for_it(
    alice: User, client: Client, bob: User, acme: Workspace
) -> None:
    parties = Parties(bob, client, LOOPBACK, Resource.MCP)
    scopes = frozenset(BASELINE)

    def agree() -> None:
        allow_connection(parties, acme, offered=scopes, chosen=scopes, expires_at=None, shown_metadata={})

    answered = in_the_meantime(agree, lambda: decide(at_desk(alice), "block", client))
    assert answered.status_code == 303
    assert Connection.objects.filter(user=bob).exists()
    assert nothing_is_live(client)


def test_an_answer_that_runs_into_a_stricter_rule_is_refused(alice: User, client: Client, bob: User) -> None:
    desk, bobs = at_desk(alice), Journey(client, signed_in(bob))
    page = bobs.ask()
    refused = in_the_meantime(lambda: set_rule(desk, "listed"), lambda: bobs.decide(page))
    assert refused.status_code == 422
    assert not Connection.objects.filter(user=bob).exists()


def test_of_answers_and_a_block_at_the_same_time_nothing_is_left(
    alice: User, client: Client, members: list[Journey]
) -> None:
    desk, pages = at_desk(alice), [way.ask() for way in members]
    answers = [lambda way=way, page=page: way.decide(page) for way, page in zip(members, pages, strict=True)]
    *answered, blocked = together(*answers, lambda: decide(desk, "block", client))
    assert blocked.status_code == 303
    assert {response.status_code for response in answered} <= {303, 422}
    for response in answered:
        if response.status_code == 303:
            assert members[0].redeem(answer_of(response)["code"]).json()["error"] == "invalid_grant"
    assert nothing_is_live(client)


@clause("P-G4.8")
def test_codes_that_are_redeemed_during_a_block_buy_nothing_that_works(
    alice: User, client: Client, members: list[Journey]
) -> None:
    desk, codes = at_desk(alice), [way.code() for way in members]
    redeem = [lambda way=way, code=code: fresh(way).redeem(code) for way, code in zip(members, codes, strict=True)]
    *answered, _ = together(*redeem, lambda: decide(desk, "block", client))
    assert {response.status_code for response in answered} <= {200, 400}
    bought = [response.json()["access_token"] for response in answered if response.status_code == 200]
    assert [find_principal(token, Resource.MCP) for token in bought] == [None] * len(bought)
    assert nothing_is_live(client)


@clause("P-G4.8")
def test_tokens_that_are_refreshed_during_a_block_are_dead_too(
    alice: User, client: Client, members: list[Journey]
) -> None:
    desk, raw = at_desk(alice), [way.tokens()["refresh_token"] for way in members]
    renew = [lambda way=way, token=token: fresh(way).refresh(token) for way, token in zip(members, raw, strict=True)]
    *answered, _ = together(*renew, lambda: decide(desk, "block", client))
    assert {response.status_code for response in answered} <= {200, 400}
    for response in answered:
        if response.status_code == 200:
            assert find_principal(response.json()["access_token"], Resource.MCP) is None
            assert members[0].refresh(response.json()["refresh_token"]).json()["error"] == "invalid_grant"
    assert nothing_is_live(client)


def test_two_admins_who_block_at_once_leave_one_decision(alice: User, acme: Workspace, client: Client) -> None:
    second = builders.make_user("dora@demo.local")
    builders.make_member(acme, second, RoleName.ADMIN)
    desks = [at_desk(alice), at_desk(second)]
    answered = together(*(lambda desk=desk: decide(desk, "block", client) for desk in desks))
    assert [response.status_code for response in answered] == [303, 303]
    assert WorkspaceApp.objects.count() == 1
    assert nothing_is_live(client)


def test_members_of_another_workspace_are_not_held_up(alice: User, client: Client, carol: User) -> None:
    carols = Journey(client, signed_in(carol))
    page = carols.ask()
    with transaction.atomic():
        decide(at_desk(alice), "block", client)
        # While the block is not through: an answer that waited for it would never come.
        assert together(lambda: carols.decide(page))[0].status_code == 303
