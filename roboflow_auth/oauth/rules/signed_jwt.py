"""Signed JWTs that others send: taken apart, dated, verified (RFC 7515, RFC 7519, RFC 8725; protocol.md P-C4, P-T6).

They are verified by keys that are known beforehand. What the JWT's own header says of keys (`jku`, `jwk`, `x5u`, `x5c`)
is not read: an attacker writes it as well as anybody.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from jwcrypto import jwk
from jwcrypto.common import base64url_decode

from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.client_keys import SIGNING_ALGORITHMS, PublicKey, is_signed_by, matching_keys

SKEW_SECONDS = 30

_MAX_LENGTH = 8192
_MAX_JTI = 255
_END_OF_TIME = 2**40
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class UnusableJwt(Exception):
    """A JWT is malformed, or says what it must not. The message is for the client to read."""


@dataclass(frozen=True, slots=True)
class SignedJwt:
    """A JWT that says it is signed. Nothing of it is true before `find_signer` returned a key."""

    raw: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def text(self, name: str, max_length: int) -> str:
        """Return the claim `name`. Raises `UnusableJwt` unless it is printable text of at most that many characters."""
        value = self.claims.get(name)
        # PostgreSQL refuses NUL, and nobody can see the others.
        if not isinstance(value, str) or not 0 < len(value) <= max_length or not is_printable(value):
            raise UnusableJwt(f"The assertion needs {name}, text of {max_length} characters at the most.")
        return value


def read_jwt(raw: str) -> SignedJwt:
    """Return the parts of a JWT. Raises `UnusableJwt` for what is none, or is too long."""
    if len(raw) > _MAX_LENGTH or not is_compact(raw):
        raise UnusableJwt(f"The assertion must be a signed JWT of {_MAX_LENGTH} characters at the most.")
    header, payload, _ = raw.split(".")
    try:
        return SignedJwt(raw, decode_object(header), decode_object(payload))
    except ValueError as error:
        raise UnusableJwt("The assertion is not a well-formed JWT.") from error


def is_compact(raw: str) -> bool:
    """Return whether `raw` has the form of a signed JWT: three parts of base64url (RFC 7515 §7.1)."""
    return _COMPACT.fullmatch(raw) is not None


def decode_object(encoded: str) -> Mapping[str, Any]:
    """Return the JSON object that a part of a JWT encodes. Raises `ValueError` for what is none."""
    try:
        members = json.loads(base64url_decode(encoded))
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(members, dict):
        raise ValueError("no object")
    return members


def check_header(jwt: SignedJwt, types: Collection[str]) -> None:
    """Raise `UnusableJwt` when `jwt` is not signed by an algorithm that proves something, or not of one of `types`."""
    # `none` and everything symmetric are no algorithms here (RFC 8725 §3.1, §3.2).
    algorithm = jwt.header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in SIGNING_ALGORITHMS:
        raise UnusableJwt(f"The assertion must be signed by one of {' '.join(SIGNING_ALGORITHMS)}.")
    # RFC 8725 §3.11: a JWT that says it is something else was made for another purpose.
    if str(jwt.header.get("typ") or "").lower().removeprefix("application/") not in types:
        raise UnusableJwt("The typ of the assertion is that of another kind of JWT.")


def candidate_keys(jwt: SignedJwt, keys: Iterable[PublicKey]) -> list[PublicKey]:
    """Return those of `keys` that may have signed `jwt`, going by its header, which `check_header` looked at."""
    kid = jwt.header.get("kid")
    return matching_keys(keys, jwt.header["alg"], kid) if kid is None or isinstance(kid, str) else []


def find_signer(jwt: SignedJwt, keys: Iterable[PublicKey]) -> PublicKey | None:
    """Return the one of `keys` that signed `jwt`, whose header `check_header` looked at."""
    candidates = candidate_keys(jwt, keys)
    return next((key for key in candidates if is_signed_by(jwk.JWK(**key), jwt.header["alg"], jwt.raw)), None)


def read_expiry(claims: Mapping[str, Any], max_seconds_ahead: int) -> float:
    """Return when the JWT expires. Raises `UnusableJwt` when it has, is too far off, or is not valid yet."""
    now = time.time()
    expires_at = read_date(claims, "exp")
    if expires_at <= now - SKEW_SECONDS:
        raise UnusableJwt("The assertion has expired.")
    if expires_at > now + max_seconds_ahead + SKEW_SECONDS:
        raise UnusableJwt(f"The exp of the assertion may be {max_seconds_ahead} seconds ahead at the most.")
    for name in ("nbf", "iat"):
        if name in claims and read_date(claims, name) > now + SKEW_SECONDS:
            raise UnusableJwt(f"The {name} of the assertion is in the future.")
    return expires_at


def read_date(claims: Mapping[str, Any], name: str) -> float:
    """Return the claim `name` in seconds since 1970. Raises `UnusableJwt` when it is missing or no date."""
    value = claims.get(name)
    # RFC 7519 §2: a NumericDate may have a fraction. JSON as Python reads it also has true, NaN, Infinity, and integers
    # that no float can hold.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < _END_OF_TIME:
        raise UnusableJwt(f"The {name} of the assertion is missing, or no date.")
    return float(value)


def read_jti(jwt: SignedJwt) -> str:
    """Return what tells `jwt` from all others of its issuer. Raises `UnusableJwt` when it has no such thing."""
    return jwt.text("jti", _MAX_JTI)


def kept_until(expires_at: float) -> datetime:
    """Return until when a JWT that expires then is remembered: longer than it is good, as clocks of nodes differ."""
    return datetime.fromtimestamp(expires_at + 2 * SKEW_SECONDS, UTC)
