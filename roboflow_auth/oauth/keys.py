"""The RSA key that signs ID tokens, and the key set that clients verify them with (RFC 7517; protocol.md P-O1).

The private half rests encrypted (RFC 7516) under a key derived from SECRET_KEY: a copy of the database signs nothing.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from jwcrypto import jwe, jwk
from jwcrypto.common import json_encode

from roboflow_auth.oauth.models import SigningKey

SIGNING_ALGORITHM = "RS256"
_BITS = 2048


@cache
def signing_key() -> jwk.JWK:
    """Return the current key pair, made when there is none. Read once per process."""
    row = SigningKey.objects.filter(state=SigningKey.State.CURRENT).first() or _create_current()
    return _open(row.encrypted_private_jwk)


@cache
def public_key_set() -> dict[str, Any]:
    """Return the JWK Set with the public halves. Built once per process."""
    signing_key()
    return {"keys": [row.public_jwk for row in SigningKey.objects.order_by("-id")]}


def forget_keys() -> None:
    """Read the keys anew at the next use."""
    signing_key.cache_clear()
    public_key_set.cache_clear()


def _create_current() -> SigningKey:
    key = jwk.JWK.generate(kty="RSA", size=_BITS, use="sig", alg=SIGNING_ALGORITHM)
    # RFC 7638: the thumbprint names the key.
    key.update(kid=key.thumbprint())
    try:
        with transaction.atomic():
            return SigningKey.objects.create(
                kid=key["kid"],
                state=SigningKey.State.CURRENT,
                public_jwk=key.export_public(as_dict=True),
                encrypted_private_jwk=_seal(key),
            )
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
