"""The authorization code grant: what a code buys, from whom, and that it does so once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import (
    AccessToken,
    AuthorizationCode,
    Connection,
    RefreshToken,
)
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, VERIFIER, Journey
from tests.support.statements import remembered_at_most


@clause("P-T1.1", "P-T5.1", "P-T6.1", "RFC6749-3.3", "RFC6749-5.1")
def test_a_code_buys_tokens_that_say_what_they_are(journey: Journey) -> None:
    response = journey.redeem(journey.code(scope="project:read offline_access"))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    tokens = response.json()
    assert tokens["access_token"].startswith("rfoa_")
    assert tokens["refresh_token"].startswith("rfor_")
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "offline_access project:read"
    assert tokens["expires_in"] == 3600


@clause("P-I5.1")
def test_tokens_are_stored_as_hashes_only(journey: Journey) -> None:
    tokens = journey.tokens()
    for model, raw in ((AccessToken, tokens["access_token"]), (RefreshToken, tokens["refresh_token"])):
        row = model.objects.get()
        assert raw not in str(vars(row))
        assert row.token == ""
        assert row.token_checksum == hash_secret(raw)


@clause("P-I2.2", "P-G1.2")
def test_a_token_speaks_for_the_person_in_the_workspace_and_only_at_its_resource(journey: Journey, alice: User) -> None:
    raw_token = journey.tokens()["access_token"]
    principal = find_principal(raw_token, Resource.MCP)
    assert principal is not None
    assert (principal.user_id, principal.workspace) == (alice.pk, "acme")
    assert find_principal(raw_token, Resource.API) is None


@clause("P-T2.2")
def test_a_reused_code_revokes_the_tokens_it_bought(journey: Journey) -> None:
    code = journey.code()
    tokens = journey.redeem(code).json()
    assert journey.redeem(code).json()["error"] == "invalid_grant"
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert AuditEvent.objects.filter(action="end_session", reason="code_reuse", outcome="refused").exists()


@clause("P-T2.2")
def test_a_code_reused_after_it_expired_still_burns_its_tokens(journey: Journey) -> None:
    code = journey.code()
    tokens = journey.redeem(code).json()
    AuthorizationCode.objects.update(expires=timezone.now() - timedelta(seconds=1))
    journey.redeem(code)
    assert find_principal(tokens["access_token"], Resource.MCP) is None


def test_a_reused_code_leaves_other_sessions_of_the_connection_alone(journey: Journey) -> None:
    other = journey.tokens()
    code = journey.code()
    journey.redeem(code)
    journey.redeem(code)
    assert find_principal(other["access_token"], Resource.MCP) is not None


@clause("P-T2.3", "P-A8.3", "RFC6749-4.1.3", "RFC7636-4.6", "RFC8707-2.2", "RFC9700-2.1.1")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:5556/callback"}, "invalid_grant"),
        ({"resource": f"{ISSUER}/api/v1"}, "invalid_target"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"scope": "project:create"}, "invalid_scope"),
    ],
)
def test_a_request_that_does_not_fit_the_code_is_refused_and_does_not_consume_it(
    journey: Journey, changes: dict[str, Any], error: str
) -> None:
    code = journey.code()
    parameters: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": journey.redirect_uri,
        "code_verifier": VERIFIER,
        **changes,
    }
    response = journey.token(**parameters)
    assert (response.status_code, response.json()["error"]) == (400, error)
    assert journey.redeem(code).status_code == 200


@clause("P-A8.2")
def test_a_code_lives_for_a_minute(journey: Journey) -> None:
    journey.code()
    remaining = AuthorizationCode.objects.get().expires - timezone.now()
    assert timedelta(seconds=50) < remaining <= timedelta(seconds=60)


@clause("P-A8.2")
def test_a_code_expires_after_a_minute(journey: Journey) -> None:
    code = journey.code()
    AuthorizationCode.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert journey.redeem(code).json()["error"] == "invalid_grant"


@clause("P-A8.3", "RFC6749-4.1.2/b")
def test_another_client_can_not_redeem_a_code_nor_burn_it(journey: Journey) -> None:
    code = journey.code()
    thief = Journey(builders.make_client(name="Thief"), Browser())
    assert thief.redeem(code).json()["error"] == "invalid_grant"
    assert journey.redeem(code).status_code == 200


@pytest.mark.parametrize("code", ["", "junk", "rfoc_", "rfoc_" + "a" * 49, "\x00", "rfoa_" + "a" * 49])
def test_junk_is_no_code(journey: Journey, code: str) -> None:
    assert journey.redeem(code).status_code == 400


def test_a_code_of_a_connection_that_was_revoked_meanwhile_buys_nothing(journey: Journey) -> None:
    code = journey.code()
    Connection.objects.update(revoked_at=timezone.now())
    assert journey.redeem(code).json()["error"] == "invalid_grant"


@clause("P-G4.4")
def test_a_code_of_someone_who_left_the_workspace_buys_nothing(journey: Journey, alice: User, acme: Workspace) -> None:
    code = journey.code()
    Membership.objects.filter(user=alice, workspace=acme).delete()
    assert journey.redeem(code).json()["error"] == "invalid_grant"


def test_a_code_exchange_takes_six_statements(journey: Journey) -> None:
    code = journey.code()
    with remembered_at_most(3 if connection.vendor == "postgresql" else 6):
        assert journey.redeem(code).status_code == 200
