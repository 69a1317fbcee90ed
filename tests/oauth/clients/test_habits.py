"""Each real client, from its registration by its own way of asking to tokens that work and are refreshed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Machine

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Client, Connection
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.clients.habits import HABITS, Habit, Wish
from tests.oauth.journeys import ISSUER, Journey, parameters_of
from tests.oauth.registrations import REAL_CLIENTS, registered, registered_journey

BODIES = {real.name: real.body for real in REAL_CLIENTS}
DISCOVERED = {
    Wish.RESOURCE: "/.well-known/oauth-protected-resource/mcp",
    Wish.SERVER: "/.well-known/oauth-authorization-server",
}


def begin(habit: Habit, user: User) -> Journey:
    """Register the client, and return its way with `user`."""
    members = registered(BODIES[habit.client])
    return registered_journey(members, user, habit.redirect_uri or members["redirect_uris"][0])


def question(habit: Habit) -> dict[str, str | None]:
    """Return what the client's authorization request has otherwise than the usual one."""
    path = DISCOVERED.get(habit.wish)
    scopes: list[str] = Machine().get(path).json()["scopes_supported"] if path else []
    if habit.asks_to_stay:
        scopes.append("offline_access")
    return {
        "scope": " ".join(scopes) or None,
        "prompt": "consent" if habit.asks_to_stay else None,
        "state": "opaque-state" if habit.has_state else None,
    }


def connect(habit: Habit, journey: Journey) -> dict[str, Any]:
    """Go the client's way to its first tokens."""
    response = journey.decide(journey.ask(**question(habit)))
    destination = journey.destination(response)
    assert destination.startswith(f"{journey.redirect_uri}?")
    answer = parameters_of(destination)
    assert answer["iss"] == ISSUER
    assert answer.get("state") == ("opaque-state" if habit.has_state else None)
    redeemed = journey.redeem(answer["code"])
    assert redeemed.status_code == 200, redeemed.content
    tokens: dict[str, Any] = redeemed.json()
    return tokens


@clause("P-C1.3", "P-C10.2", "RFC6749-4.1.2/a")
@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.client)
@pytest.mark.parametrize(("name", "workspace"), [("alice", "acme"), ("bob", "acme"), ("carol", "carol")])
def test_a_real_client_asks_in_its_own_way_and_stays(
    request: pytest.FixtureRequest, acme: Workspace, habit: Habit, name: str, workspace: str
) -> None:
    journey = begin(habit, request.getfixturevalue(name))
    tokens = connect(habit, journey)
    for _ in range(2):
        principal = find_principal(tokens["access_token"], Resource.MCP)
        assert principal is not None
        assert principal.workspace == workspace
        assert "project:read" in principal.scopes
        # The SDKs name the resource on refreshing too.
        tokens = journey.refresh(tokens["refresh_token"], resource=f"{ISSUER}/mcp").json()


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.client)
def test_a_real_client_comes_back_to_the_same_connection(alice: User, acme: Workspace, habit: Habit) -> None:
    journey = begin(habit, alice)
    first = connect(habit, journey)
    second = connect(habit, journey)
    assert Connection.objects.count() == 1
    for tokens in (first, second):
        assert find_principal(tokens["access_token"], Resource.MCP) is not None


def test_a_client_that_registers_anew_each_time_is_let_in_each_time(alice: User, acme: Workspace) -> None:
    claude = next(habit for habit in HABITS if habit.client == "claude_desktop")
    answers = [connect(claude, begin(claude, alice)) for _ in range(2)]
    assert Client.objects.count() == 2
    for tokens in answers:
        assert find_principal(tokens["access_token"], Resource.MCP) is not None


def test_every_client_that_registers_has_its_habits_written_down() -> None:
    assert [habit.client for habit in HABITS if habit.client not in BODIES] == []
    assert {habit.client for habit in HABITS} == BODIES.keys()
