"""One proof many times at the same instant: many connections to one PostgreSQL, and the event loop beside them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.oauth.models import UsedProof
from tests.clauses import clause
from tests.mcp_server.client import McpClient
from tests.oauth.crowd import all_at_once
from tests.oauth.journeys import ISSUER, post_form
from tests.oauth.proofs import ProvingJourney, bound, make_proof

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CROWD = 20
PING = '{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


@clause("RFC9449-11.1")
def test_of_twenty_uses_of_one_proof_at_the_token_endpoint_exactly_one_counts(
    proving_journey: ProvingJourney,
) -> None:
    body = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": proving_journey.client.client_id}
    headers = {"DPoP": make_proof()}
    answers = all_at_once(lambda: post_form(Browser(), "/oauth/token", body, headers=headers))
    errors = sorted(answer.json()["error"] for answer in answers)
    assert errors == ["invalid_dpop_proof"] * (CROWD - 1) + ["invalid_grant"]
    assert UsedProof.objects.count() == 1


@clause("RFC9449-11.1")
@pytest.mark.parametrize("door", ["mcp", "api"])
def test_of_twenty_uses_of_one_proof_at_a_resource_exactly_one_counts(
    mcp: McpClient, proving_journey: ProvingJourney, door: str
) -> None:
    resource = f"{ISSUER}/{'mcp' if door == 'mcp' else 'api/v1'}"
    code = proving_journey.code(resource=resource)
    token = proving_journey.redeem(code, resource=resource).json()["access_token"]

    def call() -> Any:
        if door == "api":
            return Browser().get("/api/v1/me", headers=headers)
        return mcp.send(
            headers={"Content-Type": "application/json", "Accept": "application/json", **headers}, content=PING
        )

    headers = bound(token, proving_journey.key, *(("POST", resource) if door == "mcp" else ("GET", f"{resource}/me")))
    statuses = sorted(answer.status_code for answer in all_at_once(call))
    assert statuses == [200] + [401] * (CROWD - 1)


@clause("RFC9449-11.1")
def test_a_proof_that_was_used_at_one_door_is_used_at_the_other(
    mcp: McpClient, proving_journey: ProvingJourney
) -> None:
    # Both doors remember in the same place, though the one is a thread's and the other an event loop's.
    token = proving_journey.tokens(scope="openid")["access_token"]
    jti = "the same"
    first = bound(token, proving_journey.key, "GET", f"{ISSUER}/oauth/userinfo", jti=jti)
    assert Browser().get("/oauth/userinfo", headers=first).status_code == 200
    second = bound(token, proving_journey.key, jti=jti)
    assert mcp.rpc("tools/list", headers=second).status_code == 401
