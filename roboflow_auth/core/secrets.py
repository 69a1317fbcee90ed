"""Machine secrets: their format, their hash, and nothing readable at rest (protocol.md P-I4, P-I5).

A secret is `prefix + 43 base62 characters (32 random bytes) + 6 base62 characters (CRC32)`. The prefix lets secret
scanners find a leaked one; the checksum lets junk be refused without a database look-up. All prefixes, and the
regular expressions for scanners, stand in docs/tokens.md.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets as random_source
import zlib
from enum import StrEnum

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ALPHABET_SET = frozenset(_ALPHABET)
# Two digits at a time take half the divisions.
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_RANDOM_BYTES = 32
_RANDOM_LENGTH = 43
_CHECKSUM_LENGTH = 6


class SecretKind(StrEnum):
    """The prefixes of P-I4."""

    ACCESS_TOKEN = "rfoa_"  # noqa: S105
    REFRESH_TOKEN = "rfor_"  # noqa: S105
    AUTHORIZATION_CODE = "rfoc_"
    DEVICE_CODE = "rfod_"
    CLIENT_SECRET = "rfcs_"  # noqa: S105
    REGISTRATION_TOKEN = "rfrt_"  # noqa: S105
    API_KEY = "rfk_"
    INVITATION = "rfi_"


def make_secret(kind: SecretKind) -> str:
    """Return a new secret of `kind` with 256 bits of randomness."""
    body = kind.value + _base62(int.from_bytes(random_source.token_bytes(_RANDOM_BYTES), "big"), _RANDOM_LENGTH)
    return body + _checksum(body)


def is_well_formed(raw: str, kind: SecretKind) -> bool:
    """Return whether `raw` has the prefix, length, alphabet and checksum of `kind`."""
    if not raw.startswith(kind.value) or len(raw) != len(kind.value) + _RANDOM_LENGTH + _CHECKSUM_LENGTH:
        return False
    if not _ALPHABET_SET.issuperset(raw[len(kind.value) :]):
        return False
    return raw[-_CHECKSUM_LENGTH:] == _checksum(raw[:-_CHECKSUM_LENGTH])


def hash_secret(raw: str) -> str:
    """Return the SHA-256 of `raw` as 64 hexadecimal characters.

    The secret carries 256 bits, so a slow hash would protect nothing and cost every request (P-I5).
    """
    return hashlib.sha256(raw.encode()).hexdigest()


def is_same_secret(raw: str, stored_hash: str) -> bool:
    """Return whether `raw` hashes to `stored_hash`, in constant time; an empty stored hash matches nothing."""
    return bool(stored_hash) and hmac.compare_digest(hash_secret(raw), stored_hash)


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    pairs = []
    for _ in range(0, length, 2):
        number, pair = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))[-length:]
