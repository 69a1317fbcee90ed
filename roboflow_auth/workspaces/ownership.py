"""What the owner alone may do: renaming the workspace, giving it to somebody else, deleting it for good."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.recorder import record, record_refusal
from roboflow_auth.core.errors import Conflict, InvalidInput
from roboflow_auth.core.removal import hold, remove
from roboflow_auth.core.sentences import sentence
from roboflow_auth.core.text import check_text
from roboflow_auth.workspaces.members import find_member
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.selectors import find_membership, find_workspace, principal_of_member

MAX_NAME = 120


def rename_workspace(principal: Principal, name: str) -> Workspace:
    """Return the principal's workspace under its new name; its slug stays, since addresses and ids hold it.

    Raises `InvalidInput` for a name that is none, and as `find_workspace` does.
    """
    with transaction.atomic():
        workspace = find_workspace(principal, principal.workspace, to=Action.TRANSFER_WORKSPACE)
        before, workspace.name = workspace.name, check_text(name, sentence("The name"), max_length=MAX_NAME)
        workspace.save(update_fields=["name"])
        record(principal, "rename_workspace", workspace.slug, detail=f"{before} → {workspace.name}")
    return workspace


def list_heirs(principal: Principal) -> list[Membership]:
    """Return the members to whom the workspace could be given: those with an account that mail reaches."""
    require(principal, Action.TRANSFER_WORKSPACE)
    rows = Membership.objects.filter(
        workspace_id=principal.workspace_id,
        user__is_active=True,
        user__emailaddress__verified=True,
        user__emailaddress__primary=True,
    ).exclude(user_id=principal.user_id)
    return list(rows.select_related("user", "own_role").order_by("user__email", "id"))


def transfer_workspace(principal: Principal, member_id: int) -> Membership:
    """Return the membership that owns the workspace now; who owned it before is an admin.

    Raises `NotFound` for no member, and `Conflict` for someone who can't own it, or who owns it already.
    """
    with transaction.atomic():
        # Whoever gives it away in two windows at once does so once.
        Workspace.objects.select_for_update().get(pk=principal.workspace_id)
        heir = find_member(principal, member_id, to=Action.TRANSFER_WORKSPACE)
        if heir.pk not in {possible.pk for possible in list_heirs(principal)}:
            raise Conflict(sentence("The new owner needs an account with a confirmed e-mail address."))
        # In this order, for there is one owner at any time at the most.
        mine = Membership.objects.filter(workspace_id=principal.workspace_id, user_id=principal.user_id)
        if not mine.filter(role=RoleName.OWNER).update(role=RoleName.ADMIN):
            raise Conflict(sentence("The workspace has another owner by now."))
        heir.role, heir.own_role = RoleName.OWNER, None
        heir.save(update_fields=["role", "own_role"])
        record(principal, Action.TRANSFER_WORKSPACE, heir.user.email)
    return heir


def delete_workspace(principal: Principal, typed_slug: str) -> None:
    """Delete the principal's workspace with all that is in it: projects, members, keys, connections. The log stays.

    Raises `InvalidInput` unless `typed_slug` is the workspace's, so that nobody does it by mistake, and `Conflict`
    where others write into it all the time.
    """
    workspace = find_workspace(principal, principal.workspace, to=Action.DELETE_WORKSPACE)
    if typed_slug.strip() != workspace.slug:
        raise InvalidInput(sentence("Type %(name)s to confirm.", name=workspace.slug))
    with transaction.atomic():
        _hold_as_owner(principal)
        close_workspace(workspace.pk)
    try:
        remove(partial(_delete, principal))
    except Conflict as refusal:
        record_refusal(principal, Action.DELETE_WORKSPACE, refusal, workspace.slug)
        raise


def close_workspace(workspace_id: int) -> None:
    """End everything that was connected to a workspace, tokens and keys alike, before it is deleted. One statement.

    Its people stay, so that the owner can try again should this server stop before the workspace is deleted.
    """
    # P-G4: what was connected before somebody joined is over, so now everybody joins anew.
    Membership.objects.filter(workspace=workspace_id).update(joined_at=timezone.now())


def _delete(principal: Principal) -> None:
    if _hold_as_owner(principal):
        Workspace.objects.filter(pk=principal.workspace_id).delete()
        record(principal, Action.DELETE_WORKSPACE, principal.workspace, detail=principal.workspace_name)


def _hold_as_owner(principal: Principal) -> bool:
    """Return whether the workspace is still there, held. Raises `Denied` for who gave it away since they asked."""
    if not hold(Workspace.objects.filter(pk=principal.workspace_id)):
        return False
    user = User.objects.get(pk=principal.user_id)
    require(principal_of_member(find_membership(user, principal.workspace)), Action.DELETE_WORKSPACE)
    return True
