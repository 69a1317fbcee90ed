"""What admins do about apps: set the rule, allow, block, take a decision back, end connections.

Each holds the lock of `rules.lock_apps` and writes what it did in the same transaction. A block is felt at the next
call, on every node: it revokes the agreements in one statement, and every look-up of a token reads its agreement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.recorder import record, record_event
from roboflow_auth.core.errors import InvalidInput, NotFound
from roboflow_auth.core.sentences import sentence
from roboflow_auth.oauth.models import AccessToken, AppPolicy, Client, Connection, WorkspaceApp, WorkspacePolicy
from roboflow_auth.oauth.workspace_apps.identity import every_key_of
from roboflow_auth.oauth.workspace_apps.requests import answer_requests
from roboflow_auth.oauth.workspace_apps.rules import Decision, lock_apps
from roboflow_auth.oauth.workspace_apps.seen import WorkspaceApps, WorkspaceAppView, find_app, read_apps

BLOCKED_BY_ADMIN = "app_blocked_in_workspace"
OUTSIDE_THE_RULE = "app_not_allowed_any_more"
ENDED_BY_ADMIN = "ended_by_workspace_admin"


def set_policy(principal: Principal, policy: str, *, keep_connected: bool = False) -> None:
    """Make `policy` the rule of the principal's workspace; what is connected goes on until somebody ends it.

    With `keep_connected` every app that members have connected now, and that is not blocked, is allowed by name. Raises
    `InvalidInput` for what is no rule.
    """
    require(principal, Action.MANAGE_OAUTH_APP)
    if policy not in AppPolicy.values:
        raise InvalidInput(sentence("Choose one of the rules."))
    with transaction.atomic():
        lock_apps(principal.workspace_id)
        if keep_connected:
            for app in read_apps(principal.workspace_id).apps:
                if app.live and app.decision is None:
                    _decide(principal, app, Decision.ALLOWED)
        WorkspacePolicy.objects.update_or_create(
            workspace_id=principal.workspace_id, defaults={"policy": policy, "changed_at": timezone.now()}
        )
        answer_requests(principal)
        record(principal, "set_app_policy", principal.workspace, detail=policy)


def allow_app(principal: Principal, app_id: str) -> WorkspaceAppView:
    """Let members connect the app whatever the rule says, and answer those who asked. Raises as `find_app` does."""
    with transaction.atomic():
        lock_apps(principal.workspace_id)
        app = find_app(principal, app_id)
        _decide(principal, app, Decision.ALLOWED)
        answer_requests(principal)
    return app


def block_app(principal: Principal, app_id: str) -> int:
    """End every connection of the app in the principal's workspace, and let nobody connect it there again.

    Return how many connections ended. Raises as `find_app` does.
    """
    with transaction.atomic():
        lock_apps(principal.workspace_id)
        app = find_app(principal, app_id)
        _decide(principal, app, Decision.BLOCKED)
        ended = _end(principal, _connected(principal, app.keys), BLOCKED_BY_ADMIN)
        _revoke_exchanged(principal, app.keys)
        answer_requests(principal)
    return ended


def forget_decision(principal: Principal, app_id: str) -> WorkspaceAppView:
    """Take back what was decided about the app, so that the rule counts for it; nothing that ended comes back.

    Raises as `find_app` does.
    """
    with transaction.atomic():
        lock_apps(principal.workspace_id)
        app = find_app(principal, app_id)
        if app.decision is not None:
            _forget(principal, app.keys)
            action = "unblock_app" if app.is_blocked else "forget_allowed_app"
            record(principal, action, app.client.name)
    return app


def disconnect_member(principal: Principal, app_id: str, connection_id: int) -> Connection:
    """End one member's connection. Raises `NotFound` for one that is not the app's, or over, and as `find_app` does."""
    with transaction.atomic():
        lock_apps(principal.workspace_id)
        app = find_app(principal, app_id)
        connection = next((c for c in app.live if c.pk == connection_id), None)
        if connection is None:
            raise NotFound(sentence("There is no such connection."))
        _end(principal, [connection], ENDED_BY_ADMIN)
    return connection


def end_outside(principal: Principal) -> int:
    """End the connections that the rule would not let in any more; return how many."""
    require(principal, Action.MANAGE_OAUTH_APP)
    with transaction.atomic():
        lock_apps(principal.workspace_id)
        apps: WorkspaceApps = read_apps(principal.workspace_id)
        return _end(principal, apps.outside, OUTSIDE_THE_RULE)


def _decide(principal: Principal, app: WorkspaceAppView, decision: WorkspaceApp.Decision) -> None:
    _forget(principal, app.keys)
    earlier = set(app.decision.keys) if app.decision else set()
    WorkspaceApp.objects.create(
        workspace_id=principal.workspace_id,
        key_hash=app.id,
        keys=sorted(app.keys | earlier),
        name=app.client.name[:255],
        decision=decision,
        decided_by_id=principal.user_id,
    )
    record(principal, "block_app" if decision is Decision.BLOCKED else "allow_app", app.client.name)


def _forget(principal: Principal, keys: Collection[str]) -> None:
    """Take back every decision about an app that is recognized by one of `keys`."""
    decisions = WorkspaceApp.objects.filter(workspace=principal.workspace_id)
    pks = [pk for pk, decided in decisions.values_list("pk", "keys") if set(decided) & set(keys)]
    WorkspaceApp.objects.filter(pk__in=pks).delete()


def _connected(principal: Principal, keys: Collection[str]) -> list[Connection]:
    """Return every agreement of the app that is not revoked, whether it would work now or not."""
    rows = Connection.objects.filter(workspace=principal.workspace_id, revoked_at__isnull=True)
    return [
        connection
        for connection in rows.select_related("client", "user")
        if set(keys) & every_key_of(connection.client, connection.redirect_uri)
    ]


def _revoke_exchanged(principal: Principal, keys: Collection[str]) -> None:
    """End what the app got in exchange for tokens of others (RFC 8693): it acts in their connections, not its own."""
    tokens = AccessToken.objects.filter(
        session__connection__workspace=principal.workspace_id,
        parent__isnull=False,
        revoked_at__isnull=True,
        expires__gt=timezone.now(),
    )
    clients = Client.objects.filter(pk__in=tokens.order_by().values("application")).distinct()
    blocked = [client.pk for client in clients if set(keys) & every_key_of(client)]
    if blocked:
        pks = tokens.filter(application__in=blocked).values("pk")
        AccessToken.objects.filter(pk__in=pks).update(revoked_at=timezone.now())


def _end(principal: Principal, connections: Iterable[Connection], reason: str) -> int:
    """Revoke `connections` in one statement, with a row each in the log that names the admin and the member."""
    connections = list(connections)
    pks = [connection.pk for connection in connections]
    Connection.objects.filter(pk__in=pks, revoked_at__isnull=True).update(revoked_at=timezone.now())
    for connection in connections:
        record_event(
            "revoke_connection",
            subject=principal.subject,
            email=principal.email,
            client_id=connection.client.client_id,
            client_name=connection.client.name,
            workspace=principal.workspace,
            connection_id=connection.pk,
            target=connection.user.email,
            reason=reason,
        )
    return len(connections)
