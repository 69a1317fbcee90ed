"""Connections and their sessions: making, widening, ending (protocol.md P-G1..P-G4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.audit.recorder import draft_event, record_event
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, AuthorizationCode, Client, Connection, Session, TrustedIssuer
from roboflow_auth.oauth.rules.redirect_uri import without_loopback_port
from roboflow_auth.oauth.stored_clients import FOR_CALLERS_ALONE, NOT_FOR_PROGRAMS
from roboflow_auth.oauth.workspace_apps.rules import check_welcome
from roboflow_auth.workspaces.models import Workspace

RowT = TypeVar("RowT", bound=Model)

# Columns that are there for people to read, by the path from a connection.
_FOR_PEOPLE = {
    "": ("redirect_uri", "agreement_hash", "label", "allowed_at", "last_used_at", "withheld_scope"),
    "user__": ("password", "last_login", "is_superuser", "is_staff", "date_joined"),
    "client__": NOT_FOR_PROGRAMS,
}


@dataclass(frozen=True, slots=True)
class Parties:
    """Who an agreement is between, and where its answers go: everything that identifies it but the workspace.

    `granted_by` is the enterprise that agrees in the person's stead. What it grants is an agreement of its own.
    """

    user: User
    client: Client
    redirect_uri: str
    resource: Resource
    granted_by: TrustedIssuer | None = None


def with_agreement(
    rows: QuerySet[RowT], connection: str = "session__connection", *, is_shown: bool = True
) -> QuerySet[RowT]:
    """Return `rows` with the agreement that they hang off, `connection` away, as far as programs look at it.

    Its client is either shown with a token, or the caller itself.
    """
    unread = [f"{connection}__{path}{name}" for path, names in _FOR_PEOPLE.items() for name in names]
    if is_shown:
        unread += [f"{connection}__client__{name}" for name in FOR_CALLERS_ALONE]
    return rows.select_related(*(f"{connection}__{name}" for name in ("client", "user", "workspace"))).defer(*unread)


def live_connections(user: User, now: datetime) -> QuerySet[Connection]:
    """Return the agreements of `user` that hold at `now`: not ended, and in a workspace they never left since."""
    return Connection.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        user=user,
        revoked_at__isnull=True,
        workspace__memberships__user=user,
        # P-G4: who left and came back agreed to nothing in the meantime.
        workspace__memberships__joined_at__lte=F("created_at"),
    )


def list_connections(parties: Parties, now: datetime) -> list[Connection]:
    """Return the live agreements of `parties`, one per workspace the person still belongs to, last allowed first."""
    return list(
        live_connections(parties.user, now)
        .filter(
            client=parties.client,
            resource=parties.resource,
            redirect_uri=without_loopback_port(parties.redirect_uri),
        )
        .select_related("workspace")
        .order_by("-allowed_at")
    )


def has_connection(parties: Parties) -> bool:
    """Return whether the person ever connected the client with its answers going to the same place.

    A client that answers elsewhere now is not the one that they know.
    """
    return Connection.objects.filter(
        user=parties.user, client=parties.client, redirect_uri=without_loopback_port(parties.redirect_uri)
    ).exists()


def allow_connection(
    parties: Parties,
    workspace: Workspace,
    *,
    offered: frozenset[str],
    chosen: frozenset[str],
    expires_at: datetime | None,
    shown_metadata: dict[str, Any],
    by_staff: bool = False,
) -> Connection:
    """Return the agreement of `parties` for `workspace`, made or widened by `chosen` and lasting until `expires_at`.

    What the person was `offered` and did not choose is taken out: the last word counts. Scopes that were not part of
    this question stay as they are, for the agreement's other sessions (P-G4). What is allowed anew is allowed to the
    session that comes of it, and to no earlier one. Call it inside a transaction.

    It is the one way to an agreement, so the workspace's word on the app is asked for here: raises `NotWelcome`. What
    staff arranged themselves (`by_staff`) only a block keeps out.
    """
    check_welcome(parties.client, parties.redirect_uri, workspace, by_staff=by_staff)
    now = timezone.now()
    identity = _agreement_hash(parties, workspace)
    # An expired agreement is over, and so is one from before the person left the workspace and came back; extending it
    # would revive what they had let lapse.
    lapsed = Q(expires_at__lte=now) | Q(
        workspace__memberships__user=F("user"), workspace__memberships__joined_at__gt=F("created_at")
    )
    Connection.objects.filter(lapsed, agreement_hash=identity, revoked_at__isnull=True).update(revoked_at=now)
    connection, is_new = Connection.objects.get_or_create(
        agreement_hash=identity,
        revoked_at__isnull=True,
        defaults={
            "user": parties.user,
            "client": parties.client,
            "workspace": workspace,
            "resource": parties.resource,
            "redirect_uri": without_loopback_port(parties.redirect_uri),
            "granted_by": parties.granted_by,
            "scope": join_scopes(chosen),
            "shown_metadata": shown_metadata,
            "expires_at": expires_at,
            "created_at": now,
            "allowed_at": now,
        },
    )
    if is_new:
        # A client that somebody connected once is kept for good (P-C7).
        Client.objects.filter(pk=parties.client.pk, first_connected_at__isnull=True).update(first_connected_at=now)
    else:
        _widen(connection, offered, chosen, expires_at, shown_metadata, now)
    return connection


def revoke_connection(connection: Connection, reason: str) -> None:
    """End the agreement and all its sessions at once, on every node. Doing it again changes nothing."""
    with transaction.atomic():
        ended = Connection.objects.filter(pk=connection.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
        if ended:
            record_on_connection(connection, "revoke_connection", reason=reason)


def end_session(session: Session, reason: str, *, outcome: Outcome = Outcome.ALLOWED) -> bool:
    """End one family of tokens; the agreement and its other sessions go on. Return False when it was over already."""
    with transaction.atomic():
        ended = Session.objects.filter(pk=session.pk, ended_at__isnull=True).update(
            ended_at=timezone.now(), ended_reason=reason
        )
        if ended:
            record_on_session(session, "end_session", outcome=outcome, reason=reason)
    return bool(ended)


def record_on_session(session: Session, action: str, **details: Any) -> None:
    """Write down `action` on `session`, whose connection is loaded with person, client and workspace."""
    record_on_connection(session.connection, action, session_id=session.pk, **details)


def record_on_connection(connection: Connection, action: str, **details: Any) -> None:
    """Write down `action` on `connection`; `details` are those of `audit.recorder.draft_event`, and win."""
    record_event(action, **{**_parties_of(connection), **details})


def draft_on_session(session: Session, action: str, **details: Any) -> AuditEvent:
    """Return the row that `record_on_session` writes, for the caller to add with a change."""
    return draft_event(action, **{**_parties_of(session.connection), "session_id": session.pk, **details})


def _parties_of(connection: Connection) -> dict[str, Any]:
    return {
        "subject": str(connection.user.subject),
        "email": connection.user.email,
        "client_id": connection.client.client_id,
        "client_name": connection.client.name,
        "workspace": connection.workspace.slug,
        "connection_id": connection.pk,
    }


def join_scopes(scopes: Iterable[str]) -> str:
    """Return scopes as one column or parameter holds them: sorted, space separated."""
    return " ".join(sorted(scopes))


def _widen(
    connection: Connection,
    offered: frozenset[str],
    chosen: frozenset[str],
    expires_at: datetime | None,
    shown_metadata: dict[str, Any],
    now: datetime,
) -> None:
    # The row is locked, so that two answers at the same time add up.
    locked = Connection.objects.select_for_update().get(pk=connection.pk)
    if locked.granted_by_id is not None:
        # Nobody asked the person: what they took away stays away, and so does the end that they chose.
        chosen, expires_at = chosen - locked.withheld_scopes, locked.expires_at
    if not chosen <= locked.scopes:
        _clip_to(locked, now)
    connection.scope = join_scopes((locked.scopes - offered) | chosen)
    connection.expires_at = expires_at
    connection.shown_metadata = shown_metadata
    connection.allowed_at = now
    connection.save(update_fields=["scope", "expires_at", "shown_metadata", "allowed_at"])


def _clip_to(connection: Connection, now: datetime) -> None:
    """Leave what hangs off the locked `connection` no scope that was taken away from it since. Call it before it gains.

    Until then the connection itself keeps such scopes from being used. They are taken for good here, and not where they
    are taken away: what was redeemed or refreshed at that moment is stored by now, and found. Only a token request that
    read before the one and writes after the other keeps such a scope, in one access token.
    """
    holders: tuple[QuerySet[Any], ...] = (
        Session.objects.filter(connection=connection, ended_at__isnull=True),
        AccessToken.objects.filter(session__connection=connection, expires__gt=now),
        AuthorizationCode.objects.filter(session__connection=connection, redeemed_at__isnull=True),
    )
    for rows in holders:
        for scope in rows.order_by().values_list("scope", flat=True).distinct():
            held = frozenset(scope.split())
            if not held <= connection.scopes:
                rows.filter(scope=scope).update(scope=join_scopes(held & connection.scopes))


def _agreement_hash(parties: Parties, workspace: Workspace) -> str:
    identity = [
        parties.user.pk,
        parties.client.pk,
        without_loopback_port(parties.redirect_uri),
        parties.resource.value,
        workspace.pk,
        *([parties.granted_by.pk] if parties.granted_by else []),
    ]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()
