"""THE registry of scopes, levels and roles.

The consent page, the metadata, the policy, the REST views, the tools, the admin, the audit log and the docs read it;
nothing here is stated a second time anywhere. Scopes are flat: none implies another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from roboflow_auth.access.vocabulary import Action, RoleName


class Level(StrEnum):
    """What the consent page offers instead of a list of scopes. Each contains the ones before it."""

    READ = "read"
    LABEL = "label"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope: its name on the wire, the sentence of the consent page, the actions it unlocks.

    `level` is the lowest consent level that contains it. A scope without a level is either `is_sensitive` (keys,
    members, audit log: its own box, never preselected) or about the person's identity.
    """

    name: str
    consent: str
    actions: frozenset[Action]
    level: Level | None = None
    is_sensitive: bool = False
    is_destructive: bool = False

    @property
    def is_identity(self) -> bool:
        """Whether the scope is about the person and not about a workspace."""
        return not self.actions


def _scope(
    name: str,
    consent: str,
    *actions: Action,
    level: Level | None = None,
    sensitive: bool = False,
    destructive: bool = False,
) -> Scope:
    return Scope(name, consent, frozenset(actions), level, sensitive, destructive)


_ALL_SCOPES = (
    _scope(
        "workspace:read", "See the workspace, its name and who you are in it", Action.VIEW_WORKSPACE, level=Level.READ
    ),
    _scope("project:read", "See projects and their classes", Action.VIEW_PROJECT, Action.VIEW_TRASH, level=Level.READ),
    _scope("project:create", "Create projects", Action.CREATE_PROJECT, level=Level.MANAGE),
    _scope(
        "project:update",
        "Change projects, move them to the trash and back",
        Action.UPDATE_PROJECT,
        Action.DELETE_PROJECT,
        Action.RESTORE_PROJECT,
        level=Level.MANAGE,
        destructive=True,
    ),
    _scope("image:read", "See and search images and their annotations", Action.VIEW_IMAGE, level=Level.READ),
    _scope("image:create", "Upload images", Action.UPLOAD_IMAGE, level=Level.MANAGE),
    _scope("image:tag", "Change image tags and metadata", Action.TAG_IMAGE, level=Level.LABEL),
    _scope("image:annotate", "Draw and change annotations", Action.ANNOTATE_IMAGE, level=Level.LABEL),
    _scope("batch:read", "See upload batches", Action.VIEW_BATCH, level=Level.READ),
    _scope("batch:create", "Create upload batches", Action.CREATE_BATCH, level=Level.MANAGE),
    _scope("batch:update", "Merge and rename batches", Action.UPDATE_BATCH, level=Level.MANAGE, destructive=True),
    _scope("batch:delete", "Delete batches", Action.DELETE_BATCH, level=Level.MANAGE, destructive=True),
    _scope("annotation-job:read", "See labeling jobs", Action.VIEW_ANNOTATION_JOB, level=Level.READ),
    _scope("annotation-job:create", "Create and assign labeling jobs", Action.CREATE_ANNOTATION_JOB, level=Level.LABEL),
    _scope("annotation-job:update", "Change labeling jobs", Action.UPDATE_ANNOTATION_JOB, level=Level.LABEL),
    _scope(
        "annotation-job:submit-review",
        "Submit labeling jobs for review",
        Action.SUBMIT_ANNOTATION_JOB,
        level=Level.LABEL,
    ),
    _scope(
        "annotation-job:review", "Approve and reject labeled images", Action.REVIEW_ANNOTATION_JOB, level=Level.LABEL
    ),
    _scope(
        "annotation-job:return-edits",
        "Send labeling jobs back for edits",
        Action.RETURN_ANNOTATION_JOB,
        level=Level.LABEL,
    ),
    _scope(
        "annotation-job:accept", "Add labeled images to the dataset", Action.ACCEPT_ANNOTATION_JOB, level=Level.LABEL
    ),
    _scope(
        "annotation-job:delete",
        "Delete labeling jobs",
        Action.DELETE_ANNOTATION_JOB,
        level=Level.MANAGE,
        destructive=True,
    ),
    _scope(
        "annotation-job:delete-annotations",
        "Delete annotations in a job",
        Action.DELETE_ANNOTATIONS,
        level=Level.MANAGE,
        destructive=True,
    ),
    _scope(
        "version:read", "See and export dataset versions", Action.VIEW_VERSION, Action.EXPORT_VERSION, level=Level.READ
    ),
    _scope("version:create", "Generate dataset versions", Action.GENERATE_VERSION, level=Level.MANAGE),
    _scope(
        "version:update",
        "Move dataset versions to the trash and back",
        Action.DELETE_VERSION,
        Action.RESTORE_VERSION,
        level=Level.MANAGE,
        destructive=True,
    ),
    _scope(
        "api-key:read",
        "See API keys (never their secrets)",
        Action.VIEW_WORKSPACE_API_KEYS,
        Action.GET_API_KEY,
        sensitive=True,
    ),
    _scope("api-key:create", "Create API keys", Action.CREATE_API_KEY, sensitive=True),
    _scope("api-key:update", "Rename and disable API keys", Action.UPDATE_API_KEY, sensitive=True),
    _scope("api-key:revoke", "Revoke API keys", Action.REVOKE_API_KEY, sensitive=True),
    _scope("member:read", "See who is in the workspace", Action.VIEW_MEMBER, level=Level.READ),
    _scope("member:manage", "Invite and remove people, change roles", Action.MANAGE_MEMBER, sensitive=True),
    _scope("audit-log:read", "Read the audit log", Action.VIEW_AUDIT_LOG, sensitive=True),
    _scope("openid", "Confirm who you are"),
    _scope("profile", "See your name"),
    _scope("email", "See your e-mail address"),
    _scope("offline_access", "Stay connected when you are away"),
)

SCOPES: dict[str, Scope] = {scope.name: scope for scope in _ALL_SCOPES}
"""Every scope by name, in the order in which people are shown them."""

IDENTITY_SCOPES: frozenset[str] = frozenset(scope.name for scope in _ALL_SCOPES if scope.is_identity)

WORKSPACE_SCOPES: frozenset[str] = frozenset(SCOPES) - IDENTITY_SCOPES

SENSITIVE_SCOPES: frozenset[str] = frozenset(scope.name for scope in _ALL_SCOPES if scope.is_sensitive)

OFFLINE_ACCESS = "offline_access"

BASELINE: tuple[str, ...] = (
    "workspace:read",
    "project:read",
    "image:read",
    "version:read",
    "batch:read",
    "annotation-job:read",
)
"""What a client that names no scope asks for: protected resource metadata, 401 challenge, empty requests."""

_EVERY_ACTION = frozenset(Action)

_VIEWER = frozenset(
    {
        Action.VIEW_ANNOTATION_JOB,
        Action.VIEW_BATCH,
        Action.VIEW_IMAGE,
        Action.VIEW_MEMBER,
        Action.VIEW_PROJECT,
        Action.VIEW_VERSION,
        Action.VIEW_WORKSPACE,
    }
)

_LABELER = frozenset(
    {
        Action.ANNOTATE_IMAGE,
        Action.SUBMIT_ANNOTATION_JOB,
        Action.VIEW_ANNOTATION_JOB,
        Action.VIEW_IMAGE,
        Action.VIEW_PROJECT,
        Action.VIEW_WORKSPACE,
    }
)

_REVIEWER = (
    _VIEWER
    | _LABELER
    | frozenset(
        {
            Action.ACCEPT_ANNOTATION_JOB,
            Action.CREATE_ANNOTATION_JOB,
            Action.RETURN_ANNOTATION_JOB,
            Action.REVIEW_ANNOTATION_JOB,
            Action.TAG_IMAGE,
            Action.UPDATE_ANNOTATION_JOB,
        }
    )
)

ROLES: dict[RoleName, frozenset[Action]] = {
    RoleName.OWNER: _EVERY_ACTION,
    RoleName.ADMIN: _EVERY_ACTION - {Action.DELETE_WORKSPACE, Action.TRANSFER_WORKSPACE},
    RoleName.REVIEWER: _REVIEWER,
    RoleName.LABELER: _LABELER,
    RoleName.VIEWER: _VIEWER,
}

SCOPE_OF_ACTION: dict[Action, str] = {action: scope.name for scope in _ALL_SCOPES for action in scope.actions}
"""The one scope that unlocks an action; actions that are missing here can't be lent to a client at all."""


def scopes_of_level(level: Level) -> frozenset[str]:
    """Return the scopes that a consent level contains, including those of the levels below it."""
    contained = list(Level)[: list(Level).index(level) + 1]
    return frozenset(scope.name for scope in _ALL_SCOPES if scope.level in contained)


def usable_scopes(actions: frozenset[Action]) -> frozenset[str]:
    """Return the scopes of which someone with these `actions` can use at least a part, and all identity scopes."""
    return frozenset(scope.name for scope in _ALL_SCOPES if scope.is_identity or scope.actions & actions)


def known_scopes(names: Iterable[str]) -> frozenset[str]:
    """Return those of `names` that exist. Unknown ones are dropped, never fatal (P-A5)."""
    return frozenset(names) & SCOPES.keys()
