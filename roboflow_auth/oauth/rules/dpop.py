"""DPoP proofs: what a client signs to show that it has the key of its token (RFC 9449 §4; protocol.md P-T6).

A proof is good for one request: its method, its address, its token, the minute it was made in, and once. What can be
told from the request alone is told here; `single_use` sees to the last.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings
from django.http import HttpRequest
from jwcrypto import jwk
from jwcrypto.common import base64url_encode

from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.client_keys import (
    SIGNING_ALGORITHMS,
    UnusableKeys,
    is_signed_by,
    matching_keys,
    read_key_set,
    thumbprint,
)
from roboflow_auth.oauth.errors import InvalidProof, NonceRequired
from roboflow_auth.oauth.rules.dpop_nonce import is_fresh_nonce
from roboflow_auth.oauth.rules.signed_jwt import decode_object, is_compact

# An RSA key of 4096 bits and a signature by it take 1400 characters, the longest address 2048.
_MAX_LENGTH = 6144
_MAX_JTI = 255
# RFC 9449 §11.1: seconds or minutes, either way, because the clocks of people's machines differ.
_WINDOW_SECONDS = 60
_KEYS_REMEMBERED = 512
_DEFAULT_PORTS = {"https": 443, "http": 80}
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that was verified.

    `jkt` is the thumbprint of the key that made it (RFC 7638). `digest` names the proof among all there are; it has to
    be remembered until `expires_at`, so that it is used once.
    """

    jkt: str
    digest: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _SigningKey:
    """The key of a proof's header, loaded, and what it signs by."""

    algorithm: str
    key: jwk.JWK
    jkt: str


def verify_proof(headers: Sequence[str], method: str, url: str, *, raw_token: str = "") -> Proof:
    """Return the proof in the DPoP `headers` of a request with `method` to `url`, which carries `raw_token` if it does.

    Raises `InvalidProof`, or `NonceRequired` for one that is good but for the nonce. No statement.
    """
    # RFC 9449 §4.3, item 1.
    if len(headers) != 1:
        raise InvalidProof("Send exactly one DPoP header.")
    raw = headers[0]
    if len(raw) > _MAX_LENGTH or not is_compact(raw):
        raise InvalidProof("The DPoP header is not one JWT, or a very long one.")
    encoded_header, encoded_claims, _ = raw.split(".")
    signed_by = _read_header(encoded_header)
    if not is_signed_by(signed_by.key, signed_by.algorithm, raw):
        raise InvalidProof("The signature of the proof is not by the key in its header.")
    claims = _read_object(encoded_claims)
    _check_request(claims, method, url)
    if raw_token:
        _check_token(claims, raw_token)
    proof = Proof(signed_by.jkt, _digest(signed_by.jkt, claims), _check_time(claims))
    # RFC 9449 §4.3, item 10.
    if settings.DPOP_NONCE_REQUIRED and not is_fresh_nonce(claims.get("nonce")):
        raise NonceRequired("Make the proof with the nonce of the DPoP-Nonce header.")
    return proof


def address_of(request: HttpRequest) -> str:
    """Return the address by which a client called, without the query, as its proof has to name it."""
    return public_url_of(request) + quote(request.path_info)


def proof_headers(request: HttpRequest) -> list[str]:
    """Return the DPoP headers of a Django request; servers join several by commas, and then none of it is a proof."""
    return [request.META["HTTP_DPOP"]] if "HTTP_DPOP" in request.META else []


def is_thumbprint(text: str) -> bool:
    """Return whether `text` has the form of a key's thumbprint by SHA-256 (RFC 7638)."""
    return _THUMBPRINT.fullmatch(text) is not None


@lru_cache(maxsize=_KEYS_REMEMBERED)
def _read_header(encoded: str) -> _SigningKey:
    """Return the key of a proof's header. Remembered: a client's proofs all begin with the same one."""
    header = _read_object(encoded)
    algorithm = header.get("alg")
    # RFC 9449 §4.3, item 4: the type keeps proofs apart from all other JWTs that the key may have signed.
    if header.get("typ") != "dpop+jwt":
        raise InvalidProof("The typ of the proof must be dpop+jwt.")
    # Item 5: `none` and everything symmetric are no algorithms here.
    if not isinstance(algorithm, str) or algorithm not in SIGNING_ALGORITHMS:
        raise InvalidProof(f"The proof must be signed by one of {' '.join(SIGNING_ALGORITHMS)}.")
    try:
        # Item 7: a private key in it is refused, and so is what is too weak, or too long to be verified cheaply.
        keys = matching_keys(read_key_set({"keys": [header.get("jwk")]}), algorithm, None)
    except UnusableKeys as error:
        raise InvalidProof("The jwk of the proof must be one public signing key.", detail=str(error)) from error
    if not keys:
        raise InvalidProof("The jwk of the proof is no key for its alg.")
    return _SigningKey(algorithm, jwk.JWK(**keys[0]), thumbprint(keys[0]))


def _read_object(encoded: str) -> Mapping[str, Any]:
    try:
        return decode_object(encoded)
    except ValueError as error:
        raise InvalidProof("The proof is not a well-formed JWT.") from error


def _check_request(claims: Mapping[str, Any], method: str, url: str) -> None:
    # RFC 9449 §4.3, items 8 and 9.
    if claims.get("htm") != method:
        raise InvalidProof("The htm of the proof is not the method of this request.")
    htu = claims.get("htu")
    if not isinstance(htu, str) or not is_printable(htu) or " " in htu or _normalized(htu) != _normalized(url):
        raise InvalidProof("The htu of the proof is not the address of this request.")


def _normalized(url: str) -> tuple[str, str, int | None, str] | None:
    """Return what makes two spellings of an address one, query and fragment left out; None for what is no address.

    RFC 3986 §6.2.2, §6.2.3: case, default port, percent-encoding and the empty path make no difference.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        path = unquote(parts.path, errors="strict") or "/"
    except ValueError:
        return None
    return None if "@" in parts.netloc else (parts.scheme, parts.hostname or "", port, path)


def _check_token(claims: Mapping[str, Any], raw_token: str) -> None:
    # RFC 9449 §4.3, item 12: a proof is for one token, so that it can't be made ahead for others to come.
    digest = base64url_encode(hashlib.sha256(raw_token.encode("utf-8", "replace")).digest())
    if claims.get("ath") != digest:
        raise InvalidProof("The ath of the proof is not the hash of the access token.")


def _check_time(claims: Mapping[str, Any]) -> datetime:
    """Return until when the proof has to be remembered. Raises `InvalidProof` for one of another time (item 11)."""
    made_at: Any = claims.get("iat")
    now = time.time()
    # JSON as Python reads it also has true, NaN, which is near no time at all, and integers that no float can hold.
    is_number = isinstance(made_at, int | float) and not isinstance(made_at, bool)
    if not is_number or not now - _WINDOW_SECONDS <= made_at <= now + _WINDOW_SECONDS:
        raise InvalidProof(f"The iat of the proof must be the current time, give or take {_WINDOW_SECONDS} seconds.")
    # Longer than it is good for, so that the clocks of two nodes may differ.
    return datetime.fromtimestamp(made_at + 2 * _WINDOW_SECONDS, UTC)


def _digest(jkt: str, claims: Mapping[str, Any]) -> str:
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _MAX_JTI or not is_printable(jti):
        raise InvalidProof(f"The proof needs a jti, text of {_MAX_JTI} characters at the most.")
    # Under the key, so that nobody can use up what somebody else is about to send.
    return hashlib.sha256(f"{jkt} {jti}".encode()).hexdigest()
