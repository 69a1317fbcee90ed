"""Clients that registered themselves and were never connected, and how many may be (RFC 7591 §5; protocol.md P-L1)."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from roboflow_auth.core.errors import TooManyRequests
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.pruning import prune_clients

# Rows are pruned in the course of a day (P-C7), so there is no moment at which room is certain.
_RETRY_AFTER_SECONDS = 3600
_HAS_ROOM = "pending_clients:has_room"
_HAS_ROOM_SECONDS = 10
_PLENTY = 1000
# Many times what may register within ten seconds.
_PRUNED_AT_ONCE = 200


def pending_clients() -> QuerySet[Client]:
    """Return the clients that registered themselves and that nobody ever connected."""
    return Client.objects.filter(registration_source=Client.RegistrationSource.DCR, first_connected_at__isnull=True)


def make_room() -> None:
    """Delete some clients that waited long enough. Raise `TooManyRequests` when MAX_PENDING_CLIENTS are pending still.

    Whoever adds rows takes old ones away, so that the table stays small without anybody's care (P-C7). While there is
    plenty of room that is done every ten seconds only, and with less than a thousand to go each time, so that no more
    get past the bound than what registers at one moment.
    """
    if cache.get(_HAS_ROOM):
        return
    prune_clients(_PRUNED_AT_ONCE)
    bound = settings.MAX_PENDING_CLIENTS
    pending = pending_clients()[:bound].count()
    if pending >= bound:
        raise TooManyRequests(_RETRY_AFTER_SECONDS)
    if bound - pending >= _PLENTY:
        cache.set(_HAS_ROOM, value=True, timeout=_HAS_ROOM_SECONDS)
