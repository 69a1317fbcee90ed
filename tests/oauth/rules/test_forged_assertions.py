"""Signed assertions that somebody else made, or that are none: they prove nothing and break nothing."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwcrypto import jwk

from roboflow_auth.oauth.models import Client
from tests.oauth.assertions import (
    KEY,
    OTHER_KEY,
    assert_proved,
    assert_refused,
    claims_of,
    ec_key,
    make_key_client,
    present,
    rsa_key,
    sign,
    unsigned,
)


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "HS256", "HS384", "HS512", "ES256K", "RS1", "", None, 7, ["ES256"]]
)
def test_an_algorithm_that_proves_nothing_is_refused(client: Client, algorithm: Any) -> None:
    header, claims = {"alg": algorithm, "kid": "k1"}, claims_of(client.client_id)
    assert_refused(present(unsigned(header, claims, b"")))
    response = present(unsigned(header, claims))
    assert_refused(response)
    assert "must be signed by one of" in response.json()["error_description"]


@pytest.mark.parametrize("form", ["pem", "jwk", "n"])
def test_the_public_key_is_no_shared_secret(db: None, form: str) -> None:
    key = rsa_key()
    client = make_key_client(key)
    secret = {"pem": key.export_to_pem(), "jwk": key.export_public().encode(), "n": key["n"].encode()}[form]
    shared = jwk.JWK(kty="oct", k=jwk.base64url_encode(secret), kid="rsa")
    assert_refused(present(sign(claims_of(client.client_id), shared, "HS256")))


def test_the_key_of_another_client_proves_nothing(client: Client) -> None:
    make_key_client(OTHER_KEY)
    assert_refused(present(sign(claims_of(client.client_id), OTHER_KEY)))


@pytest.mark.parametrize("member", ["jku", "jwk", "x5u", "x5c", "crit"])
def test_a_key_that_the_jwt_brings_along_is_not_looked_at(client: Client, member: str) -> None:
    brought = OTHER_KEY.export_public(as_dict=True)
    header = {
        "jku": "https://localhost/keys.json",
        "x5u": "https://localhost/keys.pem",
        "jwk": brought,
        "x5c": [brought["x"]],
        "crit": ["jku"],
    }
    assertion = unsigned({"alg": "ES256", "kid": "k1", member: header[member]}, claims_of(client.client_id))
    assert_refused(present(assertion))
    if member in ("jku", "jwk"):
        assert_refused(present(sign(claims_of(client.client_id), OTHER_KEY, **{member: header[member]})))


def test_the_label_chooses_the_key(db: None) -> None:
    first, second = ec_key("first"), ec_key("second")
    client = make_key_client(first, second)
    claims = claims_of(client.client_id)
    for kid in ("first", "third", "", 7, ["second"]):
        assert_refused(present(sign(claims, second, kid=kid)))
    assert_proved(present(sign(claims, second)))
    assert_proved(present(sign(claims_of(client.client_id), second, kid=None)))


def test_a_key_is_good_for_the_algorithm_that_it_names(db: None) -> None:
    key = jwk.JWK(**{**json.loads(rsa_key().export_private()), "alg": "PS256"})
    client = make_key_client(key)
    plain = rsa_key()
    assert_refused(present(sign(claims_of(client.client_id), plain, "RS256")))
    assert_proved(present(sign(claims_of(client.client_id), plain, "PS256")))


@pytest.mark.parametrize(
    "kind, is_good",
    [
        ("JWT", True),
        ("client-authentication+jwt", True),
        ("application/client-authentication+JWT", True),
        ("at+jwt", False),
        ("dpop+jwt", False),
        (["JWT"], False),
    ],
)
def test_a_jwt_that_was_made_for_another_purpose_proves_nothing(client: Client, kind: Any, is_good: bool) -> None:
    response = present(sign(claims_of(client.client_id), KEY, typ=kind))
    (assert_proved if is_good else assert_refused)(response)


@pytest.mark.parametrize(
    "assertion",
    [
        "x",
        "a.b",
        "a.b.c.d",
        "....",
        "e30.e30.",
        unsigned([], {}),
        unsigned({"alg": "ES256"}, []),
        unsigned(b"{", b"{"),
        unsigned({"alg": "ES256"}, b"\xff\xfe\x00"),
        unsigned({"alg": "ES256"}, b"[" * 5000),
        unsigned({"alg": "ES256"}, b'{"exp":' + b"9" * 5000 + b"}"),
        "é.é.é",
    ],
    # What is random in them must not be in their names: several processes collect the same tests.
    ids=itertools.count(),
)
def test_what_is_no_jwt_proves_nothing(client: Client, assertion: str) -> None:
    assert_refused(present(assertion, client_id=client.client_id))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "b64"]), st.none() | st.integers() | st.text()
    ),
    claims=st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp"]), st.none() | st.floats() | st.text()),
)
def test_whatever_is_in_a_jwt_it_is_refused_in_json(client: Client, header: Any, claims: Any) -> None:
    own = {"iss": client.client_id, "sub": client.client_id}
    assert_refused(present(unsigned({"alg": "ES256", **header}, {**own, **claims})))
