"""Signed assertions: which ones prove a client, to whom, and that nothing else proves it."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from django.test import Client as Machine
from jwcrypto import jwk

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import AuthMethod, Client, UsedAssertion
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.assertions import (
    ASSERTION_TYPE,
    KEY,
    OTHER_KEY,
    SigningJourney,
    assert_proved,
    assert_refused,
    claims_of,
    make_key_client,
    present,
    public,
    rsa_key,
    sign,
)
from tests.oauth.journeys import ISSUER, Journey, basic, make_secret_client, post_form, signed_in
from tests.support.statements import at_most


@clause("P-C4.4")
def test_a_client_with_a_key_goes_the_whole_way_by_its_signature(signing_journey: SigningJourney) -> None:
    tokens = signing_journey.tokens()
    fresh = signing_journey.refresh(tokens["refresh_token"]).json()
    assert find_principal(fresh["access_token"], Resource.MCP) is not None
    described = signing_journey.post("/oauth/introspect", token=fresh["access_token"]).json()
    assert (described["active"], described["client_id"]) == (True, signing_journey.client.client_id)
    assert signing_journey.post("/oauth/revoke", token=fresh["refresh_token"]).status_code == 200
    assert find_principal(fresh["access_token"], Resource.MCP) is None


def test_a_code_exchange_takes_one_statement_more_than_without_a_key(signing_journey: SigningJourney) -> None:
    tokens = signing_journey.tokens()
    code = signing_journey.code()
    with at_most(7):
        assert signing_journey.redeem(code).status_code == 200
    with at_most(7):
        assert signing_journey.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    "algorithm, kind",
    [
        ("RS256", {"kty": "RSA"}),
        ("PS256", {"kty": "RSA"}),
        ("ES256", {"kty": "EC", "crv": "P-256"}),
        ("ES384", {"kty": "EC", "crv": "P-384"}),
        ("EdDSA", {"kty": "OKP", "crv": "Ed25519"}),
        ("Ed25519", {"kty": "OKP", "crv": "Ed25519"}),
    ],
)
def test_every_algorithm_of_the_metadata_proves_a_client(db: None, algorithm: str, kind: dict[str, str]) -> None:
    metadata = Machine().get("/.well-known/oauth-authorization-server").json()
    assert algorithm in metadata["token_endpoint_auth_signing_alg_values_supported"]
    assert "private_key_jwt" in metadata["token_endpoint_auth_methods_supported"]
    key = rsa_key() if kind["kty"] == "RSA" else jwk.JWK.generate(**kind, kid="k1")
    client = make_key_client(key)
    assert_proved(present(sign(claims_of(client.client_id), key, algorithm)))


@pytest.mark.parametrize(
    "audience",
    [ISSUER, f"{ISSUER}/oauth/token", [ISSUER], [f"{ISSUER}/oauth/token"], [ISSUER, f"{ISSUER}/oauth/token"]],
)
def test_the_audience_is_this_server_as_clients_spell_it(client: Client, audience: Any) -> None:
    assert_proved(present(sign(claims_of(client.client_id, aud=audience), KEY)))


@pytest.mark.parametrize("client_id", [None, "the same"])
def test_client_id_may_be_left_out_or_repeated(client: Client, client_id: str | None) -> None:
    repeated = client.client_id if client_id else None
    assert_proved(present(sign(claims_of(client.client_id), KEY), client_id=repeated))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": None},
        {"aud": []},
        {"aud": "https://other.example"},
        {"aud": [ISSUER, "https://other.example"]},
        {"aud": f"{ISSUER}/"},
        {"aud": f"{ISSUER}/mcp"},
        {"aud": f"{ISSUER}/oauth/token/"},
        {"aud": {ISSUER: 1}},
        {"iss": None},
        {"sub": None},
        {"iss": "somebody else"},
        {"sub": "somebody else"},
        {"iss": "nobody", "sub": "nobody"},
        {"iss": "a\x00b", "sub": "a\x00b"},
        {"iss": "\ud800", "sub": "\ud800"},
        {"iss": ["x"], "sub": ["x"]},
        {"iss": "", "sub": ""},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
        {"jti": "a\x00b"},
        {"jti": "\ud800"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": [1]},
        {"nbf": "now"},
        {"iat": "now"},
        {"nbf": float("nan")},
        {"nbf": True},
        {"padding": "x" * 8000},
    ],
    # What is random in them must not be in their names: several processes collect the same tests.
    ids=itertools.count(),
)
def test_a_claim_that_is_missing_or_wrong_proves_nothing(client: Client, changes: dict[str, Any]) -> None:
    assert_refused(present(sign(claims_of(client.client_id, **changes), KEY)))
    assert not UsedAssertion.objects.exists()


@pytest.mark.parametrize(
    "claim, seconds, is_good",
    [
        ("exp", -60, False),
        ("exp", -10, True),
        ("exp", 590, True),
        ("exp", 3600, False),
        ("exp", 10.5, True),
        ("nbf", 300, False),
        ("nbf", 10, True),
        ("iat", 300, False),
        ("iat", 10, True),
        ("iat", -300, True),
    ],
)
def test_an_assertion_lives_for_minutes_and_clocks_may_differ_a_little(
    client: Client, claim: str, seconds: float, is_good: bool
) -> None:
    response = present(sign(claims_of(client.client_id, **{claim: time.time() + seconds}), KEY))
    (assert_proved if is_good else assert_refused)(response)


@pytest.mark.parametrize("changes", [{"client_assertion_type": None}, {"client_assertion_type": "urn:x"}])
def test_the_type_of_the_assertion_is_the_one_of_jwts(client: Client, changes: dict[str, Any]) -> None:
    assert_refused(present(sign(claims_of(client.client_id), KEY), **changes))
    assert_refused(present("", client_id=client.client_id))


@clause("P-C4.4")
def test_a_client_with_keys_never_gets_by_without_its_signature(client: Client, alice: User, acme: Workspace) -> None:
    Client.objects.update(client_secret=hash_secret("left over"))
    journey = Journey(client, signed_in(alice))
    code = journey.code()
    for secret in ("", "left over"):
        journey.raw_secret = secret
        assert_refused(journey.redeem(code))
        assert_refused(journey.post("/oauth/revoke", token="x"))
        assert_refused(journey.post("/oauth/introspect", token="x"))
    assert_refused(post_form(Machine(), "/oauth/token", {"token": "x"}, headers=basic(client.client_id, "left over")))
    assert_refused(post_form(Machine(), "/oauth/token", {"token": "x"}, headers=basic(client.client_id, "")))


def test_other_clients_are_not_authenticated_by_a_signature(db: None) -> None:
    secret_client, _ = make_secret_client()
    for other in (builders.make_client(), secret_client):
        Client.objects.update(public_keys=public(KEY)["keys"])
        assert_refused(present(sign(claims_of(other.client_id), KEY)))


def test_a_disabled_client_is_refused_whatever_it_signs(client: Client) -> None:
    Client.objects.update(is_disabled=True)
    assert_refused(present(sign(claims_of(client.client_id), KEY)))


def test_another_client_in_the_body_is_refused(client: Client) -> None:
    other = make_key_client(OTHER_KEY, auth_method=AuthMethod.NONE)
    assert_refused(present(sign(claims_of(client.client_id), KEY), client_id=other.client_id))


def test_a_signature_and_a_secret_at_once_are_refused(client: Client) -> None:
    claims = claims_of(client.client_id)
    assert_refused(present(sign(claims, KEY), client_secret="x"), "invalid_request")
    body = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": sign(claims, KEY)}
    response = post_form(Machine(), "/oauth/token", body, headers=basic(client.client_id, "x"))
    assert_refused(response, "invalid_request")
    assert not UsedAssertion.objects.exists()
