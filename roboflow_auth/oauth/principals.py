"""From a raw access token to the Principal it stands for, in one statement (protocol.md P-G2).

Everything that can end access is looked at on every request, so a revocation is felt at once on every node: the token,
its session, its connection, the client, the person, and the person's membership.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from roboflow_auth.access.catalogue import known_scopes
from roboflow_auth.access.principal import ClientIdentity, Credential, Principal
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import SecretKind, hash_secret, is_well_formed
from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.lineage import stands
from roboflow_auth.oauth.models import AccessToken, Connection, Session
from roboflow_auth.workspaces.models import actions_of_role

# «Last used» is for people to read; writing it at every call would cost a statement each.
_LAST_USED_RESOLUTION = timedelta(minutes=1)


def find_principal(raw_token: str, resource: Resource, *, dpop_jkt: str = "") -> Principal | None:
    """Return who a token for `resource` speaks for, or None when it is not live there.

    `dpop_jkt` is the key that the request proved. A token that is bound to another key, or to one where none was
    proved, is no token here, and neither is one that is bound to none where one was (RFC 9449 §7.1, §7.2).

    Junk is refused without a look-up (P-I4); a token for another resource is no token here (P-I2). One statement, two
    for an exchanged token.
    """
    if not is_well_formed(raw_token, SecretKind.ACCESS_TOKEN):
        return None
    now = timezone.now()
    row = _TOKEN_ROW.first(checksum=hash_secret(raw_token), resource=resource.value, now=now)
    if row is None or not is_bound_to(row, dpop_jkt):
        return None
    if row["acting"] and not stands(row["token_id"]):
        return None
    if is_use_worth_noting(row, now):
        note_use(row, now)
    return principal_of(row)


def live_tokens(now: datetime) -> QuerySet[AccessToken]:
    """Return the access tokens that are live at `now`: the one place that states what liveness is (P-G2).

    Of a token that was exchanged for another, one thing is left to ask: `lineage.stands`.
    """
    return AccessToken.objects.filter(
        Q(session__connection__expires_at__isnull=True) | Q(session__connection__expires_at__gt=now),
        revoked_at__isnull=True,
        expires__gt=now,
        session__ended_at__isnull=True,
        session__connection__revoked_at__isnull=True,
        session__connection__client__is_disabled=False,
        session__connection__user__is_active=True,
        session__connection__workspace__memberships__user=F("session__connection__user"),
        # P-G4: who left and came back, perhaps in another role, agreed to nothing in the meantime.
        session__connection__workspace__memberships__joined_at__lte=F("session__connection__created_at"),
    ).order_by()


def principal_of(row: Mapping[str, Any]) -> Principal:
    """Return the principal of a row of the look-up."""
    return Principal(
        user_id=row["person_id"],
        subject=str(row["subject"]),
        email=row["email"],
        workspace_id=row["workspace_id"],
        workspace=row["workspace"],
        workspace_name=row["workspace_name"],
        role=row["role"],
        actions=actions_of_role(row["role"], row["own_actions"]),
        credential=Credential.TOKEN,
        scopes=_in_both(row["token_scope"], row["connection_scope"]),
        client=_client_of(row),
        lent_until=row["connection_expires_at"],
    )


@lru_cache(maxsize=1024)
def _in_both(token_scope: str, connection_scope: str) -> frozenset[str]:
    # Remembered, as many tokens carry the same.
    return known_scopes(token_scope.split()) & frozenset(connection_scope.split())


def _client_of(row: Mapping[str, Any]) -> ClientIdentity:
    # Who calls is the one that made the exchange, where there was one; the agreement is that of the app it acts for.
    client_id, name = row["client_identifier"], row["client_name"]
    if row["acting"]:
        client_id, name = row["acting"][0]["client_id"], row["acting"][0]["name"]
    return ClientIdentity(client_id, name or client_id, row["connection_id"], row["used_session_id"])


def is_bound_to(row: Mapping[str, Any], dpop_jkt: str) -> bool:
    """Return whether the token of `row` is bound to just that: to this key, or to none (RFC 9449 §7.1, §7.2)."""
    return bool(row["token_jkt"] == dpop_jkt)


def is_use_worth_noting(row: Mapping[str, Any], now: datetime) -> bool:
    """Return whether the last use that is written down is so long ago that people would see the difference."""
    last_used_at: datetime | None = row["last_used_at"]
    return last_used_at is None or now - last_used_at >= _LAST_USED_RESOLUTION


def note_use(row: Mapping[str, Any], now: datetime) -> None:
    """Write down that a session and its connection were used. Two statements."""
    Session.objects.filter(pk=row["used_session_id"]).update(last_used_at=now)
    Connection.objects.filter(pk=row["connection_id"]).update(last_used_at=now)


@cache
def noting_statement() -> str:
    """Return the statement that does for many rows what `note_use` does for one, on PostgreSQL.

    Its parameters are the time, the ids of sessions, the time again, the ids of connections. Rows that somebody else
    holds are left out: they are being noted elsewhere, or changed by the person, and neither is worth waiting for.
    """
    sessions, connections = (_noting(model._meta.db_table) for model in (Session, Connection))
    return f"WITH noted AS ({sessions}) {connections}"


def _noting(table: str) -> str:
    held = f'SELECT id FROM "{table}" WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED'  # noqa: S608
    return f'UPDATE "{table}" SET last_used_at = %s WHERE id IN ({held})'  # noqa: S608


def _live(resource: str, now: datetime) -> QuerySet[AccessToken]:
    return live_tokens(now).filter(session__connection__resource=resource)


def _token_row(*, checksum: str, resource: str, now: datetime) -> QuerySet[AccessToken, dict[str, Any]]:
    return _live(resource, now).filter(token_checksum=checksum).values(**_COLUMNS)


def _token_rows(*, checksums: list[str], resource: str, now: datetime) -> QuerySet[AccessToken, dict[str, Any]]:
    return (
        _live(resource, now).filter(token_checksum__any_of=checksums).values(checksum=F("token_checksum"), **_COLUMNS)
    )


_COLUMNS = {
    "token_scope": F("scope"),
    "token_id": F("pk"),
    "acting": F("actors"),
    "token_jkt": F("dpop_jkt"),
    "used_session_id": F("session_id"),
    "last_used_at": F("session__last_used_at"),
    "connection_id": F("session__connection_id"),
    "connection_scope": F("session__connection__scope"),
    "connection_expires_at": F("session__connection__expires_at"),
    "client_identifier": F("session__connection__client__client_id"),
    "client_name": F("session__connection__client__name"),
    "person_id": F("session__connection__user_id"),
    "subject": F("session__connection__user__subject"),
    "email": F("session__connection__user__email"),
    "workspace_id": F("session__connection__workspace_id"),
    "workspace": F("session__connection__workspace__slug"),
    "workspace_name": F("session__connection__workspace__name"),
    "role": F("session__connection__workspace__memberships__role"),
    # Of a role that the workspace made; the join is outer, so it costs no further statement.
    "own_actions": F("session__connection__workspace__memberships__own_role__actions"),
}
_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_TOKEN_ROW = PreparedQuery(_token_row, checksum="checksum", resource="resource", now=_SOME_TIME)
# The same look-up for several tokens at once, on PostgreSQL; `checksum` of a row tells whose it is.
TOKEN_ROWS = PreparedQuery(_token_rows, checksums=["checksum"], resource="resource", now=_SOME_TIME)
