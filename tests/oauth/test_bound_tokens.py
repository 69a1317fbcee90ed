"""Access tokens that are bound to a key, in the hands of somebody else, at every door (RFC 9449 §7)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.oauth.models import Client, UsedProof
from tests.clauses import clause
from tests.mcp_server.client import McpClient
from tests.oauth.assertions import KEY, OTHER_KEY
from tests.oauth.journeys import ISSUER, Journey, basic, make_secret_client, post_form
from tests.oauth.proofs import ProvingJourney, ath_of, bound, jkt_of, make_proof

pytestmark = pytest.mark.django_db(transaction=True)

SCOPES = "openid project:read workspace:read"
RPC = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
PING = '{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


class Door:
    """A protected resource: how it is asked, and for which audience its tokens are."""

    def __init__(self, method: str, path: str, resource: str, ask: Callable[[dict[str, str]], Any]) -> None:
        self.method = method
        self.url = ISSUER + path
        self.resource = ISSUER + resource
        self.ask = ask


@pytest.fixture(params=["mcp", "api", "userinfo"])
def door(request: pytest.FixtureRequest, mcp: McpClient) -> Door:
    """Return each of the doors."""

    def get(path: str) -> Callable[[dict[str, str]], Any]:
        return lambda headers: Browser().get(path, headers=headers)

    doors = {
        "mcp": Door("POST", "/mcp", "/mcp", lambda headers: mcp.send(headers={**RPC, **headers}, content=PING)),
        "api": Door("GET", "/api/v1/me", "/api/v1", get("/api/v1/me?x=")),
        "userinfo": Door("GET", "/oauth/userinfo", "/mcp", get("/oauth/userinfo")),
    }
    return doors[request.param]


def token_for(door: Door, journey: Journey) -> str:
    """Return a token of Alice for the door."""
    code = journey.code(scope=SCOPES, resource=door.resource)
    return str(journey.redeem(code, resource=door.resource).json()["access_token"])


@pytest.fixture
def raw_token(proving_journey: ProvingJourney, door: Door) -> str:
    """Return a token of Alice for the door that is bound to KEY."""
    proving_journey.key = KEY
    return token_for(door, proving_journey)


def assert_refused(answer: Any, error: str) -> str:
    """Fail unless `answer` is a 401 whose DPoP challenge has `error`; return all of its challenges."""
    assert answer.status_code == 401, answer.content
    challenges = str(answer.headers["WWW-Authenticate"])
    assert f'DPoP error="{error}"' in challenges
    assert 'algs="RS256 PS256 ES256 ES384 EdDSA Ed25519"' in challenges
    # P-M2: real clients read the address from whatever they find first.
    assert challenges.count("resource_metadata=") <= 1
    return challenges


@clause("RFC9449-7.1/a")
def test_whoever_has_the_key_gets_in_as_often_as_they_prove_it(door: Door, raw_token: str) -> None:
    for _ in range(2):
        answer = door.ask(bound(raw_token, KEY, door.method, door.url))
        assert answer.status_code == 200, answer.content


@clause("RFC9449-7.2")
def test_as_a_bearer_token_it_is_worth_nothing(door: Door, raw_token: str) -> None:
    proofs = UsedProof.objects.count()
    for headers in ({}, {"DPoP": make_proof(KEY, door.method, door.url, raw_token)}):
        answer = door.ask({"Authorization": f"Bearer {raw_token}", **headers})
        assert answer.status_code == 401
        challenges = answer.headers["WWW-Authenticate"]
        assert challenges.startswith("Bearer ")
        assert 'error="invalid_token"' in challenges
        assert "DPoP " in challenges
    assert UsedProof.objects.count() == proofs


@clause("RFC9449-7.1/b")
def test_a_thief_without_the_key_does_not_get_in(door: Door, raw_token: str) -> None:
    proofs = UsedProof.objects.count()
    assert_refused(door.ask({"Authorization": f"DPoP {raw_token}"}), "invalid_dpop_proof")
    assert_refused(door.ask(bound(raw_token, OTHER_KEY, door.method, door.url)), "invalid_token")
    stolen_key = KEY.export_public(as_dict=True)
    forged = make_proof(OTHER_KEY, door.method, door.url, raw_token, header={"jwk": stolen_key})
    assert_refused(door.ask({"Authorization": f"DPoP {raw_token}", "DPoP": forged}), "invalid_dpop_proof")
    # Nothing of it was written down: strangers can't fill the store.
    assert UsedProof.objects.count() == proofs


@clause("RFC9449-4.3/b", "RFC9449-11.1")
def test_a_proof_that_was_seen_on_its_way_is_good_for_nothing(door: Door, raw_token: str) -> None:
    seen = bound(raw_token, KEY, door.method, door.url)
    assert door.ask(seen).status_code == 200
    assert_refused(door.ask(seen), "invalid_dpop_proof")


@clause("RFC9449-4.3/c")
@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "PATCH"},
        {"htu": f"{ISSUER}/oauth/token"},
        {"htu": "https://evil.example/mcp"},
        {"ath": None},
        {"ath": ath_of("rfoa_of somebody else")},
        {"iat": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"jti": "\x00"},
        {"padding": "x" * 8000},
    ],
    ids=["method", "endpoint", "host", "no token", "token", "old", "future", "NUL", "huge"],
)
def test_a_proof_that_was_made_for_something_else_is_refused(
    door: Door, raw_token: str, changes: dict[str, Any]
) -> None:
    assert_refused(door.ask(bound(raw_token, KEY, door.method, door.url, **changes)), "invalid_dpop_proof")


@clause("RFC9449-7.1/b")
def test_a_token_that_is_bound_to_no_key_is_none_under_this_scheme(door: Door, journey: Journey) -> None:
    token = token_for(door, journey)
    assert_refused(door.ask(bound(token, KEY, door.method, door.url)), "invalid_token")
    assert door.ask({"Authorization": f"Bearer {token}"}).status_code == 200


@clause("RFC9449-9")
def test_where_the_deployment_asks_for_it_a_nonce_comes_with_the_refusal(
    door: Door, raw_token: str, settings: Any
) -> None:
    settings.DPOP_NONCE_REQUIRED = True
    refused = door.ask(bound(raw_token, KEY, door.method, door.url))
    assert_refused(refused, "use_dpop_nonce")
    nonce = refused.headers["DPoP-Nonce"]
    assert door.ask(bound(raw_token, KEY, door.method, door.url, nonce=nonce)).status_code == 200


def test_two_proofs_are_none(mcp: McpClient, proving_journey: ProvingJourney) -> None:
    token = proving_journey.tokens()["access_token"]
    proofs = [("DPoP", make_proof(proving_journey.key, "POST", f"{ISSUER}/mcp", token)) for _ in range(2)]
    headers = [*RPC.items(), ("Authorization", f"DPoP {token}"), *proofs]
    assert_refused(mcp.send(headers=headers, content=PING), "invalid_dpop_proof")


def test_two_credentials_are_none(mcp: McpClient, proving_journey: ProvingJourney) -> None:
    token = proving_journey.tokens()["access_token"]
    headers = {**RPC, **bound(token, proving_journey.key), "x-api-key": "rfk_x"}
    assert mcp.send(headers=headers, content=PING).status_code == 400
    assert Browser().get("/api/v1/me", headers=headers).status_code == 400


def test_each_spelling_of_the_address_is_proved_by_itself(mcp: McpClient, proving_journey: ProvingJourney) -> None:
    token = proving_journey.tokens()["access_token"]
    headers = bound(token, proving_journey.key, url=f"{ISSUER}/mcp/")
    assert mcp.rpc("tools/list", headers=headers, path="/mcp/").status_code == 200
    wrong = bound(token, proving_journey.key, url=f"{ISSUER}/mcp/")
    assert_refused(mcp.rpc("tools/list", headers=wrong), "invalid_dpop_proof")


def test_the_step_up_of_a_bound_token_is_asked_for_in_both_schemes(
    mcp: McpClient, proving_journey: ProvingJourney
) -> None:
    token = proving_journey.tokens(scope="project:read")["access_token"]
    arguments = {"name": "Doors", "type": "object-detection", "annotation": "doors"}
    answer = mcp.call("projects_create", arguments, headers=bound(token, proving_journey.key))
    assert answer.status_code == 403
    bearer, _, dpop = answer.headers["www-authenticate"].partition(", DPoP ")
    for challenge in (bearer, dpop):
        assert 'error="insufficient_scope"' in challenge
        assert 'scope="project:create project:read"' in challenge


@clause("RFC9449-6.2")
def test_the_resource_server_reads_the_key_and_the_holder_needs_it(proving_journey: ProvingJourney) -> None:
    tokens = proving_journey.tokens()
    server, secret = make_secret_client()
    Client.objects.filter(pk=server.pk).update(serves_resource="mcp")
    token, url = tokens["access_token"], f"{ISSUER}/oauth/introspect"

    def introspect(headers: dict[str, str]) -> Any:
        return post_form(Browser(), "/oauth/introspect", {"token": token}, headers=headers)

    described = introspect(basic(server.client_id, secret)).json()
    assert described["token_type"] == "DPoP"
    assert described["cnf"] == {"jkt": jkt_of(proving_journey.key)}
    assert introspect({"Authorization": f"Bearer {token}"}).json() == {"active": False}
    assert introspect(bound(token, OTHER_KEY, url=url)).json() == {"active": False}
    own = bound(token, proving_journey.key, url=url)
    assert introspect(own).json()["active"] is True
    assert introspect(own).json()["error"] == "invalid_dpop_proof"
    # RFC 7009 asks for no proof: whoever finds a stolen token may end it.
    assert proving_journey.post("/oauth/revoke", token=token).status_code == 200
    assert introspect(basic(server.client_id, secret)).json() == {"active": False}
