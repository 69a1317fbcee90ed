"""Single use of client assertions, across processes and nodes (RFC 7523 §3 item 7; protocol.md P-C4).

The database decides, not the cache: without Redis each process has a cache of its own, and any cache may forget.
"""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import Client, UsedAssertion

_PRUNE_SECONDS = 300
_PRUNED = "used_assertions:pruned"


def use_up(client: Client, jti: str, expires_at: datetime) -> bool:
    """Return whether this is the first use of `jti` by `client`; of any number at the same time one is the first.

    It is remembered until `expires_at`. One statement, and every five minutes one more that forgets.
    """
    _prune()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(client=client, jti_hash=hash_secret(jti), expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def _prune() -> None:
    # A cache that forgets this only means that rows are deleted once more.
    if cache.add(_PRUNED, 1, _PRUNE_SECONDS):
        UsedAssertion.objects.filter(expires_at__lte=timezone.now()).delete()
