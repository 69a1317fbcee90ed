"""Encryption of what the server must be able to read again: secrets of second factors (protocol.md P-I5)."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_KEY_BYTES = 32
_NONCE_BYTES = 12
_PURPOSE = b"roboflow-auth: secrets of second factors, version 1"


def seal(text: str) -> str:
    """Return `text` encrypted under a key that is derived from SECRET_KEY, as URL-safe base64."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()


def unseal(sealed: str) -> str | None:
    """Return the text that `seal` sealed, or None when it was sealed under another SECRET_KEY or changed since."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError):
        return None


def _cipher() -> AESGCM:
    # RFC 5869 §3.1: SECRET_KEY is random enough for the extraction to need no salt; the purpose keeps keys apart.
    key = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE).derive(settings.SECRET_KEY.encode())
    return AESGCM(key)
