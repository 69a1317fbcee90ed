"""The refresh token grant: rotation, reuse, narrowing, and everything that ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import (
    AccessToken,
    Client,
    Connection,
    RefreshToken,
    Session,
)
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Membership
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, Journey
from tests.support.statements import remembered_at_most


@clause("P-T3.1")
def test_refreshing_rotates_and_keeps_the_session(journey: Journey) -> None:
    tokens = journey.tokens()
    fresh = journey.refresh(tokens["refresh_token"], resource=f"{ISSUER}/mcp").json()
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert find_principal(fresh["access_token"], Resource.MCP) is not None
    assert Session.objects.count() == 1
    assert RefreshToken.objects.get(revoked__isnull=False).successor == RefreshToken.objects.get(revoked__isnull=True)


@clause("P-T3.7", "RFC6749-6")
def test_another_client_can_not_refresh_nor_end_the_session(journey: Journey) -> None:
    tokens = journey.tokens()
    thief = Journey(builders.make_client(name="Thief"), Browser())
    assert thief.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert journey.refresh(tokens["refresh_token"]).status_code == 200


@clause("P-T4.2", "RFC9700-4.14.2/a")
def test_scopes_only_narrow_on_refresh(journey: Journey) -> None:
    tokens = journey.tokens(scope="project:read image:read")
    narrow = journey.refresh(tokens["refresh_token"], scope="project:read project:create").json()
    assert narrow["scope"] == "project:read"
    wide = journey.refresh(narrow["refresh_token"]).json()
    assert wide["scope"] == "image:read project:read"
    assert journey.refresh(wide["refresh_token"], scope="project:create").json()["error"] == "invalid_scope"
    assert journey.refresh(wide["refresh_token"], resource=f"{ISSUER}/api/v1").json()["error"] == "invalid_target"


@clause("P-T4.1", "P-T5.2", "P-G2.2", "P-G4.4")
@pytest.mark.parametrize("ending", ["connection", "expiry", "person", "membership", "session", "client", "idle"])
def test_whatever_ends_access_ends_it_at_the_next_call_and_the_next_refresh(
    journey: Journey, alice: User, ending: str
) -> None:
    tokens = journey.tokens()
    now = timezone.now()
    end: dict[str, Callable[[], Any]] = {
        "connection": lambda: Connection.objects.update(revoked_at=now),
        "expiry": lambda: Connection.objects.update(expires_at=now - timedelta(seconds=1)),
        "person": lambda: User.objects.filter(pk=alice.pk).update(is_active=False),
        "membership": lambda: Membership.objects.filter(user=alice).delete(),
        "session": lambda: Session.objects.update(ended_at=now),
        "client": lambda: Client.objects.update(is_disabled=True),
        "idle": lambda: (
            RefreshToken.objects.update(expires_at=now - timedelta(seconds=1)),
            AccessToken.objects.update(expires=now - timedelta(seconds=1)),
        ),
    }
    end[ending]()
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    response = journey.refresh(tokens["refresh_token"])
    assert response.json()["error"] == ("invalid_client" if ending == "client" else "invalid_grant")


@clause("P-G3.2", "P-G3.3")
def test_lifetimes_never_exceed_the_connection(journey: Journey) -> None:
    code = journey.code({"duration": "1"})
    Connection.objects.update(expires_at=timezone.now() + timedelta(minutes=10))
    tokens = journey.redeem(code).json()
    assert tokens["expires_in"] <= 600
    assert tokens["refresh_token_expires_in"] <= 600
    assert tokens["authorization_expires_in"] <= 600


@clause("P-T5.3")
def test_staff_set_lifetimes_per_client(journey: Journey) -> None:
    Client.objects.update(access_token_seconds=60, refresh_token_seconds=120)
    tokens = journey.tokens()
    assert (tokens["expires_in"], tokens["refresh_token_expires_in"]) == (60, 120)


def test_a_client_that_did_not_register_refreshing_gets_no_refresh_token(journey: Journey) -> None:
    Client.objects.update(grant_types=["authorization_code"])
    journey.client.refresh_from_db()
    assert "refresh_token" not in journey.tokens()
    assert journey.refresh("rfor_x").json()["error"] == "unauthorized_client"


def test_a_refresh_takes_six_statements(journey: Journey) -> None:
    tokens = journey.tokens()
    with remembered_at_most(3 if connection.vendor == "postgresql" else 6):
        assert journey.refresh(tokens["refresh_token"]).status_code == 200


@clause("P-G4.5")
def test_who_left_the_workspace_and_came_back_is_asked_again(journey: Journey, alice: User) -> None:
    code, tokens = journey.code(), journey.tokens()
    membership = Membership.objects.get(user=alice)
    membership.delete()
    Membership.objects.create(user=alice, workspace=membership.workspace, role=membership.role)
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert journey.redeem(code).json()["error"] == "invalid_grant"
    fresh = journey.tokens()
    assert find_principal(fresh["access_token"], Resource.MCP) is not None
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert Connection.objects.filter(revoked_at__isnull=True).count() == 1
