"""Who belongs to a workspace: listing them, changing roles, removing somebody, leaving.

Nobody changes what the owner is, and nobody touches someone who may do more than they may. Whatever was connected to
the workspace ends with the membership: every look-up of a token or key joins it (protocol.md P-G4).
"""

from __future__ import annotations

from django.db import transaction

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action, RoleName
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import Conflict, Denied, NotFound
from roboflow_auth.core.paging import Page, page
from roboflow_auth.core.sentences import sentence
from roboflow_auth.workspaces.models import Invitation, Membership
from roboflow_auth.workspaces.roles import find_role_to_give


def list_roster(principal: Principal, *, limit: int = 50, offset: int = 0) -> Page[Membership]:
    """Return a page of the members with person and role, in the order in which they joined. Two statements."""
    require(principal, Action.VIEW_MEMBER)
    rows = Membership.objects.filter(workspace_id=principal.workspace_id).select_related("user", "own_role")
    found = page(rows.order_by("id"), limit=limit, offset=offset)
    record(principal, Action.VIEW_MEMBER, principal.workspace)
    return found


def find_member(principal: Principal, member_id: int, *, to: Action) -> Membership:
    """Return a membership of the principal's workspace with person and role, locked; call it in a transaction.

    Raises `NotFound` for one of another workspace, `Denied` as `access.require` does.
    """
    require(principal, to)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user", "own_role")
    found = rows.filter(workspace_id=principal.workspace_id, pk=member_id).first()
    if found is None:
        raise NotFound(sentence("There is no such member."))
    return found


def may_manage(principal: Principal, member: Membership) -> bool:
    """Return whether the principal may change the role of `member` or remove it."""
    is_above = member.role == RoleName.OWNER or not member.actions <= principal.actions
    return Action.MANAGE_MEMBER in principal.actions and not is_above


def change_member_role(principal: Principal, member_id: int, role: str) -> Membership:
    """Return the membership, now with the role `role` (a system role or the slug of an own one), felt at once.

    Raises `NotFound`, and `Denied` for the owner, for someone who may do more, and for a role that contains more.
    """
    with transaction.atomic():
        member = find_member(principal, member_id, to=Action.MANAGE_MEMBER)
        _check_may_manage(principal, member)
        before, given = member.role, find_role_to_give(principal, role)
        member.role, member.own_role = given.slug, given.own
        member.save(update_fields=["role", "own_role"])
        record(principal, "change_member_role", member.user.email, detail=f"{before} → {member.role}")
    return member


def remove_member(principal: Principal, member_id: int) -> Membership:
    """Return the membership as it was: it is over, with everything connected under it and the invitations it sent.

    Raises as `change_member_role` does, and `Conflict` for the principal's own.
    """
    with transaction.atomic():
        member = find_member(principal, member_id, to=Action.MANAGE_MEMBER)
        if member.user_id == principal.user_id:
            raise Conflict(sentence("You can't remove yourself. You can leave the workspace."))
        _check_may_manage(principal, member)
        _end(member)
        record(principal, "remove_member", member.user.email, detail=member.role)
    return member


def leave_workspace(principal: Principal) -> None:
    """End the principal's own membership. Raises `Conflict` for the owner: a workspace is never without one."""
    with transaction.atomic():
        rows = Membership.objects.select_for_update(of=("self",)).filter(
            workspace_id=principal.workspace_id, user_id=principal.user_id
        )
        member = rows.first()
        if member is None:
            raise NotFound(sentence("There is no such workspace."))
        if member.role == RoleName.OWNER:
            raise Conflict(sentence("You own this workspace. Give it to somebody else first, or delete it."))
        _end(member)
        record(principal, "leave_workspace", principal.workspace, detail=member.role)


def _check_may_manage(principal: Principal, member: Membership) -> None:
    if member.role == RoleName.OWNER:
        raise Denied(
            sentence("Nobody changes what the owner is."), hint="The owner can give the workspace to somebody else."
        )
    if not may_manage(principal, member):
        raise Denied(
            sentence("This member may do more than you."), hint="The owner can do it.", detail="member is above"
        )


def _end(member: Membership) -> None:
    # Otherwise whoever is removed might come back by an invitation that they once sent to themselves.
    Invitation.objects.filter(workspace=member.workspace_id, invited_by=member.user_id).delete()
    # Of the row alone, so that the caller can still tell whose it was.
    Membership.objects.filter(pk=member.pk).delete()
