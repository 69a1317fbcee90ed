"""Clients that prove themselves by a signed JWT (RFC 7523 §2.2 and §3, OpenID Connect Core §9; protocol.md P-C4).

The keys are those that are stored with the client. Nothing is fetched here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.client_keys import thumbprint
from roboflow_auth.oauth.errors import InvalidClient
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.signed_jwt import (
    SignedJwt,
    UnusableJwt,
    check_header,
    find_signer,
    kept_until,
    read_expiry,
    read_jti,
    read_jwt,
)
from roboflow_auth.oauth.rules.single_use import use_up

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REFUSED = "The client is unknown, or its authentication failed."

_MAX_SECONDS_AHEAD = 600
# draft-ietf-oauth-rfc7523bis names the type; older clients say nothing in particular.
_TYPES = frozenset({"", "jwt", "client-authentication+jwt"})


def read_assertion(parameters: Mapping[str, str]) -> SignedJwt | None:
    """Return the assertion of a request, or None when it carries none. Raises `InvalidClient` for a malformed one."""
    raw = parameters.get("client_assertion", "")
    kind = parameters.get("client_assertion_type", "")
    if not raw and not kind:
        return None
    if kind != ASSERTION_TYPE:
        raise InvalidClient(f"The only client_assertion_type is {ASSERTION_TYPE}.")
    try:
        assertion = read_jwt(raw)
    except UnusableJwt as error:
        raise InvalidClient(str(error)) from error
    _check_subject(assertion.claims, parameters.get("client_id", ""))
    return assertion


def claimed_client_id(assertion: SignedJwt) -> str:
    """Return whose an assertion of `read_assertion` says it is (RFC 7523 §3: the subject must be the client)."""
    return str(assertion.claims["sub"])


def verify_assertion(assertion: SignedJwt, client: Client, issuer: str) -> str:
    """Return the thumbprint of the key of `client` that signed `assertion`, which is used up by this.

    Raises `InvalidClient`: with one sentence for all before the signature is verified, afterwards with the reason. Two
    statements at the most.
    """
    try:
        check_header(assertion, _TYPES)
        key = find_signer(assertion, client.known_keys)
        if key is None:
            raise InvalidClient(REFUSED, detail="no stored key verifies the assertion")
        _check_audience(assertion.claims.get("aud"), issuer)
        expires_at = read_expiry(assertion.claims, _MAX_SECONDS_AHEAD)
        jti = read_jti(assertion)
    except UnusableJwt as error:
        raise InvalidClient(str(error)) from error
    if not use_up(client, jti, kept_until(expires_at)):
        raise InvalidClient("The assertion was used before.")
    return thumbprint(key)


def _check_subject(claims: Mapping[str, Any], client_id: str) -> None:
    issuer, subject = claims.get("iss"), claims.get("sub")
    # RFC 7523 §3, items 1 and 2.B.
    if not isinstance(subject, str) or not subject or not is_printable(subject) or issuer != subject:
        raise InvalidClient("iss and sub of the assertion must both be the client ID.")
    # RFC 7521 §4.2: client_id may be left out, and where it stands it must name the same client.
    if client_id not in ("", subject):
        raise InvalidClient("client_id is not the client of the assertion.")


def _check_audience(audience: Any, issuer: str) -> None:
    # draft-ietf-oauth-rfc7523bis: the issuer. Many clients still send the token endpoint (OpenID Connect Core §9), or
    # both. What also names another server could have been made for that one, and is refused.
    own = (issuer, f"{issuer}/oauth/token")
    named = audience if isinstance(audience, list) else [audience]
    if not named or not all(name in own for name in named):
        raise InvalidClient(f"The aud of the assertion must be {issuer} and nothing else.")
