"""What a person changes about the apps that they connected (pages.md, "Connected apps"; protocol.md P-G2 to P-G4).

Each change is felt at the app's next call, since every call looks at the connection and the session anew. A person
finds only what is their own: anything else is `NotFound`, whether it exists or not.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from roboflow_auth.access.catalogue import IDENTITY_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import InvalidInput, NotFound
from roboflow_auth.oauth.authorization.question import Duration
from roboflow_auth.oauth.connections import (
    end_session,
    join_scopes,
    live_connections,
    record_on_connection,
    record_on_session,
    revoke_connection,
)
from roboflow_auth.oauth.models import Connection, Session
from roboflow_auth.oauth.tokens import move_token_ends

BY_PERSON = "by_person"


def find_connection(user: User, connection_id: int) -> Connection:
    """Return a connection of `user`, live or over, with its client and workspace. Raises `NotFound`."""
    found = Connection.objects.filter(user=user, pk=connection_id).select_related("client", "workspace", "user").first()
    if found is None:
        raise NotFound(_("There is no such connection."))
    return found


def narrow_scopes(user: User, connection_id: int, kept: Iterable[str]) -> Connection:
    """Leave the app no other workspace scopes than `kept`, which it must have now: nothing can be added here.

    Identity scopes stay, they go with the connection. Raises `NotFound`, `InvalidInput`.
    """
    wanted = frozenset(kept)
    with transaction.atomic():
        connection = _claim_connection(user, connection_id)
        lent = connection.scopes - IDENTITY_SCOPES
        if not wanted <= lent:
            raise InvalidInput(_("You can only take away here. To give more, let the app ask you again."))
        if not wanted:
            raise InvalidInput(_("Leave at least one permission, or disconnect the app."))
        if wanted != lent:
            connection.scope = join_scopes(wanted | (connection.scopes & IDENTITY_SCOPES))
            if connection.granted_by_id is not None:
                # Nobody asks the person when the enterprise grants the next time, so this has to be remembered.
                connection.withheld_scope = join_scopes(connection.withheld_scopes | (lent - wanted))
            connection.save(update_fields=["scope", "withheld_scope"])
            record_on_connection(connection, "narrow_connection", detail=f"took away {join_scopes(lent - wanted)}")
    return connection


def change_expiry(user: User, connection_id: int, duration: Duration) -> Connection:
    """Let the connection end after `duration`, counted from now, sooner or later than before (P-G3).

    Raises `NotFound`.
    """
    with transaction.atomic():
        connection = _claim_connection(user, connection_id)
        earlier_end, connection.expires_at = connection.expires_at, duration.expires_at(timezone.now())
        connection.save(update_fields=["expires_at"])
        move_token_ends(connection, earlier_end)
        detail = connection.expires_at.isoformat() if connection.expires_at else "no end"
        record_on_connection(connection, "change_expiry", detail=detail)
    return connection


def label_connection(user: User, connection_id: int, label: str) -> Connection:
    """Call the connection `label`; an empty one gives it the app's own name back. Raises `NotFound`."""
    with transaction.atomic():
        connection = _claim_connection(user, connection_id)
        connection.label = label
        connection.save(update_fields=["label"])
        record_on_connection(connection, "label_connection", detail=label)
    return connection


def label_session(user: User, connection_id: int, session_id: int, label: str) -> Session:
    """Call a session `label`. Raises `NotFound`."""
    with transaction.atomic():
        session = _claim_session(user, connection_id, session_id)
        session.label = label
        session.save(update_fields=["label"])
        record_on_session(session, "label_session", detail=label)
    return session


def end_own_session(user: User, connection_id: int, session_id: int) -> Session:
    """End one session; the connection and its other sessions go on (P-G4). Raises `NotFound`."""
    with transaction.atomic():
        session = _claim_session(user, connection_id, session_id)
        end_session(session, BY_PERSON)
    return session


def disconnect(user: User, connection_id: int) -> Connection:
    """End the connection and all its sessions (P-G4). Raises `NotFound`."""
    with transaction.atomic():
        connection = _claim_connection(user, connection_id)
        revoke_connection(connection, BY_PERSON)
    return connection


def disconnect_all(user: User) -> int:
    """End every connection of `user`, those in workspaces they left as well; return how many there were."""
    with transaction.atomic():
        now = timezone.now()
        held = Connection.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now), user=user, revoked_at__isnull=True
        )
        connections = list(held.select_related("client", "workspace", "user").order_by("pk"))
        for connection in connections:
            revoke_connection(connection, BY_PERSON)
    return len(connections)


def _claim_connection(user: User, connection_id: int) -> Connection:
    """Return a live connection of `user`, locked until the transaction at hand ends."""
    found = (
        live_connections(user, timezone.now())
        .filter(pk=connection_id)
        .select_related("client", "workspace", "user")
        .select_for_update(of=("self",))
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such connection, or it is over."))
    return found


def _claim_session(user: User, connection_id: int, session_id: int) -> Session:
    """Return a session of `user` that was not ended, in a live connection that is locked."""
    connection = _claim_connection(user, connection_id)
    session = Session.objects.filter(pk=session_id, connection=connection, ended_at__isnull=True).first()
    if session is None:
        raise NotFound(_("There is no such session, or it is over."))
    session.connection = connection
    return session
