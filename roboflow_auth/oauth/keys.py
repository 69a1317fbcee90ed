"""The RSA keys that sign ID tokens, and the key set that clients verify them with (RFC 7517; protocol.md P-O1).

The private halves rest encrypted (RFC 7516) under a key derived from SECRET_KEY: a copy of the database signs nothing.
How one key follows another is the business of `key_rotation`.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from jwcrypto import jwe, jwk
from jwcrypto.common import json_encode

from roboflow_auth.oauth.models import SigningKey

SIGNING_ALGORITHM = "RS256"
REREAD_SECONDS = 60
"""For so long a process goes on with the keys as it read them; then it has noticed whatever another one changed."""

_BITS = 2048
# A client that looks at the first key only finds the one that signs.
_ORDER = (SigningKey.State.CURRENT, SigningKey.State.NEXT, SigningKey.State.PREVIOUS)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Keys:
    """What was read: the pair that signs, and the public halves of all."""

    signing: jwk.JWK
    public: dict[str, Any]


class _Memory:
    """The keys as this process read them last."""

    def __init__(self) -> None:
        self._keys: _Keys | None = None
        self._ends_at = 0.0

    def recall(self) -> _Keys:
        """Return the keys, read anew once a minute. One statement then, and more where there is no key yet."""
        known = self._keys
        if known is not None and time.monotonic() < self._ends_at:
            return known
        try:
            found = _read()
        except (OperationalError, InterfaceError):
            if known is None:
                raise
            # Keys of a minute ago are still good, and those who verify by them need no store.
            log.exception("The keys could not be read again")
            return known
        self._keys, self._ends_at = found, time.monotonic() + REREAD_SECONDS
        return found

    def forget(self) -> None:
        self._keys = None


_memory = _Memory()


def signing_key() -> jwk.JWK:
    """Return the current key pair, made when there is none."""
    return _memory.recall().signing


def public_key_set() -> dict[str, Any]:
    """Return the JWK Set with the public halves of all keys: the current one first, then next and previous."""
    return _memory.recall().public


def verifying_keys() -> jwk.JWKSet:
    """Return the keys that verify what this server signed. The next one is among them: on another node it may sign."""
    return jwk.JWKSet.from_json(json.dumps(public_key_set()))


def forget_keys() -> None:
    """Read the keys anew at the next use."""
    _memory.forget()


def make_key() -> jwk.JWK:
    """Return a new key pair. It takes a tenth of a second, so not while others wait for a lock."""
    key = jwk.JWK.generate(kty="RSA", size=_BITS, use="sig", alg=SIGNING_ALGORITHM)
    # RFC 7638: the thumbprint names the key.
    key.update(kid=key.thumbprint())
    return key


def store_key(key: jwk.JWK, state: SigningKey.State) -> SigningKey:
    """Store a new key pair. Raises `IntegrityError` when there is one in this state."""
    return SigningKey.objects.create(
        kid=key["kid"],
        state=state,
        public_jwk=key.export_public(as_dict=True),
        encrypted_private_jwk=_seal(key),
    )


def _read() -> _Keys:
    rows = list(SigningKey.objects.all())
    if not any(row.state == SigningKey.State.CURRENT for row in rows):
        rows = [_create_current(), *rows]
    return _Keys(_open(_in_order(rows)[0].encrypted_private_jwk), {"keys": [row.public_jwk for row in _in_order(rows)]})


def _in_order(rows: Iterable[SigningKey]) -> list[SigningKey]:
    return sorted(rows, key=lambda row: _ORDER.index(SigningKey.State(row.state)))


def _create_current() -> SigningKey:
    try:
        with transaction.atomic():
            return store_key(make_key(), SigningKey.State.CURRENT)
    except IntegrityError:
        # Another process was first; the constraint lets only one be current.
        return SigningKey.objects.get(state=SigningKey.State.CURRENT)


def _seal(key: jwk.JWK) -> str:
    protected = json_encode({"alg": "dir", "enc": "A256GCM"})
    sealed = jwe.JWE(key.export_private().encode(), protected=protected, recipient=_sealing_key())
    return str(sealed.serialize(compact=True))


def _open(sealed: str) -> jwk.JWK:
    opened = jwe.JWE()
    opened.deserialize(sealed, key=_sealing_key())
    return jwk.JWK(**json.loads(opened.payload))


def _sealing_key() -> jwk.JWK:
    derived = hashlib.sha256(b"roboflow_auth.oauth.keys\x00" + settings.SECRET_KEY.encode()).digest()
    return jwk.JWK(kty="oct", k=jwk.base64url_encode(derived))
