"""An authenticator app, as RFC 6238 describes one."""

from __future__ import annotations

import base64
import hmac
import struct
import time

_STEP_SECONDS = 30
# How long whoever asked for a code may take to send it.
_USE_SECONDS = 3


def totp(secret: str, steps_away: int = 0) -> str:
    """Return the six digits that an app with the base32 `secret` shows now, or `steps_away` steps of 30 seconds.

    Waits for the next step where this one is about to end.
    """
    left = _STEP_SECONDS - time.time() % _STEP_SECONDS
    if left < _USE_SECONDS:
        time.sleep(left)
    counter = struct.pack(">Q", int(time.time()) // _STEP_SECONDS + steps_away)
    # RFC 4226 §5.3: dynamic truncation.
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
