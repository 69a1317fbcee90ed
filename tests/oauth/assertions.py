"""Clients with keys: the keys, what they sign, and their way through the authorization server."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.test import Client as Machine
from jwcrypto import jwk, jws

from roboflow_auth.oauth.models import AuthMethod, Client
from tests import builders
from tests.oauth.journeys import ISSUER, Journey, post_form

KEY, OTHER_KEY = (jwk.JWK.generate(kty="EC", crv="P-256", kid="k1") for _ in range(2))
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def ec_key(kid: str = "k1") -> jwk.JWK:
    """Return a new key pair on P-256."""
    return jwk.JWK.generate(kty="EC", crv="P-256", kid=kid)


@cache
def rsa_key(size: int = 2048) -> jwk.JWK:
    """Return an RSA key pair; making one is slow, so it is the same for everybody."""
    return jwk.JWK.generate(kty="RSA", size=size, kid="rsa")


def public(*keys: jwk.JWK) -> dict[str, Any]:
    """Return the JWK Set with the public halves of `keys`."""
    return {"keys": [key.export_public(as_dict=True) for key in keys]}


def claims_of(client_id: str, **changes: Any) -> dict[str, Any]:
    """Return the claims of a good assertion, with `changes`; None leaves one out."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": ISSUER,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def sign(claims: Any, key: jwk.JWK, alg: str = "ES256", **header: Any) -> str:
    """Return `claims` signed by `key`; `header` members stand beside the algorithm and the key's label."""
    members = {"alg": alg, "kid": key.get("kid"), **header}
    token = jws.JWS(json.dumps(claims))
    token.allowed_algs = [alg]
    token.add_signature(
        key, protected=json.dumps({name: value for name, value in members.items() if value is not None})
    )
    return str(token.serialize(compact=True))


def unsigned(header: Any, claims: Any, signature: bytes = b"x") -> str:
    """Return three parts in the form of a JWT, whatever is in them."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims, signature)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def make_key_client(*keys: jwk.JWK, **fields: Any) -> Client:
    """Return a client that staff registered with the public halves of `keys`."""
    return builders.make_client(
        **{
            "registration_source": Client.RegistrationSource.MANUAL,
            "client_type": Client.CLIENT_CONFIDENTIAL,
            "auth_method": AuthMethod.PRIVATE_KEY_JWT,
            "public_keys": public(*keys)["keys"],
            **fields,
        }
    )


def present(assertion: str, **parameters: str | None) -> Any:
    """Send an assertion with a refresh token nobody knows: `invalid_grant` says that the client was authenticated."""
    body: dict[str, str | None] = {
        "grant_type": "refresh_token",
        "refresh_token": "rfor_x",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        **parameters,
    }
    return post_form(Machine(), "/oauth/token", {name: value for name, value in body.items() if value is not None})


def assert_proved(response: Any) -> None:
    """Fail unless the client was authenticated, so that the made-up refresh token was looked at."""
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant"), response.content


def assert_refused(response: Any, error: str = "invalid_client") -> None:
    """Fail unless the client was not authenticated, and is told so in JSON."""
    expected = 401 if error == "invalid_client" else 400
    assert (response.status_code, response.json()["error"]) == (expected, error), response.content


@dataclass
class SigningJourney(Journey):
    """A client that signs a new assertion with `key` for each of its requests."""

    key: jwk.JWK = field(default_factory=ec_key)

    def post(self, path: str, **parameters: str | None) -> Any:
        """Send a form to `path` as this client."""
        assertion = sign(claims_of(self.client.client_id), self.key)
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        return super().post(path, **{**proof, **parameters})
