"""What the page of connected apps shows of each connection, read in a number of statements that does not grow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from roboflow_auth.access.catalogue import (
    IDENTITY_SCOPES,
    SCOPES,
    SENSITIVE_SCOPES,
    Level,
    scopes_of_level,
    usable_scopes,
)
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.activity import calls_of_connections, find_reasons
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.authorization.question import scope_text
from roboflow_auth.oauth.clients import ClientView, show_client
from roboflow_auth.oauth.connected_apps import BY_PERSON
from roboflow_auth.oauth.connections import live_connections
from roboflow_auth.oauth.models import AccessToken, Connection, RefreshToken, Session
from roboflow_auth.oauth.wording import access_words, in_order, level_title, resource_name
from roboflow_auth.oauth.workspace_apps.decisions import BLOCKED_BY_ADMIN, ENDED_BY_ADMIN, OUTSIDE_THE_RULE
from roboflow_auth.workspaces.models import actions_of_role, label_of_role

_MOST_PAST = 10


@dataclass(frozen=True, slots=True)
class LentScope:
    """One permission of a connection. `is_usable` says whether the person's role can use it at all now."""

    value: str
    text: str
    is_usable: bool
    is_dangerous: bool


@dataclass(frozen=True, slots=True)
class ScopeGroup:
    """The permissions that a level adds to the one before it, or the sensitive ones."""

    title: str
    scopes: list[LentScope]
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class SmallerLevel:
    """A level that would take something away; `kept` is what it would leave."""

    value: str
    title: str
    kept: frozenset[str]


@dataclass(frozen=True, slots=True)
class ConnectedApp:
    """One live connection, as its card shows it."""

    connection: Connection
    client: ClientView
    role_label: str
    resource: str
    access: str
    groups: list[ScopeGroup]
    identity: list[str]
    smaller_levels: list[SmallerLevel]
    sessions: list[Session]
    last_call: AuditEvent | None

    @property
    def unusable(self) -> list[str]:
        """What the app was lent and the person's role can't use."""
        return [scope.text for group in self.groups for scope in group.scopes if not scope.is_usable]


@dataclass(frozen=True, slots=True)
class PastConnection:
    """A connection that is over: when it ended, and why in a few words."""

    connection: Connection
    name: str
    ended_at: datetime | None
    why: str


def list_connected_apps(user: User, now: datetime) -> list[ConnectedApp]:
    """Return the live connections of `user`, the one that was used last first. Three statements."""
    last_call = calls_of_connections().filter(connection_id=OuterRef("pk")).values("pk")[:1]
    connections = list(
        live_connections(user, now)
        .select_related("client", "workspace", "granted_by")
        .annotate(
            role=F("workspace__memberships__role"),
            own_role_name=F("workspace__memberships__own_role__name"),
            own_actions=F("workspace__memberships__own_role__actions"),
            last_call_id=Subquery(last_call),
        )
        .order_by(F("last_used_at").desc(nulls_last=True), "-pk")
    )
    calls = AuditEvent.objects.in_bulk([c.last_call_id for c in connections if c.last_call_id])
    sessions = _sessions_by_connection([c.pk for c in connections], now)
    return [_card(c, sessions.get(c.pk, []), calls.get(c.last_call_id)) for c in connections]


def list_past_connections(user: User, now: datetime) -> list[PastConnection]:
    """Return the ten connections of `user` that were made last and are over. Two statements."""
    over = Connection.objects.filter(user=user).exclude(pk__in=live_connections(user, now).values("pk"))
    connections = list(over.select_related("client", "workspace").order_by("-pk")[:_MOST_PAST])
    reasons = find_reasons("revoke_connection", [connection.pk for connection in connections])
    return [_past(connection, reasons.get(connection.pk, ""), now) for connection in connections]


def live_sessions(now: datetime) -> QuerySet[Session]:
    """Return the sessions that were not ended and can still get or use a token, or are about to."""
    refresh = RefreshToken.objects.filter(session=OuterRef("pk"), revoked__isnull=True, expires_at__gt=now)
    access = AccessToken.objects.filter(session=OuterRef("pk"), revoked_at__isnull=True, expires__gt=now)
    waits_for_app = Q(code__redeemed_at__isnull=True, code__expires__gt=now)
    return Session.objects.filter(Exists(refresh) | Exists(access) | waits_for_app, ended_at__isnull=True)


def list_parties(user: User) -> list[tuple[str, str, str, str]]:
    """Return which apps `user` ever connected where: client ID, its name, workspace, its name. One statement."""
    rows = Connection.objects.filter(user=user).order_by("client__name", "workspace__name")
    names = rows.values_list("client__client_id", "client__name", "workspace__slug", "workspace__name").distinct()
    return [(client_id, name or client_id, slug, workspace) for client_id, name, slug, workspace in names]


def smaller_levels(scopes: frozenset[str]) -> list[SmallerLevel]:
    """Return the levels that would leave some of `scopes` and take others, the largest first."""
    lent = scopes - IDENTITY_SCOPES
    found: dict[frozenset[str], SmallerLevel] = {}
    for level in Level:
        kept = lent & scopes_of_level(level)
        if kept and kept < lent:
            # The lowest of those that would leave the same says best what is left.
            found.setdefault(kept, SmallerLevel(level.value, level_title(level), kept))
    return list(reversed(found.values()))


def _sessions_by_connection(connection_ids: list[int], now: datetime) -> dict[int, list[Session]]:
    sessions: dict[int, list[Session]] = {}
    rows = live_sessions(now).filter(connection__in=connection_ids)
    for session in rows.order_by(F("last_used_at").desc(nulls_last=True), "-pk"):
        sessions.setdefault(session.connection_id, []).append(session)
    return sessions


def _card(connection: Connection, sessions: list[Session], last_call: AuditEvent | None) -> ConnectedApp:
    member: Any = connection
    scopes = connection.scopes
    return ConnectedApp(
        connection=connection,
        client=show_client(connection.client, connection.redirect_uri),
        role_label=member.own_role_name or label_of_role(member.role, None),
        resource=resource_name(Resource(connection.resource)),
        access=access_words(scopes),
        groups=_groups(scopes, usable_scopes(actions_of_role(member.role, member.own_actions))),
        identity=[scope_text(name) for name in in_order(scopes & IDENTITY_SCOPES)],
        smaller_levels=smaller_levels(scopes),
        sessions=sessions,
        last_call=last_call,
    )


def _groups(scopes: frozenset[str], usable: frozenset[str]) -> list[ScopeGroup]:
    groups = [_group(level_title(level), _at_level(scopes, level), usable) for level in Level]
    sensitive = _group(_("Keys, members and audit log"), scopes & SENSITIVE_SCOPES, usable, is_sensitive=True)
    return [group for group in (*groups, sensitive) if group.scopes]


def _group(title: str, names: frozenset[str], usable: frozenset[str], *, is_sensitive: bool = False) -> ScopeGroup:
    lent = [LentScope(name, scope_text(name), name in usable, SCOPES[name].is_destructive) for name in in_order(names)]
    return ScopeGroup(title, lent, is_sensitive)


def _at_level(scopes: frozenset[str], level: Level) -> frozenset[str]:
    return frozenset(name for name in scopes if name in SCOPES and SCOPES[name].level is level)


def _past(connection: Connection, reason: str, now: datetime) -> PastConnection:
    moments = [moment for moment in (connection.revoked_at, connection.expires_at) if moment and moment <= now]
    is_expired = connection.expires_at is not None and moments and min(moments) == connection.expires_at
    why = _("It had run its time") if is_expired else _why(reason)
    if not moments:
        why = _("You left the workspace")
    name = connection.label or connection.client.display_name
    return PastConnection(connection, name, min(moments, default=None), why)


def _why(reason: str) -> str:
    words = {
        BY_PERSON: _("You disconnected it"),
        "revoked_by_staff": _("Ended by the staff of this server"),
        "issuer_changed": _("Your organisation no longer grants it"),
        BLOCKED_BY_ADMIN: _("The workspace blocked the app"),
        OUTSIDE_THE_RULE: _("The workspace no longer allows the app"),
        ENDED_BY_ADMIN: _("Ended by an admin of the workspace"),
    }
    return words.get(reason, _("It was ended"))
