"""OpenID Connect: ID tokens, userinfo, the key set, and signing out."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from django.test import Client as Browser
from jwcrypto import jwk, jwt

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.keys import forget_keys
from roboflow_auth.oauth.models import SigningKey
from roboflow_auth.oauth.principals import find_principal
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, Journey, field_value

IDENTITY = "openid profile email project:read"


def verified_claims(raw_id_token: str) -> dict[str, Any]:
    """Return the claims of an ID token, verified with the published keys as a client does."""
    keys = jwk.JWKSet.from_json(Browser().get("/oauth/jwks").content)
    token = jwt.JWT(jwt=raw_id_token, key=keys, algs=["RS256"], expected_type="JWS")
    claims: dict[str, Any] = json.loads(token.claims)
    return claims


def userinfo(raw_token: str) -> Any:
    """Return the answer of the userinfo endpoint."""
    return Browser().get("/oauth/userinfo", headers={"Authorization": f"Bearer {raw_token}"})


@clause("P-I1.1", "P-O1.1", "OIDC-CORE-2", "OIDC-CORE-3.1.3.6")
def test_an_id_token_says_who_signed_in_when_and_for_which_request(journey: Journey, alice: User) -> None:
    tokens = journey.tokens(scope=IDENTITY, nonce="n-0S6_WzA2Mj")
    claims = verified_claims(tokens["id_token"])
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["iss"] == ISSUER
    assert claims["sub"] == str(alice.subject)
    assert claims["aud"] == journey.client.client_id
    assert claims["nonce"] == "n-0S6_WzA2Mj"
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert claims["auth_time"] <= claims["iat"] < claims["exp"]
    assert "email" not in claims


def test_without_openid_there_is_no_id_token(journey: Journey) -> None:
    assert "id_token" not in journey.tokens(scope="project:read")


@clause("P-O1.2")
def test_userinfo_tells_what_the_identity_scopes_allow(journey: Journey, alice: User) -> None:
    everything = userinfo(journey.tokens(scope=IDENTITY)["access_token"])
    assert everything.json() == {
        "sub": str(alice.subject),
        "name": "Alice Moreau",
        "email": "alice@demo.local",
        "email_verified": True,
    }
    assert userinfo(journey.tokens(scope="openid")["access_token"]).json() == {"sub": str(alice.subject)}


@clause("OIDC-CORE-5.3.1")
def test_userinfo_is_asked_for_by_get_or_post(journey: Journey, alice: User) -> None:
    headers = {"Authorization": f"Bearer {journey.tokens(scope=IDENTITY)['access_token']}"}
    for method in ("GET", "POST"):
        assert Browser().generic(method, "/oauth/userinfo", headers=headers).json()["sub"] == str(alice.subject)


@clause("OIDC-CORE-5.3.3", "RFC6750-3.1")
def test_userinfo_refuses_tokens_without_openid_dead_ones_and_none_at_all(journey: Journey) -> None:
    refused = userinfo(journey.tokens(scope="project:read")["access_token"])
    assert refused.status_code == 403
    assert 'error="insufficient_scope"' in refused["WWW-Authenticate"]
    dead = userinfo("rfoa_" + "a" * 49)
    assert dead.status_code == 401
    assert 'error="invalid_token"' in dead["WWW-Authenticate"]
    nobody = Browser().get("/oauth/userinfo")
    assert nobody.status_code == 401
    assert nobody["WWW-Authenticate"] == 'Bearer, DPoP algs="RS256 PS256 ES256 ES384 EdDSA Ed25519"'


@clause("P-I5.4")
def test_the_private_key_rests_encrypted_and_never_leaves(journey: Journey) -> None:
    journey.tokens(scope=IDENTITY)
    row = SigningKey.objects.get()
    assert '"d"' not in row.encrypted_private_jwk
    published = Browser().get("/oauth/jwks").json()["keys"]
    assert [key["kid"] for key in published] == [row.kid]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & published[0].keys()


@clause("P-O1.3")
def test_another_process_signs_with_the_same_key(journey: Journey) -> None:
    first = journey.tokens(scope=IDENTITY)["id_token"]
    forget_keys()
    journey.tokens(scope=IDENTITY)
    assert SigningKey.objects.count() == 1
    assert verified_claims(first)


def test_the_key_set_is_cached_by_its_etag(db: None) -> None:
    response = Browser().get("/oauth/jwks")
    assert "max-age=300" in response["Cache-Control"]
    assert Browser().get("/oauth/jwks", headers={"If-None-Match": response["ETag"]}).status_code == 304


@clause("P-O1.6")
def test_signing_out_of_the_site_does_not_end_connections(journey: Journey) -> None:
    tokens = journey.tokens()
    journey.browser.logout()
    assert find_principal(tokens["access_token"], Resource.MCP) is not None


def signed_out(journey: Journey) -> bool:
    """Return whether the browser is signed out."""
    return bool(journey.ask().status_code == 302)


@clause("P-O1.5")
def test_a_client_with_an_id_token_of_the_person_signs_them_out_and_gets_the_browser_back(journey: Journey) -> None:
    journey.client.post_logout_redirect_uris = "https://app.example/bye"
    journey.client.save()
    hint = journey.tokens(scope=IDENTITY)["id_token"]
    query = {"id_token_hint": hint, "post_logout_redirect_uri": "https://app.example/bye", "state": "s"}
    response = journey.browser.get("/oauth/logout", query)
    assert response["Location"] == "https://app.example/bye?state=s"
    assert signed_out(journey)


@clause("P-O1.5")
def test_without_a_proof_the_person_is_asked_first(journey: Journey) -> None:
    page = journey.browser.get("/oauth/logout", {"client_id": journey.client.client_id})
    assert page.status_code == 200
    assert not signed_out(journey)
    assert journey.browser.post("/oauth/logout", {"confirmed": "yes"}).status_code == 403
    token = field_value(page.content.decode(), "csrfmiddlewaretoken")
    response = journey.browser.post("/oauth/logout", {"confirmed": "yes", "csrfmiddlewaretoken": token})
    assert response["Location"] == "/"
    assert signed_out(journey)


def test_an_id_token_of_somebody_else_is_no_proof(journey: Journey, carols_journey: Journey) -> None:
    hint = carols_journey.tokens(scope=IDENTITY)["id_token"]
    assert journey.browser.get("/oauth/logout", {"id_token_hint": hint}).status_code == 200
    assert not signed_out(journey)


@clause("OIDC-LOGOUT-3")
def test_an_address_that_is_not_registered_is_never_redirected_to(journey: Journey) -> None:
    hint = journey.tokens(scope=IDENTITY)["id_token"]
    query = {"id_token_hint": hint, "post_logout_redirect_uri": "https://evil.example/"}
    assert journey.browser.get("/oauth/logout", query)["Location"] == "/"


def test_a_forged_hint_proves_nothing(journey: Journey) -> None:
    for hint in ("junk", "a.b.c", journey.tokens(scope=IDENTITY)["id_token"][:-4] + "AAAA"):
        assert journey.browser.get("/oauth/logout", {"id_token_hint": hint}).status_code == 200
    assert not signed_out(journey)


def test_a_link_can_not_confirm_for_the_person(journey: Journey) -> None:
    assert journey.browser.get("/oauth/logout", {"confirmed": "yes"}).status_code == 200
    assert not signed_out(journey)
