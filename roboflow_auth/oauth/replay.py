"""Answers that may have to be given once more: of the token endpoint (protocol.md P-T3), and those that people carry.

An answer holds tokens or a code, and only their hashes are stored (P-I5). So it is kept encrypted, under a key derived
from what its receiver presents again, the refresh token that bought it or the handle of the question: a copy of the
database, which holds no more than the hash of the one and nothing of the other, opens nothing.
"""

from __future__ import annotations

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES = 32
_NONCE_BYTES = 12
_PURPOSE = b"roboflow-auth: answer to a refresh, version 1"


def seal_answer(raw_token: str, row_id: int, answer: dict[str, Any], *, dpop_jkt: str = "") -> bytes:
    """Return `answer` encrypted for whoever holds `raw_token`, and bound to the row `row_id` that keeps it.

    It is bound to the key `dpop_jkt` too, that of the tokens in it: with another key nobody could use them.
    """
    # A token can be used again and seal another answer under the same key, so each has a nonce of its own.
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(raw_token).encrypt(nonce, json.dumps(answer).encode(), _context(row_id, dpop_jkt))


def open_answer(raw_token: str, row_id: int, sealed: bytes, *, dpop_jkt: str = "") -> dict[str, Any] | None:
    """Return what `seal_answer` sealed, or None when token, row, key or content are not those of the sealing."""
    try:
        opened = _cipher(raw_token).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _context(row_id, dpop_jkt))
    except InvalidTag:
        return None
    answer: dict[str, Any] = json.loads(opened)
    return answer


def _cipher(raw_token: str) -> AESGCM:
    # RFC 5869 §3.1: the token is uniformly random, so the extraction needs no salt.
    return AESGCM(HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE).derive(raw_token.encode()))


def _context(row_id: int, dpop_jkt: str) -> bytes:
    return f"{row_id} {dpop_jkt}".rstrip().encode()
