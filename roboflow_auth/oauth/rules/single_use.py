"""Single use of client assertions and DPoP proofs, across processes and nodes (RFC 7523 §3 item 7, RFC 9449 §11.1).

The database decides, not the cache: without Redis each process has a cache of its own, and any cache may forget.
"""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.errors import InvalidProof
from roboflow_auth.oauth.models import Client, UsedAssertion, UsedProof
from roboflow_auth.oauth.rules.dpop import Proof

PRUNE_SECONDS = 300
USED_BEFORE = "The proof was used before."
_PRUNED = "used_assertions:pruned"

USE_UP_PROOF = (
    f'INSERT INTO "{UsedProof._meta.db_table}" ("digest", "expires_at") VALUES (%s, %s) ON CONFLICT DO NOTHING'  # noqa: S608
)
"""Inserts one row for the first use of a proof, and none for any other; parameters: digest, expiry."""


def use_up(client: Client, jti: str, expires_at: datetime) -> bool:
    """Return whether this is the first use of `jti` by `client`; of any number at the same time one is the first.

    It is remembered until `expires_at`. One statement, and every five minutes two more that forget.
    """
    _prune()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(client=client, jti_hash=hash_secret(jti), expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def use_up_proof(proof: Proof) -> None:
    """Return at the first use of `proof`; of any number at the same time one is the first. Raises `InvalidProof`.

    One statement, and every five minutes two more that forget. Event loops run `USE_UP_PROOF` themselves.
    """
    _prune()
    with connection.cursor() as cursor:
        expires_at = connection.ops.adapt_datetimefield_value(proof.expires_at)
        cursor.execute(USE_UP_PROOF, [proof.digest, expires_at])
        if not cursor.rowcount:
            raise InvalidProof(USED_BEFORE)


def forget_what_lapsed() -> None:
    """Delete what would no longer be taken anyway. Two statements."""
    now = timezone.now()
    UsedAssertion.objects.filter(expires_at__lte=now).delete()
    UsedProof.objects.filter(expires_at__lte=now).delete()


def _prune() -> None:
    # A cache that forgets this only means that rows are deleted once more.
    if cache.add(_PRUNED, 1, PRUNE_SECONDS):
        forget_what_lapsed()
