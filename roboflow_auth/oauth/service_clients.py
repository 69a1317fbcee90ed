"""Clients that act for themselves: a service account with one role in one workspace (protocol.md P-T6).

To everything behind the token endpoint a service is like a person who connected an app: it has an account (without a
password, and with an address that no mail reaches), a membership, and one standing connection for each resource. So its
role, its revocation and its audit rows are nobody's special case.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES, known_scopes
from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.statements import PreparedQuery
from roboflow_auth.oauth.connections import Parties, allow_connection, join_scopes, revoke_connection, with_agreement
from roboflow_auth.oauth.models import Client, Connection, Session
from roboflow_auth.oauth.stored_clients import find_caller, is_possible_client_id
from roboflow_auth.oauth.workspace_apps.rules import NotWelcome
from roboflow_auth.workspaces.models import Membership, Workspace

log = structlog.get_logger(__name__)

# RFC 2606 §2: nothing under this name ever exists, so no mail for a service reaches anybody.
_MAIL_DOMAIN = "service.invalid"


def find_service_client(client_id: str) -> Client | None:
    """Return the client `client_id` with the live sessions of its service. One statement where there is such a one."""
    if not is_possible_client_id(client_id):
        return None
    sessions = _LIVE_SESSIONS.all(client_id=client_id)
    if not sessions:
        return find_caller(client_id)
    client = sessions[0].connection.client
    client.service_sessions = sessions
    return client


def find_service_session(client: Client, resource: Resource) -> Session | None:
    """Return the session in which `client` acts on `resource`, or None if it may not.

    One that was ended, which revoking a token of it does, is followed by a new one.
    """
    known: Sequence[Session] = client.service_sessions
    found = next((session for session in known if session.connection.resource == resource.value), None)
    if found is not None:
        return found
    connection = (
        Connection.objects.filter(
            client=client,
            resource=resource.value,
            user=client.service_account,
            user__is_active=True,
            revoked_at__isnull=True,
            workspace__memberships__user=F("user"),
            workspace__memberships__joined_at__lte=F("created_at"),
        )
        .select_related("client", "user", "workspace")
        .first()
    )
    return Session.objects.create(connection=connection, scope=connection.scope) if connection else None


def arrange_service(client: Client) -> None:
    """Make the account, the membership and the connections of `client` what its `service_` fields say.

    A client that is to act nowhere, elsewhere or with another ceiling loses what it had before. Doing it again changes
    nothing. One that the workspace's admins blocked gets no connections. Call it with a saved client.
    """
    with transaction.atomic():
        workspace = client.service_workspace if client.may_use("client_credentials") else None
        _leave_others(client, workspace)
        if workspace is not None and client.service_role:
            try:
                _settle(client, workspace)
            except NotWelcome:
                log.warning("service_blocked_in_workspace", client_id=client.client_id, workspace=workspace.slug)


def retire_service(client: Client) -> None:
    """End the service of `client` for good: its account can't do anything any more. Call it before deleting one."""
    if client.service_account is not None:
        Membership.objects.filter(user=client.service_account).delete()
        User.objects.filter(pk=client.service_account.pk).update(is_active=False)


def _live_sessions(*, client_id: str) -> QuerySet[Session]:
    sessions = Session.objects.filter(
        connection__client__client_id=client_id,
        ended_at__isnull=True,
        connection__revoked_at__isnull=True,
        connection__user=F("connection__client__service_account"),
        connection__user__is_active=True,
        connection__workspace__memberships__user=F("connection__user"),
        connection__workspace__memberships__joined_at__lte=F("connection__created_at"),
    )
    return with_agreement(sessions, "connection", is_shown=False).order_by("pk")


_LIVE_SESSIONS = PreparedQuery(_live_sessions, client_id="client id")


def _leave_others(client: Client, workspace: Workspace | None) -> None:
    account = client.service_account
    if account is None:
        return
    Membership.objects.filter(user=account).exclude(workspace=workspace).delete()
    connections = Connection.objects.filter(client=client, user=account, revoked_at__isnull=True)
    for connection in connections.select_related("client", "user", "workspace"):
        if connection.workspace_id != (workspace and workspace.pk) or connection.resource not in client.resources:
            revoke_connection(connection, "service_changed")


def _settle(client: Client, workspace: Workspace) -> None:
    account = client.service_account or _make_account(client)
    User.objects.filter(pk=account.pk).update(name=client.display_name[:150])
    Membership.objects.update_or_create(
        user=account, workspace=workspace, defaults={"role": client.service_role, "own_role": None}
    )
    scopes = (known_scopes(client.scope_ceiling.split()) or WORKSPACE_SCOPES) & WORKSPACE_SCOPES
    for resource in client.resources:
        connection = allow_connection(
            Parties(account, client, "", Resource(resource)),
            workspace,
            offered=WORKSPACE_SCOPES,
            chosen=scopes,
            expires_at=None,
            shown_metadata={},
            by_staff=True,
        )
        live = Session.objects.filter(connection=connection, ended_at__isnull=True)
        if not live.update(scope=join_scopes(scopes)):
            Session.objects.create(connection=connection, scope=join_scopes(scopes))


def _make_account(client: Client) -> User:
    account = User.objects.create_user(f"{secrets.token_hex(16)}@{_MAIL_DOMAIN}", date_joined=timezone.now())
    client.service_account = account
    client.save(update_fields=["service_account"])
    return account
