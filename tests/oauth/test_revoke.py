"""Revocation: a client ends its own sessions, and learns nothing about others'."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AuthMethod
from roboflow_auth.oauth.principals import find_principal
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, make_secret_client
from tests.support.statements import at_most


@clause("P-R1.2", "P-R1.3", "P-G4.2")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "nonsense"])
def test_revoking_either_token_ends_the_session(journey: Journey, kind: str, hint: str | None) -> None:
    other, tokens = journey.tokens(), journey.tokens()
    response = journey.post("/oauth/revoke", token=tokens[kind], token_type_hint=hint)
    assert (response.status_code, response.content) == (200, b"")
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    assert journey.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert find_principal(other["access_token"], Resource.MCP) is not None


def test_a_logout_that_revokes_both_tokens_one_after_the_other_works(journey: Journey) -> None:
    tokens = journey.tokens()
    for kind in ("refresh_token", "access_token"):
        assert journey.post("/oauth/revoke", token=tokens[kind], token_type_hint=kind).status_code == 200


@clause("RFC7009-2.2")
@pytest.mark.parametrize("token", ["unknown", "rfoa_" + "a" * 49, "rfor_\x01", "x" * 5000])
def test_unknown_tokens_are_answered_like_revoked_ones(journey: Journey, token: str) -> None:
    assert journey.post("/oauth/revoke", token=token).status_code == 200


@clause("P-R1.1")
def test_another_client_can_not_revoke(journey: Journey) -> None:
    tokens = journey.tokens()
    thief = Journey(builders.make_client(name="Thief"), Browser())
    assert thief.post("/oauth/revoke", token=tokens["refresh_token"]).status_code == 200
    assert find_principal(tokens["access_token"], Resource.MCP) is not None


@clause("RFC7009-2.1")
def test_a_secret_client_must_prove_itself(db: None) -> None:
    client, _ = make_secret_client(AuthMethod.POST)
    response = Journey(client, Browser()).post("/oauth/revoke", token="x")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_a_request_without_a_token_or_a_client_is_an_error_in_json(journey: Journey) -> None:
    assert journey.post("/oauth/revoke").json()["error"] == "invalid_request"
    assert journey.post("/oauth/revoke", client_id=None, token="x").json()["error"] == "invalid_client"
    assert Browser().get("/oauth/revoke").status_code == 405


def test_revocation_takes_four_statements(journey: Journey) -> None:
    tokens = journey.tokens()
    with at_most(4):
        journey.post("/oauth/revoke", token=tokens["access_token"])
