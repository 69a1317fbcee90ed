"""Connections, sessions and tokens in Django admin: staff end them, and the next call feels it."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import (
    AccessToken,
    Connection,
    RefreshToken,
)
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.admin.desk import act, page_of, press
from tests.oauth.journeys import Journey, signed_in


@clause("P-G4.3")
@pytest.mark.parametrize("way", ["button", "action"])
def test_revoking_a_connection_ends_its_access_at_the_next_call(
    desk: Browser, alice: User, bob: User, acme: Workspace, way: str
) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    tokens, bobs = journey.tokens(), builders.make_token(bob, acme)
    connection = Connection.objects.get(user=alice)
    page = desk.get(page_of(connection)).content.decode()
    assert "Revoke this connection" in page
    press(desk, connection) if way == "button" else act(desk, "revoke", connection)
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert find_principal(bobs, Resource.MCP) is not None
    events = AuditEvent.objects.filter(action="revoke_connection").order_by("pk")
    assert [(event.actor_email, event.reason) for event in events] == [
        ("alice@demo.local", "revoked_by_staff"),
        ("staff@demo.local", "by_staff"),
    ]
    assert "Revoke this connection" not in desk.get(page_of(connection)).content.decode()
    assert press(desk, connection).status_code == 403


@clause("P-G4.2")
@pytest.mark.parametrize("way", ["button", "action", "refresh token"])
def test_ending_a_session_leaves_the_others_of_the_connection_alone(
    desk: Browser, alice: User, acme: Workspace, way: str
) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    other, tokens = journey.tokens(), journey.tokens()
    session = AccessToken.objects.get(token_checksum=hash_secret(tokens["access_token"])).session
    if way == "refresh token":
        act(desk, "revoke", RefreshToken.objects.get(session=session))
    else:
        press(desk, session) if way == "button" else act(desk, "end", session)
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert find_principal(other["access_token"], Resource.MCP) is not None
    session.refresh_from_db()
    assert session.ended_reason == "revoked_by_staff"
    assert AuditEvent.objects.filter(action="end_session", actor_email="staff@demo.local").count() == 1


def test_revoking_an_access_token_leaves_its_session_alone(desk: Browser, alice: User, acme: Workspace) -> None:
    journey = Journey(builders.make_client(), signed_in(alice))
    tokens = journey.tokens()
    act(desk, "revoke", AccessToken.objects.get())
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).status_code == 200
    assert AuditEvent.objects.filter(action="revoke_access_token", actor_email="staff@demo.local").exists()
