"""Proof Key for Code Exchange (RFC 7636): S256 for every client, nothing else (protocol.md P-A1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from roboflow_auth.oauth.errors import InvalidGrant, InvalidRequest

# RFC 7636 §4.2: the base64url of a SHA-256, without padding.
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# RFC 7636 §4.1.
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def check_challenge(challenge: str, method: str) -> None:
    """Return when an authorization request carries an S256 challenge. Raises `InvalidRequest` otherwise."""
    if not challenge:
        raise InvalidRequest("PKCE is required: code_challenge is missing.")
    # RFC 7636 §4.3: an absent method means plain, which does not exist here.
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge is not the base64url of a SHA-256.")


def check_verifier(verifier: str, challenge: str) -> None:
    """Return when `verifier` is the one whose hash was sent. Raises `InvalidRequest` or `InvalidGrant` (§4.6)."""
    if not verifier:
        raise InvalidRequest("code_verifier is missing.")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(digest, challenge):
        raise InvalidGrant("code_verifier does not match the code_challenge.")
