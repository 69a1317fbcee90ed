"""Proofs that prove nothing: of another form, key, request or time (RFC 9449 §4.3)."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwcrypto import jwk

from tests.clauses import clause
from tests.oauth.assertions import KEY, OTHER_KEY, rsa_key, sign, unsigned
from tests.oauth.journeys import ISSUER
from tests.oauth.proofs import (
    TOKEN_ENDPOINT,
    assert_refused,
    assert_taken,
    make_proof,
    proof_claims,
    proof_header,
    public_half,
    send,
)

SHARED = jwk.JWK(kty="oct", k="c2VjcmV0" * 8)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@clause("RFC9449-4.3/a")
@pytest.mark.parametrize(
    "make",
    [
        lambda: make_proof(SHARED, alg="HS256", header={"jwk": SHARED.export(as_dict=True)}),
        lambda: make_proof(SHARED, alg="HS256", header={"jwk": KEY.export_public(as_dict=True)}),
        lambda: unsigned({"alg": "none", **proof_header(KEY)}, proof_claims("POST", TOKEN_ENDPOINT)),
        lambda: unsigned({"alg": "none", **proof_header(KEY)}, proof_claims("POST", TOKEN_ENDPOINT), b""),
        lambda: unsigned({"alg": "ES256", **proof_header(KEY)}, proof_claims("POST", TOKEN_ENDPOINT)),
        lambda: unsigned({"alg": ["ES256"], **proof_header(KEY)}, proof_claims("POST", TOKEN_ENDPOINT)),
        lambda: unsigned(b"{" * 2000, b"{}"),
        lambda: unsigned([], {}),
        lambda: unsigned({"alg": "ES256", **proof_header(KEY)}, []),
        lambda: make_proof(header={"jwk": KEY.export(private_key=True, as_dict=True)}),
        lambda: make_proof(header={"jwk": OTHER_KEY.export_public(as_dict=True)}),
        lambda: make_proof(header={"jwk": {**OTHER_KEY.export_public(as_dict=True), "use": "enc"}}),
        lambda: make_proof(header={"jwk": rsa_key().export_public(as_dict=True)}),
        lambda: make_proof(header={"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}),
        lambda: make_proof(header={"jwk": {"kty": ["EC"]}}),
        lambda: make_proof(header={"jwk": "key"}),
        lambda: make_proof(header={"jwk": None}),
        lambda: make_proof(header={"jwk": None, "kid": "k1"}),
        lambda: make_proof(rsa_key(1024), alg="RS256"),
        lambda: make_proof(header={"typ": "JWT"}),
        lambda: make_proof(header={"typ": None}),
        lambda: make_proof(header={"crit": ["b64"], "b64": False}),
        lambda: "",
        lambda: "x",
        lambda: "\x00.\x00.\x00",
        lambda: make_proof() + "\x00",
        lambda: f"{make_proof()},{make_proof()}",
        lambda: f"{make_proof()}, {make_proof()}",
        lambda: make_proof(padding="x" * 8000),
        lambda: make_proof() + "A" * 100_000,
    ],
    ids=itertools.count(),
)  # fmt: skip
def test_what_is_no_proof_of_a_public_key_of_its_own_proves_nothing(public_client: None, make: Any) -> None:
    assert_refused(send(make()))


@clause("RFC9449-4.3/c")
@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htm": "post"},
        {"htm": None},
        {"htm": ["POST"]},
        {"htu": f"{ISSUER}/oauth/revoke"},
        {"htu": f"{ISSUER}/oauth/token/"},
        {"htu": "https://testserver/oauth/token"},
        {"htu": "http://testserver:8080/oauth/token"},
        {"htu": "http://testserver@evil.example/oauth/token"},
        {"htu": "http://user@testserver/oauth/token"},
        {"htu": "http://evil.example/oauth/token"},
        {"htu": "http://testserver:99999999/oauth/token"},
        {"htu": "http://[testserver/oauth/token"},
        {"htu": "/oauth/token"},
        {"htu": "http://testserver/oauth/token%ff"},
        {"htu": " http://testserver/oauth/token"},
        {"htu": "http://test\nserver/oauth/token"},
        {"htu": ""},
        {"htu": None},
        {"htu": [TOKEN_ENDPOINT]},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
        {"jti": "a\x00b"},
        {"jti": "\ud800"},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": float("nan")},
        {"iat": float("inf")},
        {"iat": -1},
        {"iat": 10**400},
        {"iat": 0},
    ],
    ids=itertools.count(),
)
def test_a_proof_for_another_request_or_time_proves_nothing(public_client: None, changes: dict[str, Any]) -> None:
    assert_refused(send(make_proof(**changes)))


@clause("RFC9449-4.3/c")
@pytest.mark.parametrize("seconds, is_good", [(-90, False), (-50, True), (50, True), (90, False), (0.5, True)])
def test_a_proof_is_of_this_minute(public_client: None, seconds: float, is_good: bool) -> None:
    (assert_taken if is_good else assert_refused)(send(make_proof(iat=time.time() + seconds)))


@pytest.mark.parametrize(
    "htu",
    [
        "HTTP://TestServer/oauth/token",
        "http://testserver:80/oauth/token",
        "http://testserver/oauth/token?a=b",
        "http://testserver/oauth/token#fragment",
        "http://testserver/%6fauth/token",
    ],
)
def test_another_spelling_of_the_same_address_is_the_same(public_client: None, htu: str) -> None:
    assert_taken(send(make_proof(htu=htu)))


def test_an_assertion_of_a_client_is_no_proof(public_client: None) -> None:
    claims = proof_claims("POST", TOKEN_ENDPOINT)
    assert_refused(send(sign(claims, KEY, typ="client-authentication+jwt", jwk=KEY.export_public(as_dict=True))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=st.dictionaries(st.sampled_from(["htm", "htu", "iat", "jti", "ath", "nonce"]), ANYTHING))
def test_whatever_the_key_signs_is_answered_in_json(public_client: None, claims: dict[str, Any]) -> None:
    answer = send(sign({**proof_claims("POST", TOKEN_ENDPOINT), **claims}, KEY, **proof_header(KEY)))
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_dpop_proof", "invalid_grant")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.dictionaries(st.sampled_from(["alg", "typ", "jwk", "kid", "crit", "b64"]), ANYTHING),
    key=st.dictionaries(st.sampled_from(["kty", "crv", "x", "y", "n", "e", "use", "alg", "key_ops"]), ANYTHING),
)
def test_whatever_is_in_its_header_a_proof_is_refused_in_json(public_client: None, header: Any, key: Any) -> None:
    for members in ({"jwk": {**public_half(KEY), **key}, **header}, header):
        assert_refused(
            send(unsigned({"alg": "ES256", "typ": "dpop+jwt", **members}, proof_claims("POST", TOKEN_ENDPOINT)))
        )
