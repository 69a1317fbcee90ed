"""Nonces that this server gives for DPoP proofs, where a deployment asks for them (RFC 9449 §8, §9).

With one in it a proof can't have been made long before it is used, by somebody who had the key for a moment. Nothing is
stored: a nonce is the keyed hash of the five minutes in which it was given, so all nodes give and know the same one. It
is no secret, and proofs stay good for one use with or without it.
"""

from __future__ import annotations

import base64
import hmac
import time

from django.conf import settings

_SECONDS = 300
_PURPOSE = "roboflow_auth.oauth.dpop_nonce"


def current_nonce() -> str:
    """Return the nonce that is given now."""
    return _nonce(_period())


def is_fresh_nonce(nonce: object) -> bool:
    """Return whether `nonce`, as a proof carries it, was given in this period or the one before it."""
    # It is told to whoever asks, so how long the comparison takes tells nothing.
    return isinstance(nonce, str) and nonce in (_nonce(_period()), _nonce(_period() - 1))


def _period() -> int:
    return int(time.time() // _SECONDS)


def _nonce(period: int) -> str:
    key = hmac.digest(settings.SECRET_KEY.encode(), _PURPOSE.encode(), "sha256")
    return base64.urlsafe_b64encode(hmac.digest(key, str(period).encode(), "sha256")).rstrip(b"=").decode()
