"""Proofs of a key (DPoP): which ones bind tokens to it, and that nothing else does (RFC 9449)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from jwcrypto import jwk

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, AuthMethod, Client, RefreshToken, UsedProof
from roboflow_auth.oauth.principals import find_principal
from tests.clauses import clause
from tests.oauth.assertions import KEY, OTHER_KEY, ec_key, rsa_key
from tests.oauth.journeys import Journey, make_secret_client
from tests.oauth.proofs import ProvingJourney, assert_taken, jkt_of, make_proof, send
from tests.oauth.registrations import LOOPBACK, metadata, register, registered
from tests.support.statements import at_most


@clause("P-T6.7", "RFC9449-5")
def test_a_proof_at_the_token_endpoint_binds_the_tokens_to_its_key(proving_journey: ProvingJourney) -> None:
    tokens = proving_journey.tokens()
    jkt = jkt_of(proving_journey.key)
    assert tokens["token_type"] == "DPoP"
    assert (AccessToken.objects.get().dpop_jkt, RefreshToken.objects.get().dpop_jkt) == (jkt, jkt)
    assert find_principal(tokens["access_token"], Resource.MCP, dpop_jkt=jkt) is not None
    assert find_principal(tokens["access_token"], Resource.MCP) is None
    fresh = proving_journey.refresh(tokens["refresh_token"]).json()
    assert fresh["token_type"] == "DPoP"
    assert find_principal(fresh["access_token"], Resource.MCP, dpop_jkt=jkt) is not None


def test_a_proof_costs_one_statement_and_no_proof_none(proving_journey: ProvingJourney, journey: Journey) -> None:
    tokens, code = proving_journey.tokens(), proving_journey.code()
    with at_most(7):
        assert proving_journey.redeem(code).status_code == 200
    with at_most(7):
        assert proving_journey.refresh(tokens["refresh_token"]).status_code == 200
    code = journey.code()
    with at_most(6):
        assert journey.redeem(code).json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    "algorithm, make_key",
    [
        ("ES256", ec_key),
        ("RS256", rsa_key),
        ("PS256", rsa_key),
        ("EdDSA", lambda: jwk.JWK.generate(kty="OKP", crv="Ed25519")),
    ],
)
def test_keys_of_every_kind_may_prove_themselves(public_client: None, algorithm: str, make_key: Any) -> None:
    assert_taken(send(make_proof(make_key(), alg=algorithm)))


@clause("RFC9449-4.3/b")
def test_a_proof_is_for_one_use(public_client: None) -> None:
    proof = make_proof()
    assert_taken(send(proof))
    again = send(proof)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")
    assert again.json()["error_description"] == "The proof was used before."
    # Somebody else's proof with the same jti is another one.
    jti = "the same"
    assert_taken(send(make_proof(KEY, jti=jti)))
    assert_taken(send(make_proof(OTHER_KEY, jti=jti)))


def test_a_client_that_did_not_prove_who_it_is_uses_up_nothing(public_client: None) -> None:
    client, _ = make_secret_client()
    response = send(make_proof(), client_id=client.client_id)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert not UsedProof.objects.exists()


@clause("RFC9449-5.2")
def test_a_client_that_registered_so_gets_no_token_without_a_proof(
    proving_journey: ProvingJourney, journey: Journey
) -> None:
    for one in (proving_journey, journey):
        one.client.dpop_bound_access_tokens = True
        one.client.save()
    code = journey.code()
    response = journey.redeem(code)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_dpop_proof")
    assert proving_journey.tokens()["token_type"] == "DPoP"
    assert AccessToken.objects.count() == 1


@clause("RFC9449-10")
def test_a_code_is_bound_to_the_key_that_the_authorization_request_named(proving_journey: ProvingJourney) -> None:
    jkt, own_key = jkt_of(proving_journey.key), proving_journey.key
    code = proving_journey.code(dpop_jkt=jkt)
    proving_journey.key = OTHER_KEY
    response = proving_journey.redeem(code)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    bare = Journey(proving_journey.client, proving_journey.browser).redeem(code)
    assert (bare.status_code, bare.json()["error"]) == (400, "invalid_grant")
    # None of that used it up, or burned anything.
    proving_journey.key = own_key
    assert proving_journey.redeem(code).json()["token_type"] == "DPoP"


@pytest.mark.parametrize("jkt", ["x", "a" * 44, "é" * 43, "a" * 42 + "=", "a" * 42 + "\n"])
def test_what_can_not_be_a_key_is_refused_before_anybody_is_asked(journey: Journey, jkt: str) -> None:
    response = journey.ask(dpop_jkt=jkt)
    assert response.status_code == 303
    assert "error=invalid_request" in response["Location"]


@clause("RFC9449-8")
def test_where_the_deployment_asks_for_it_a_proof_needs_a_nonce_of_the_server(
    public_client: None, settings: Any
) -> None:
    settings.DPOP_NONCE_REQUIRED = True
    for changes in ({}, {"nonce": "made up"}, {"nonce": ["x"]}):
        response = send(make_proof(**changes))
        assert (response.status_code, response.json()["error"]) == (400, "use_dpop_nonce")
        assert not UsedProof.objects.exists()
    nonce = response["DPoP-Nonce"]
    assert_taken(send(make_proof(nonce=nonce)))
    # Another process, which shares no memory with this one, knows it too; with another secret nobody does.
    settings.SECRET_KEY = "of another server"
    assert send(make_proof(nonce=nonce)).json()["error"] == "use_dpop_nonce"


def test_a_nonce_ends(public_client: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DPOP_NONCE_REQUIRED = True
    nonce = send(make_proof())["DPoP-Nonce"]
    now = time.time()
    for later, is_good in ((290, True), (601, False)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        response = send(make_proof(nonce=nonce, iat=now + later))
        assert (response.json()["error"] == "invalid_grant") is is_good


def test_used_proofs_are_forgotten_once_they_would_be_refused_anyway(public_client: None) -> None:
    assert_taken(send(make_proof()))
    # Good until a minute after it was made; the minute beyond is for nodes whose clocks differ.
    assert UsedProof.objects.get().expires_at.timestamp() == pytest.approx(time.time() + 120, abs=5)
    UsedProof.objects.update(expires_at=timezone.now())
    cache.clear()
    assert_taken(send(make_proof()))
    assert UsedProof.objects.count() == 1


@pytest.mark.parametrize("method", [AuthMethod.BASIC, AuthMethod.POST])
def test_clients_with_a_secret_bind_access_tokens_and_may_change_keys(
    proving_journey: ProvingJourney, method: AuthMethod
) -> None:
    # RFC 9449 §5: their refresh tokens are bound by their secret already.
    proving_journey.client, proving_journey.raw_secret = make_secret_client(method)
    tokens = proving_journey.tokens()
    assert RefreshToken.objects.get().dpop_jkt == ""
    proving_journey.key = OTHER_KEY
    fresh = proving_journey.refresh(tokens["refresh_token"]).json()
    assert find_principal(fresh["access_token"], Resource.MCP, dpop_jkt=jkt_of(OTHER_KEY)) is not None


@clause("RFC9449-5.2")
def test_a_client_registers_that_its_tokens_are_bound_and_reads_it_again(db: None) -> None:
    members = registered(metadata("Bound", LOOPBACK, dpop_bound_access_tokens=True))
    assert members["dpop_bound_access_tokens"] is True
    assert Client.objects.get(client_id=members["client_id"]).dpop_bound_access_tokens
    assert "dpop_bound_access_tokens" not in registered(metadata("Not bound", LOOPBACK, dpop_bound_access_tokens=False))


@pytest.mark.parametrize("value", ["true", 1, [True]])
def test_a_client_that_says_it_in_another_way_is_told(db: None, value: Any) -> None:
    response = register(metadata("Bound", LOOPBACK, dpop_bound_access_tokens=value))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_client_metadata")
