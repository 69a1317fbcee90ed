"""Which keys of a client are taken, whoever brings them: here an app that registers itself with its key set."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from django.test import Client as Machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwcrypto import jwk

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.assertions import KEY, OTHER_KEY, SigningJourney, public, rsa_key
from tests.oauth.journeys import signed_in
from tests.oauth.registrations import LOOPBACK, assert_refused, metadata, register, registered

pytestmark = pytest.mark.django_db

EC = KEY.export_public(as_dict=True)
RSA = rsa_key().export_public(as_dict=True)


def register_keys(*keys: Any, **changes: Any) -> Any:
    """Send a registration of an app that proves itself by `keys`."""
    return register(token_endpoint_auth_method="private_key_jwt", jwks={"keys": list(keys)}, **changes)


def manage(verb: str, members: dict[str, Any], body: dict[str, Any]) -> Any:
    """Send `body` to the registration of `members` with its own token."""
    headers = {"Authorization": f"Bearer {members['registration_access_token']}"}
    path = f"/oauth/register/{members['client_id']}"
    return Machine().generic(verb, path, json.dumps(body), content_type="application/json", headers=headers)


def test_an_app_that_registers_its_keys_goes_the_whole_way(alice: User, acme: Workspace) -> None:
    members = register_keys(EC).json()
    assert members["token_endpoint_auth_method"] == "private_key_jwt"
    assert members["jwks"] == {"keys": [EC]}
    assert "client_secret" not in members
    client = Client.objects.get()
    tokens = SigningJourney(client, signed_in(alice), LOOPBACK, key=KEY).tokens()
    assert find_principal(tokens["access_token"], Resource.MCP) is not None


def test_an_app_replaces_its_keys_and_the_old_ones_end_at_once(alice: User, acme: Workspace) -> None:
    members = register_keys(EC).json()
    client = Client.objects.get()
    tokens = SigningJourney(client, signed_in(alice), LOOPBACK, key=KEY).tokens()
    body = metadata(
        "Test client",
        LOOPBACK,
        token_endpoint_auth_method="private_key_jwt",
        jwks=public(OTHER_KEY),
        client_id=client.client_id,
    )
    assert manage("PUT", members, body).json()["jwks"] == public(OTHER_KEY)
    old, new = (SigningJourney(client, signed_in(alice), LOOPBACK, key=key) for key in (KEY, OTHER_KEY))
    assert old.refresh(tokens["refresh_token"]).json()["error"] == "invalid_client"
    assert new.refresh(tokens["refresh_token"]).status_code == 200


def test_an_app_that_goes_over_to_a_secret_has_no_keys_and_back_no_secret() -> None:
    members = register_keys(EC).json()
    secret = metadata("Test client", LOOPBACK, token_endpoint_auth_method="client_secret_basic")
    answer = manage("PUT", members, secret).json()
    assert answer["client_secret"]
    assert "jwks" not in answer
    assert Client.objects.get().public_keys == []
    keys = metadata("Test client", LOOPBACK, token_endpoint_auth_method="private_key_jwt", jwks={"keys": [EC]})
    assert "client_secret" not in manage("PUT", members, keys).json()
    assert Client.objects.get().client_secret == ""


@pytest.mark.parametrize(
    "extra",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {**EC, "d": "x"},
        {**RSA, "p": "x"},
        {**RSA, "oth": []},
        {"kty": "future", "k": "x"},
    ],
)
def test_a_set_that_holds_what_nobody_else_may_know_is_refused_as_a_whole(extra: dict[str, Any]) -> None:
    assert_refused(register_keys(EC, extra), "invalid_client_metadata")
    assert not Client.objects.exists()


@pytest.mark.parametrize(
    "key",
    [
        {},
        "x",
        {"kty": ["EC"]},
        {"kty": "EC"},
        {**EC, "x": EC["y"]},
        {**EC, "x": 7},
        {**EC, "x": "é"},
        {**EC, "crv": "P-384"},
        {**EC, "crv": ["P-256"]},
        {**EC, "kid": 7},
        {**EC, "kid": "a\x00b"},
        {**EC, "kid": "x" * 2000},
        {**EC, "use": "enc"},
        {**EC, "alg": "RS256"},
        {**EC, "alg": "HS256"},
        {**EC, "alg": ["ES256"]},
        {**EC, "key_ops": ["encrypt"]},
        {"kty": "EC", "crv": "secp256k1", "x": EC["x"], "y": EC["y"]},
        {"kty": "OKP", "crv": "X25519", "x": "AAAA"},
        {**RSA, "e": "AQ"},
        {**RSA, "e": RSA["n"]},
        {**RSA, "e": "AQAAAAAAAAAB"},
        {**RSA, "n": RSA["n"][:100]},
        {**RSA, "n": "AQAB" * 256},
    ],
    # What is random in them must not be in their names: several processes collect the same tests.
    ids=itertools.count(),
)
def test_a_key_that_can_not_sign_or_is_weak_is_none(key: Any) -> None:
    assert_refused(register_keys(key), "invalid_client_metadata")


def test_a_short_rsa_key_is_refused() -> None:
    assert_refused(register_keys(rsa_key(1024).export_public(as_dict=True)), "invalid_client_metadata")


@pytest.mark.parametrize("jwks", [{}, [], "x", {"keys": {}}, {"keys": []}, {"keys": [EC] * 11}, 7])
def test_what_is_no_key_set_is_refused(jwks: Any) -> None:
    assert_refused(register(token_endpoint_auth_method="private_key_jwt", jwks=jwks), "invalid_client_metadata")


def test_keys_for_other_purposes_are_left_out_and_what_verifies_nothing_is_not_kept() -> None:
    encrypts = {**RSA, "use": "enc"}
    strange = {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"}
    members = register_keys({**EC, "x5c": ["AAAA"], "iat": 1}, encrypts, strange).json()
    assert members["jwks"] == {"keys": [EC]}


def test_an_address_of_keys_is_not_fetched_for_an_app_that_registers_itself() -> None:
    response = register(token_endpoint_auth_method="private_key_jwt", jwks_uri="https://app.example/keys.json")
    assert_refused(response, "invalid_client_metadata")


def test_keys_beside_another_method_are_not_kept() -> None:
    members = registered(jwks=public(KEY))
    assert "jwks" not in members
    assert Client.objects.get().auth_method == AuthMethod.NONE


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kty", "x", "crv", "n"]), inner),
    max_leaves=6,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from([*EC, "use", "alg", "key_ops", "n", "e"]), _JSON, min_size=1))
def test_whatever_stands_in_a_key_it_is_taken_or_refused(changes: dict[str, Any]) -> None:
    response = register_keys({**EC, **changes})
    if response.status_code != 201:
        assert_refused(response, "invalid_client_metadata")


def test_a_jwk_of_the_metadata_is_one_that_others_can_load() -> None:
    (key,) = register_keys(EC).json()["jwks"]["keys"]
    assert jwk.JWK(**key).thumbprint() == KEY.thumbprint()
