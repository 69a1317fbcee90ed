"""The roles of a workspace: the system's and its own, who may give which, and making, changing and removing own ones.

Nobody makes, changes or gives a role that contains more than they may do themselves; what only owners may is in none.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.text import slugify

from roboflow_auth.access.catalogue import ROLES
from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.access.wording import OWNERS_ALONE
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import Conflict, Denied, InvalidInput, NotFound
from roboflow_auth.core.sentences import sentence
from roboflow_auth.core.text import check_text, is_printable
from roboflow_auth.workspaces.models import (
    ROLE_LABELS,
    Membership,
    Role,
    Workspace,
    join_actions,
    label_of_role,
    split_actions,
)

MAX_OWN_ROLES = 50
_MAX_NAME = 60
_SLUG_LENGTH = 25
# The system's, and what stands in an address where a slug would.
_NO_SLUGS = frozenset({*ROLES, "new"})


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role with what it allows and how many members have it; `own` is the row of one that the workspace made."""

    slug: str
    label: str
    actions: frozenset[Action]
    members: int = 0
    own: Role | None = None


def list_roles(principal: Principal) -> list[RoleView]:
    """Return the system's roles and then the workspace's own, by name. Two statements."""
    require(principal, Action.VIEW_MEMBER)
    counted = Membership.objects.filter(workspace_id=principal.workspace_id).values_list("role").annotate(Count("id"))
    counts = dict(counted.order_by())
    return [_view(role.value, None, counts) for role in RoleName] + [
        _view(own.slug, own, counts)
        for own in Role.objects.filter(workspace_id=principal.workspace_id).order_by("name")
    ]


def roles_to_give(principal: Principal, roles: Iterable[RoleView]) -> list[RoleView]:
    """Return those of `roles` that the principal may give to others: none that contain more than its own."""
    return [role for role in roles if role.slug != RoleName.OWNER and role.actions <= principal.actions]


def find_role_to_give(principal: Principal, slug: str) -> RoleView:
    """Return the role `slug`, whose row, if it has one, is locked. Call it in a transaction.

    Raises `NotFound` for no role, and `Denied` for one that contains more than the principal's own.
    """
    if slug == RoleName.OWNER:
        raise Denied(
            sentence("Nobody is made an owner like this."), hint="The owner can give the workspace to somebody else."
        )
    found = _view(slug, None, {}) if slug in ROLES else _view(slug, _lock_role(principal, slug), {})
    _check_within(principal, found.actions, sentence("This role may do more than you."))
    return found


def find_role(principal: Principal, slug: str, *, to: Action) -> Role:
    """Return the workspace's own role `slug`. Raises `NotFound`, and `Denied` as `access.require` does."""
    require(principal, to)
    found = Role.objects.filter(workspace_id=principal.workspace_id, slug=slug).first()
    if found is None:
        raise NotFound(sentence("There is no such role."))
    return found


def choosable_actions(principal: Principal) -> frozenset[Action]:
    """Return what the principal may put into a role."""
    return principal.actions - OWNERS_ALONE


def create_role(principal: Principal, name: str, actions: Iterable[Action]) -> Role:
    """Return a new role of the principal's workspace, with `actions` and seeing the workspace, which all roles may.

    Raises `InvalidInput` for a name that is none and for actions that the principal can't give, and `Conflict` for a
    name that is taken and for one role too many.
    """
    with transaction.atomic():
        require(principal, Action.MANAGE_ROLE)
        chosen = _check_actions(principal, actions)
        # The lock lets nobody else count or name roles of this workspace in the meantime.
        Workspace.objects.select_for_update().get(pk=principal.workspace_id)
        if Role.objects.filter(workspace_id=principal.workspace_id).count() >= MAX_OWN_ROLES:
            raise Conflict(sentence("A workspace has %(limit)s roles of its own at the most.", limit=MAX_OWN_ROLES))
        wanted = _check_name(principal, name)
        role = Role.objects.create(
            workspace_id=principal.workspace_id,
            slug=_free_slug(principal, wanted),
            name=wanted,
            actions=join_actions(chosen),
        )
        record(principal, "create_role", role.slug, detail=role.actions)
    return role


def change_role(principal: Principal, slug: str, name: str, actions: Iterable[Action]) -> Role:
    """Return the workspace's own role `slug`, now called `name` and with `actions`, which its members feel at once.

    Raises as `create_role` does, `NotFound`, and `Denied` for a role that may do more than the principal.
    """
    with transaction.atomic():
        require(principal, Action.MANAGE_ROLE)
        Workspace.objects.select_for_update().get(pk=principal.workspace_id)
        role = _lock_role(principal, slug)
        _check_within(principal, split_actions(role.actions), sentence("This role may do more than you."))
        role.name = _check_name(principal, name, besides=role)
        role.actions = join_actions(_check_actions(principal, actions))
        role.save(update_fields=["name", "actions"])
        record(principal, "change_role", role.slug, detail=role.actions)
    return role


def remove_role(principal: Principal, slug: str) -> Role:
    """Return the workspace's own role `slug` as it was. Raises `Conflict` while somebody has it or is invited to it."""
    with transaction.atomic():
        require(principal, Action.MANAGE_ROLE)
        role = _lock_role(principal, slug)
        _check_within(principal, split_actions(role.actions), sentence("This role may do more than you."))
        if role.memberships.exists() or role.invitations.exists():
            raise Conflict(sentence("Somebody has this role or is invited to it. Give them another one first."))
        role.delete()
        record(principal, "remove_role", role.slug)
    return role


def _view(slug: str, own: Role | None, counts: dict[str, int]) -> RoleView:
    actions = split_actions(own.actions) if own else ROLES[RoleName(slug)]
    return RoleView(slug, label_of_role(slug, own), actions, counts.get(slug, 0), own)


def _lock_role(principal: Principal, slug: str) -> Role:
    # Whoever gives a role and whoever removes it take turns.
    rows = Role.objects.select_for_update().filter(workspace_id=principal.workspace_id, slug=slug)
    found = rows.first() if is_printable(slug) else None
    if found is None:
        raise NotFound(sentence("There is no such role."))
    return found


def _check_within(principal: Principal, actions: frozenset[Action], refusal: str) -> None:
    beyond = actions - principal.actions
    if beyond:
        raise Denied(refusal, hint="The owner can do it.", detail=f"role {principal.role} lacks {min(beyond)}")


def _check_actions(principal: Principal, actions: Iterable[Action]) -> frozenset[Action]:
    chosen = frozenset(actions) | {Action.VIEW_WORKSPACE}
    if not chosen <= choosable_actions(principal):
        raise InvalidInput(sentence("A role may not contain more than your own."))
    return chosen


def _check_name(principal: Principal, name: str, besides: Role | None = None) -> str:
    wanted = check_text(name, sentence("The name"), max_length=_MAX_NAME)
    others = Role.objects.filter(workspace_id=principal.workspace_id, name__iexact=wanted)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    system = {role.value for role in RoleName} | {str(label).casefold() for label in ROLE_LABELS.values()}
    if wanted.casefold() in system or others.exists():
        raise Conflict(sentence("There is a role of this name already."))
    return wanted


def _free_slug(principal: Principal, name: str) -> str:
    wanted = slugify(name)[:_SLUG_LENGTH].strip("-_") or "role"
    is_taken = Role.objects.filter(workspace_id=principal.workspace_id, slug=wanted).exists()
    return f"{wanted}-{secrets.token_hex(3)}" if is_taken or wanted in _NO_SLUGS else wanted
