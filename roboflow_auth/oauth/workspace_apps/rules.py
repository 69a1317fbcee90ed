"""Which apps may be connected to a workspace: what its admins said of the app, else the workspace's rule.

It is looked at when a person is asked, and once more, under a lock, where the agreement is made
(`connections.allow_connection`). Blocking takes the same lock and ends what is connected in the same transaction. So an
agreement was either made before a block, and is ended by it, or it meets the block and is not made; tokens need no look
of their own, because each hangs off an agreement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from roboflow_auth.oauth.clients import show_client
from roboflow_auth.oauth.errors import AccessDenied
from roboflow_auth.oauth.models import AppPolicy, Client, WorkspaceApp, WorkspacePolicy
from roboflow_auth.oauth.workspace_apps.identity import every_key_of, keys_of
from roboflow_auth.workspaces.models import Workspace

Decision = WorkspaceApp.Decision


class Welcome(Enum):
    """How a workspace takes an app."""

    ALLOWED = "allowed"
    ASKS = "asks"
    REFUSED = "refused"
    BLOCKED = "blocked"


class NotWelcome(AccessDenied):
    """The workspace does not let this app be connected to it (RFC 6749 §4.1.2.1: this server denies it)."""

    def __init__(self, welcome: Welcome) -> None:
        super().__init__("The admins of this workspace do not allow the app there.", detail=welcome.value)
        self.welcome = welcome


@dataclass(frozen=True, slots=True)
class AppRules:
    """The rule of one workspace, and the words by which the apps are recognized that it decided about."""

    policy: AppPolicy = AppPolicy.ALL
    decisions: Mapping[str, WorkspaceApp.Decision] = field(default_factory=dict)

    def welcome(self, client: Client, redirect_uri: str) -> Welcome:
        """Return how the workspace takes `client`, whose answer goes to `redirect_uri`.

        What was decided about an app goes before the rule, and a block before everything.
        """
        if any(self.decisions.get(key) is Decision.BLOCKED for key in every_key_of(client, redirect_uri)):
            return Welcome.BLOCKED
        is_allowed = any(self.decisions.get(key) is Decision.ALLOWED for key in keys_of(client, redirect_uri))
        if is_allowed or self.policy is AppPolicy.ALL:
            return Welcome.ALLOWED
        if self.policy is AppPolicy.VERIFIED and show_client(client, redirect_uri).badge == "verified":
            return Welcome.ALLOWED
        return Welcome.ASKS if self.policy is AppPolicy.ASK else Welcome.REFUSED


def rules_of(workspace_ids: Collection[int]) -> Mapping[int, AppRules]:
    """Return the rules of workspaces, those of one that never decided anything included. Two statements."""
    stored = dict(WorkspacePolicy.objects.filter(workspace__in=workspace_ids).values_list("workspace_id", "policy"))
    decided = WorkspaceApp.objects.filter(workspace__in=workspace_ids).order_by("pk")
    decisions: defaultdict[int, dict[str, WorkspaceApp.Decision]] = defaultdict(dict)
    # Two decisions can name the same word, where the catalogue joined two apps; the block is the one that counts.
    for workspace_id, keys, decision in decided.values_list("workspace_id", "keys", "decision"):
        for key in keys:
            if decisions[workspace_id].get(key) is not Decision.BLOCKED:
                decisions[workspace_id][key] = Decision(decision)
    return {pk: AppRules(AppPolicy(stored.get(pk, AppPolicy.ALL)), decisions[pk]) for pk in workspace_ids}


def lock_apps(workspace_id: int) -> None:
    """Let nobody else make agreements or decide about apps in the workspace until the transaction ends.

    Members, projects and tokens are not held up: the lock does not conflict with references to the row. Raises
    `Workspace.DoesNotExist` for one that was deleted meanwhile.
    """
    Workspace.objects.select_for_update(no_key=True).filter(pk=workspace_id).values_list("pk", flat=True).get()


def check_welcome(client: Client, redirect_uri: str, workspace: Workspace, *, by_staff: bool = False) -> None:
    """Return when `client` may be connected to `workspace`, which stays so until the transaction ends.

    What staff arranged themselves (`by_staff`) only a block keeps out. Raises `NotWelcome`. Call it in a transaction.
    """
    lock_apps(workspace.pk)
    welcome = rules_of([workspace.pk])[workspace.pk].welcome(client, redirect_uri)
    if welcome is Welcome.BLOCKED or (welcome is not Welcome.ALLOWED and not by_staff):
        raise NotWelcome(welcome)


def is_blocked(client: Client, workspace_id: int) -> bool:
    """Return whether the admins of a workspace blocked `client`, wherever it answers. One statement."""
    blocks = WorkspaceApp.objects.filter(workspace=workspace_id, decision=Decision.BLOCKED).values_list(
        "keys", flat=True
    )
    words = every_key_of(client)
    return any(words & set(keys) for keys in blocks)
