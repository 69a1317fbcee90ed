"""The apps of a workspace: those that members connected, now or before, and those that its admins decided about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import NotFound
from roboflow_auth.core.sentences import sentence
from roboflow_auth.oauth.clients import ClientView, show_client
from roboflow_auth.oauth.known_clients.lookup import list_known_clients
from roboflow_auth.oauth.models import AppPolicy, Connection, WorkspaceApp, WorkspaceAppRequest
from roboflow_auth.oauth.workspace_apps.identity import hash_key, key_of_known, keys_of
from roboflow_auth.oauth.workspace_apps.rules import AppRules, Welcome, rules_of
from roboflow_auth.workspaces.models import Membership

# So many agreements of a workspace are looked at, the latest ones; the rest was over long ago.
MAX_CONNECTIONS = 5000


@dataclass(frozen=True)
class WorkspaceAppView:
    """One app in a workspace. `connections` are all that members made, the latest first; `id` names it in addresses.

    `live` are those that work now, and `outside` those of them that the rule would not let in any more.
    """

    id: str
    keys: frozenset[str]
    client: ClientView
    decision: WorkspaceApp | None = None
    connections: Sequence[Connection] = ()
    live: Sequence[Connection] = ()
    outside: Sequence[Connection] = ()

    @property
    def is_blocked(self) -> bool:
        """Whether admins blocked it."""
        return self.decision is not None and self.decision.decision == WorkspaceApp.Decision.BLOCKED

    @property
    def is_allowed(self) -> bool:
        """Whether admins allowed it, whatever the rule says."""
        return self.decision is not None and not self.is_blocked

    @cached_property
    def members(self) -> list[str]:
        """The e-mail addresses of the members who have it connected now."""
        return sorted({connection.user.email for connection in self.live})

    @cached_property
    def scopes(self) -> frozenset[str]:
        """All that members lent it together."""
        return frozenset().union(*(connection.scopes for connection in self.live))

    @property
    def first_seen_at(self) -> datetime | None:
        """When a member connected it for the first time."""
        return min((connection.created_at for connection in self.connections), default=None)

    @property
    def last_used_at(self) -> datetime | None:
        """When it was used here for the last time."""
        return max((c.last_used_at for c in self.connections if c.last_used_at), default=None)


@dataclass(frozen=True)
class WorkspaceApps:
    """The apps of a workspace, connected ones first and the last used before the others, and the workspace's rule."""

    policy: AppPolicy
    apps: Sequence[WorkspaceAppView]

    @property
    def outside(self) -> list[Connection]:
        """Connections that go on though the rule would not let them in any more."""
        return [connection for app in self.apps for connection in app.outside]


def list_apps(principal: Principal) -> WorkspaceApps:
    """Return the apps of the principal's workspace. Raises `Denied` for a role that does not manage apps.

    Four statements, and one for the audit row.
    """
    require(principal, Action.MANAGE_OAUTH_APP)
    found = read_apps(principal.workspace_id)
    record(principal, "view_apps", principal.workspace)
    return found


def find_app(principal: Principal, app_id: str) -> WorkspaceAppView:
    """Return one app of the principal's workspace: connected, decided about, asked for, or well known.

    Raises `NotFound`, and as `list_apps` does.
    """
    require(principal, Action.MANAGE_OAUTH_APP)
    return pick_app(principal.workspace_id, read_apps(principal.workspace_id), app_id)


def pick_app(workspace_id: int, found: WorkspaceApps, app_id: str) -> WorkspaceAppView:
    """Return the app `app_id` of a workspace whose apps were read. Raises `NotFound`."""
    app = next((app for app in found.apps if app.id == app_id), None)
    app = app or _asked_for(workspace_id, app_id) or _known_by(app_id)
    if app is None:
        raise NotFound(sentence("There is no such app in this workspace."))
    return app


def list_well_known(found: WorkspaceApps) -> list[tuple[str, str]]:
    """Return the entries of the catalogue that were neither decided about nor connected yet, as (id, name)."""
    met = {key for app in found.apps for key in app.keys}
    entries = [known for known in list_known_clients() if key_of_known(known) not in met and known.redirect_uris]
    return sorted(((hash_key(key_of_known(known)), known.name) for known in entries), key=lambda e: e[1].casefold())


def read_apps(workspace_id: int) -> WorkspaceApps:
    """Return the apps of a workspace, for whoever may see them. Three statements."""
    rules = rules_of([workspace_id])[workspace_id]
    decisions = list(WorkspaceApp.objects.filter(workspace=workspace_id).select_related("decided_by").order_by("pk"))
    grouped: defaultdict[str, list[Connection]] = defaultdict(list)
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for connection in _connections(workspace_id):
        words = keys_of(connection.client, connection.redirect_uri)
        grouped[words[0]].append(connection)
        keys[words[0]].update(words)
    apps = [_seen(rules, key, connections, keys[key], decisions) for key, connections in grouped.items()]
    met = {app.decision.pk for app in apps if app.decision}
    apps += [_decided(decision) for decision in decisions if decision.pk not in met]
    return WorkspaceApps(rules.policy, sorted(apps, key=_rank))


def _connections(workspace_id: int) -> QuerySet[Connection]:
    """Return the agreements of a workspace with person and client; `is_member` says whether the person is still in."""
    membership = Membership.objects.filter(
        workspace=workspace_id, user=OuterRef("user"), joined_at__lte=OuterRef("created_at")
    )
    rows = Connection.objects.filter(workspace=workspace_id).select_related("user", "client")
    return rows.annotate(is_member=Exists(membership)).order_by("-pk")[:MAX_CONNECTIONS]


def _seen(
    rules: AppRules, key: str, connections: list[Connection], keys: set[str], decisions: list[WorkspaceApp]
) -> WorkspaceAppView:
    now = timezone.now()
    live = [connection for connection in connections if _is_live(connection, now)]
    latest = (live or connections)[0]
    return WorkspaceAppView(
        id=hash_key(key),
        keys=frozenset(keys),
        client=show_client(latest.client, latest.redirect_uri),
        decision=_decision_about(keys, decisions),
        connections=connections,
        live=live,
        outside=[c for c in live if rules.welcome(c.client, c.redirect_uri) is not Welcome.ALLOWED],
    )


def _is_live(connection: Connection, now: datetime) -> bool:
    is_member: bool = connection.is_member  # type: ignore[attr-defined]
    return connection.is_live(now) and is_member and connection.user.is_active and not connection.client.is_disabled


def _decision_about(keys: set[str], decisions: list[WorkspaceApp]) -> WorkspaceApp | None:
    found = [decision for decision in decisions if keys & set(decision.keys)]
    blocks = [decision for decision in found if decision.decision == WorkspaceApp.Decision.BLOCKED]
    return next(iter(blocks or found), None)


def _decided(decision: WorkspaceApp) -> WorkspaceAppView:
    # Nobody connected it, so there is nothing by which its identity could be judged: it has no badge.
    return WorkspaceAppView(decision.key_hash, frozenset(decision.keys), ClientView(decision.name, ""), decision)


def _known_by(app_id: str) -> WorkspaceAppView | None:
    for known in list_known_clients():
        if hash_key(key_of_known(known)) == app_id:
            return WorkspaceAppView(app_id, frozenset({key_of_known(known)}), ClientView(known.name, ""))
    return None


def _asked_for(workspace_id: int, app_id: str) -> WorkspaceAppView | None:
    rows = WorkspaceAppRequest.objects.filter(workspace=workspace_id, decided_at__isnull=True).select_related("client")
    for row in rows:
        keys = keys_of(row.client, row.redirect_uri)
        if hash_key(keys[0]) == app_id:
            return WorkspaceAppView(app_id, frozenset(keys), show_client(row.client, row.redirect_uri))
    return None


def _rank(app: WorkspaceAppView) -> tuple[bool, float]:
    used = app.last_used_at or app.first_seen_at
    return (not app.live, -used.timestamp() if used else 0.0)
