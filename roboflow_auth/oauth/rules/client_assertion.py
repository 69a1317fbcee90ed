"""Clients that prove themselves by a signed JWT (RFC 7523 §2.2 and §3, OpenID Connect Core §9; protocol.md P-C4).

The keys are those that are stored with the client. Nothing is fetched here, and what the JWT's own header says of keys
(`jku`, `jwk`, `x5u`, `x5c`) is not read: an attacker writes it as well as a client does.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jwcrypto import jwk, jws
from jwcrypto.common import JWException, base64url_decode

from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.client_keys import SIGNING_ALGORITHMS, PublicKey, matching_keys, thumbprint
from roboflow_auth.oauth.errors import InvalidClient
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.rules.single_use import use_up

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REFUSED = "The client is unknown, or its authentication failed."

_MAX_LENGTH = 8192
_MAX_JTI = 255
_MAX_SECONDS_AHEAD = 600
_SKEW_SECONDS = 30
_END_OF_TIME = 2**40
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# draft-ietf-oauth-rfc7523bis names the type; older clients say nothing in particular. A JWT that says it is something
# else was made for another purpose (RFC 8725 §3.11).
_TYPES = frozenset({"", "jwt", "client-authentication+jwt"})


@dataclass(frozen=True, slots=True)
class Assertion:
    """A JWT that says it comes from a client. Nothing of it is true before `verify_assertion` returned."""

    raw: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def client_id(self) -> str:
        """Whose it says it is (RFC 7523 §3: the subject must be the client)."""
        return str(self.claims["sub"])


def read_assertion(parameters: Mapping[str, str]) -> Assertion | None:
    """Return the assertion of a request, or None when it carries none. Raises `InvalidClient` for a malformed one."""
    raw = parameters.get("client_assertion", "")
    kind = parameters.get("client_assertion_type", "")
    if not raw and not kind:
        return None
    if kind != ASSERTION_TYPE:
        raise InvalidClient(f"The only client_assertion_type is {ASSERTION_TYPE}.")
    if len(raw) > _MAX_LENGTH or not _COMPACT.fullmatch(raw):
        raise InvalidClient(f"client_assertion must be a signed JWT of {_MAX_LENGTH} characters at the most.")
    header, payload, _ = raw.split(".")
    assertion = Assertion(raw, _read_object(header), _read_object(payload))
    _check_subject(assertion.claims, parameters.get("client_id", ""))
    return assertion


def verify_assertion(assertion: Assertion, client: Client, issuer: str) -> str:
    """Return the thumbprint of the key of `client` that signed `assertion`, which is used up by this.

    Raises `InvalidClient`: with one sentence for all before the signature is verified, afterwards with the reason. Two
    statements at the most.
    """
    key = _verify_signature(assertion, client)
    _check_audience(assertion.claims.get("aud"), issuer)
    expires_at = _check_times(assertion.claims)
    jti = assertion.claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _MAX_JTI or not is_printable(jti):
        raise InvalidClient(f"The assertion needs a jti, text of {_MAX_JTI} characters at the most.")
    # Kept longer than the assertion is good for, so that the clocks of two nodes may differ.
    if not use_up(client, jti, datetime.fromtimestamp(expires_at + 2 * _SKEW_SECONDS, UTC)):
        raise InvalidClient("The assertion was used before.")
    return thumbprint(key)


def _read_object(encoded: str) -> Mapping[str, Any]:
    try:
        members = json.loads(base64url_decode(encoded))
    except (ValueError, RecursionError) as error:
        raise InvalidClient("client_assertion is not a well-formed JWT.") from error
    if not isinstance(members, dict):
        raise InvalidClient("client_assertion is not a well-formed JWT.")
    return members


def _check_subject(claims: Mapping[str, Any], client_id: str) -> None:
    issuer, subject = claims.get("iss"), claims.get("sub")
    # RFC 7523 §3, items 1 and 2.B.
    if not isinstance(subject, str) or not subject or not is_printable(subject) or issuer != subject:
        raise InvalidClient("iss and sub of the assertion must both be the client ID.")
    # RFC 7521 §4.2: client_id may be left out, and where it stands it must name the same client.
    if client_id not in ("", subject):
        raise InvalidClient("client_id is not the client of the assertion.")


def _verify_signature(assertion: Assertion, client: Client) -> PublicKey:
    """Return the key of `client` that signed. Raises `InvalidClient`."""
    algorithm, kid, kind = (assertion.header.get(name) for name in ("alg", "kid", "typ"))
    # `none` and everything symmetric are no algorithms here (RFC 8725 §3.1, §3.2).
    if not isinstance(algorithm, str) or algorithm not in SIGNING_ALGORITHMS:
        raise InvalidClient(f"The assertion must be signed by one of {' '.join(SIGNING_ALGORITHMS)}.")
    if str(kind or "").lower().removeprefix("application/") not in _TYPES:
        raise InvalidClient("The typ of the assertion is that of another kind of JWT.")
    if kid is None or isinstance(kid, str):
        for key in matching_keys(client.known_keys, algorithm, kid):
            if _is_signed_by(key, algorithm, assertion.raw):
                return key
    raise InvalidClient(REFUSED, detail="no stored key verifies the assertion")


def _is_signed_by(key: PublicKey, algorithm: str, raw: str) -> bool:
    token = jws.JWS()
    token.allowed_algs = [algorithm]
    try:
        token.deserialize(raw)
        token.verify(jwk.JWK(**key))
    except (JWException, ValueError):
        # A header member that is critical and unknown is refused here as well (RFC 7515 §4.1.11).
        return False
    return True


def _check_audience(audience: Any, issuer: str) -> None:
    # draft-ietf-oauth-rfc7523bis: the issuer. Many clients still send the token endpoint (OpenID Connect Core §9), or
    # both. What also names another server could have been made for that one, and is refused.
    own = (issuer, f"{issuer}/oauth/token")
    named = audience if isinstance(audience, list) else [audience]
    if not named or not all(name in own for name in named):
        raise InvalidClient(f"The aud of the assertion must be {issuer} and nothing else.")


def _check_times(claims: Mapping[str, Any]) -> float:
    """Return when the assertion expires. Raises `InvalidClient` when it has, is too far off, or is not valid yet."""
    now = time.time()
    expires_at = _read_date(claims, "exp")
    if expires_at <= now - _SKEW_SECONDS:
        raise InvalidClient("The assertion has expired.")
    if expires_at > now + _MAX_SECONDS_AHEAD + _SKEW_SECONDS:
        raise InvalidClient(f"The exp of the assertion may be {_MAX_SECONDS_AHEAD} seconds ahead at the most.")
    for name in ("nbf", "iat"):
        if name in claims and _read_date(claims, name) > now + _SKEW_SECONDS:
            raise InvalidClient(f"The {name} of the assertion is in the future.")
    return expires_at


def _read_date(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    # RFC 7519 §2: a NumericDate may have a fraction. JSON as Python reads it also has true, NaN, Infinity, and integers
    # that no float can hold.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _END_OF_TIME:
        raise InvalidClient(f"The {name} of the assertion is missing, or no date.")
    return float(value)
