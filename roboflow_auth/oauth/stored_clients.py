"""Finding a client that is known already. Nothing is fetched here (P-C5)."""

from __future__ import annotations

from django.db.models import QuerySet

from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.models import Client

MAX_CLIENT_ID = 2048


def is_possible_client_id(client_id: str) -> bool:
    """Return whether a client could have this ID; no look-up is worth it for another one."""
    return 0 < len(client_id) <= MAX_CLIENT_ID and "\x00" not in client_id


def find_client(client_id: str) -> Client | None:
    """Return the stored client `client_id`, disabled or not. One statement."""
    return _BY_ID.first(client_id=client_id) if is_possible_client_id(client_id) else None


def _by_id(client_id: str) -> QuerySet[Client]:
    return Client.objects.filter(client_id=client_id)


_BY_ID = PreparedQuery(_by_id, client_id="client id")
