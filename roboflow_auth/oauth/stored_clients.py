"""Finding a client that is known already. Nothing is fetched here (P-C5)."""

from __future__ import annotations

from django.db.models import QuerySet

from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.models import Client

MAX_CLIENT_ID = 2048

# Columns that endpoints for programs never look at. Reading a column takes longer than finding its row.
NOT_FOR_PROGRAMS = (
    *("user", "redirect_uris", "post_logout_redirect_uris", "authorization_grant_type", "created", "updated"),
    *("cimd_expires_at", "is_verified", "approval", "metadata", "registration_token_hash", "registered_from"),
    "first_connected_at",
)
# Columns that matter where a client proves who it is, or asks for something new, and not where a token of it is shown.
FOR_CALLERS_ALONE = (
    *("client_secret", "public_keys", "former_keys", "jwks_uri", "scope_ceiling", "resources"),
    *("service_workspace", "service_role", "service_account"),
)


def is_possible_client_id(client_id: str) -> bool:
    """Return whether a client could have this ID; no look-up is worth it for another one."""
    return 0 < len(client_id) <= MAX_CLIENT_ID and "\x00" not in client_id


def find_client(client_id: str) -> Client | None:
    """Return the stored client `client_id`, disabled or not. One statement."""
    return _BY_ID.first(client_id=client_id) if is_possible_client_id(client_id) else None


def find_caller(client_id: str) -> Client | None:
    """Return the same as far as endpoints for programs look at it: NOT_FOR_PROGRAMS is left out. One statement."""
    return _CALLER.first(client_id=client_id) if is_possible_client_id(client_id) else None


def _by_id(client_id: str) -> QuerySet[Client]:
    return Client.objects.filter(client_id=client_id)


def _caller(client_id: str) -> QuerySet[Client]:
    return _by_id(client_id).defer(*NOT_FOR_PROGRAMS)


_BY_ID = PreparedQuery(_by_id, client_id="client id")
_CALLER = PreparedQuery(_caller, client_id="client id")
