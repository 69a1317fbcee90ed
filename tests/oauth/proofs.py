"""Clients whose tokens are bound to a key: the proofs that they make, good and bad (RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client as Machine
from jwcrypto import jwk

from roboflow_auth.oauth.models import UsedProof
from tests.oauth.assertions import KEY, ec_key, sign
from tests.oauth.journeys import ISSUER, Journey, post_form

TOKEN_ENDPOINT = f"{ISSUER}/oauth/token"


def jkt_of(key: jwk.JWK) -> str:
    """Return the thumbprint of `key`."""
    return str(key.thumbprint())


def public_half(key: jwk.JWK) -> Any:
    """Return what a header shows of `key`; a secret that both sides know has no such half."""
    return None if key["kty"] == "oct" else key.export_public(as_dict=True)


def ath_of(raw_token: str) -> str:
    """Return the hash by which a proof names its access token."""
    return base64.urlsafe_b64encode(hashlib.sha256(raw_token.encode()).digest()).rstrip(b"=").decode()


def proof_claims(method: str, url: str, raw_token: str = "", **changes: Any) -> dict[str, Any]:
    """Return the claims of a good proof, with `changes`; None leaves one out."""
    claims = {
        "jti": uuid.uuid4().hex,
        "htm": method,
        "htu": url,
        "iat": int(time.time()),
        "ath": ath_of(raw_token) if raw_token else None,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def proof_header(key: jwk.JWK, **changes: Any) -> dict[str, Any]:
    """Return the members of a good proof's header besides the algorithm, with `changes`; None leaves one out."""
    return {"typ": "dpop+jwt", "kid": None, "jwk": public_half(key), **changes}


def make_proof(
    key: jwk.JWK = KEY,
    method: str = "POST",
    url: str = TOKEN_ENDPOINT,
    raw_token: str = "",
    *,
    alg: str = "ES256",
    header: dict[str, Any] | None = None,
    **changes: Any,
) -> str:
    """Return a proof by `key` for a request, and for `raw_token` if there is one; `changes` are of its claims."""
    members = proof_header(key, **(header or {}))
    return sign(proof_claims(method, url, raw_token, **changes), key, alg, **members)


def send(proof: str, **parameters: str) -> Any:
    """Send a request with `proof` as a public client whose refresh token nobody knows."""
    body = {"grant_type": "refresh_token", "refresh_token": "rfor_x", "client_id": "public", **parameters}
    return post_form(Machine(), "/oauth/token", body, headers={"DPoP": proof})


def assert_taken(response: Any) -> None:
    """Fail unless the proof was good, so that the refresh token was looked at."""
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant"), response.content


def assert_refused(response: Any) -> None:
    """Fail unless the proof was refused, by the name of RFC 9449 §5, and left nothing."""
    assert (response.status_code, response.json()["error"]) == (400, "invalid_dpop_proof"), response.content
    assert response["Cache-Control"] == "no-store"
    assert not UsedProof.objects.exists()


def bound(
    raw_token: str, key: jwk.JWK, method: str = "POST", url: str = f"{ISSUER}/mcp", **changes: Any
) -> dict[str, str]:
    """Return the headers of a request that presents `raw_token` with a good proof by `key`."""
    return {"Authorization": f"DPoP {raw_token}", "DPoP": make_proof(key, method, url, raw_token, **changes)}


@dataclass
class ProvingJourney(Journey):
    """A client that proves `key` in each of its requests."""

    key: jwk.JWK = field(default_factory=ec_key)

    def headers(self, path: str) -> dict[str, str]:
        """Return a new proof for a form to `path`."""
        return {"DPoP": make_proof(self.key, "POST", f"{ISSUER}{path}")}
