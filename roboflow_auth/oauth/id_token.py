"""ID tokens (OpenID Connect Core §2, §3.1.3.6; protocol.md P-O1)."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from datetime import datetime
from typing import Any

from jwcrypto import jwt
from jwcrypto.common import JWException

from roboflow_auth.oauth.keys import SIGNING_ALGORITHM, signing_key, verifying_keys

LIFETIME_SECONDS = 3600


def make_id_token(
    *,
    issuer: str,
    client_id: str,
    subject: str,
    auth_time: datetime,
    amr: list[str],
    nonce: str,
    raw_access_token: str,
) -> str:
    """Return a signed JWT that tells `client_id` who signed in, when and how. Valid for an hour."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": subject,
        "aud": client_id,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "auth_time": int(auth_time.timestamp()),
        "at_hash": _half_hash(raw_access_token),
    }
    # RFC 8176 §2 has no word for a sign-in at another provider; then the claim is left out.
    if amr:
        claims["amr"] = amr
    if nonce:
        claims["nonce"] = nonce
    key = signing_key()
    token = jwt.JWT(header={"alg": SIGNING_ALGORITHM, "typ": "JWT", "kid": key["kid"]}, claims=claims)
    token.make_signed_token(key)
    return str(token.serialize())


def read_id_token_hint(raw_token: str, issuer: str) -> dict[str, Any] | None:
    """Return the claims of an ID token that this server signed, even an expired one; None for anything else."""
    try:
        token = jwt.JWT(algs=[SIGNING_ALGORITHM], expected_type="JWS")
        # OpenID Connect RP-Initiated Logout §2: an expired ID token is still a good hint.
        token.leeway = 10 * 365 * 24 * 3600
        token.deserialize(raw_token, key=verifying_keys())
        claims: dict[str, Any] = json.loads(token.claims)
    except (JWException, ValueError, TypeError):
        return None
    return claims if claims.get("iss") == issuer else None


def _half_hash(raw_access_token: str) -> str:
    # OpenID Connect Core §3.1.3.6: the left half of the hash of the access token, base64url.
    digest = hashlib.sha256(raw_access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
