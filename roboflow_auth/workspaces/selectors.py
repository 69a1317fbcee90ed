"""Reading workspaces and members, and making the principal of someone in a browser."""

from __future__ import annotations

from roboflow_auth.access.policy import lent_actions, require
from roboflow_auth.access.principal import Credential, Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import NotFound
from roboflow_auth.core.paging import Page, page
from roboflow_auth.core.sentences import sentence
from roboflow_auth.workspaces.models import Membership, Workspace
from roboflow_auth.workspaces.shapes import CallerView, MemberList, WorkspaceOverview, WorkspaceView, member


def list_memberships(user: User) -> list[Membership]:
    """Return the memberships of `user` with their workspaces, oldest first."""
    return list(Membership.objects.filter(user=user).select_related("workspace", "own_role").order_by("id"))


def find_membership(user: User, slug: str) -> Membership:
    """Return the membership of `user` in the workspace `slug`. Raises `NotFound` for strangers and unknown slugs."""
    found = Membership.objects.filter(user=user, workspace__slug=slug).select_related("workspace", "own_role").first()
    if found is None:
        raise NotFound(sentence("There is no such workspace."))
    return found


def principal_of_member(membership: Membership) -> Principal:
    """Return the principal of a person who acts in the browser; `membership.user` and its workspace are loaded."""
    user = membership.user
    return Principal(
        user_id=user.pk,
        subject=str(user.subject),
        email=user.email,
        workspace_id=membership.workspace_id,
        workspace=membership.workspace.slug,
        workspace_name=membership.workspace.name,
        role=membership.role,
        actions=membership.actions,
        credential=Credential.BROWSER,
    )


def find_workspace(principal: Principal, slug: str, *, to: Action) -> Workspace:
    """Return the workspace `slug` when it is the principal's own and it may do `to` there.

    Raises `NotFound` for any other workspace, `Denied` or `MissingScope` as `access.require` does.
    """
    check_workspace(principal, slug)
    require(principal, to)
    found = Workspace.objects.filter(pk=principal.workspace_id).first()
    if found is None:
        raise NotFound(sentence("There is no such workspace."))
    return found


def check_workspace(principal: Principal, slug: str) -> None:
    """Return when `slug` is the principal's workspace. Raises `NotFound` for others and for absent ones alike."""
    if slug != principal.workspace:
        raise NotFound(sentence("There is no such workspace."))


def view_workspace(principal: Principal, slug: str) -> WorkspaceView:
    """Return the workspace `slug`. Raises as `find_workspace` does."""
    workspace = find_workspace(principal, slug, to=Action.VIEW_WORKSPACE)
    record(principal, Action.VIEW_WORKSPACE, workspace.slug)
    return WorkspaceView(slug=workspace.slug, name=workspace.name, created_at=workspace.created_at)


def view_overview(principal: Principal) -> WorkspaceOverview:
    """Return the workspace with how many people and roles it has; numbers only to those who may see members."""
    workspace = find_workspace(principal, principal.workspace, to=Action.VIEW_WORKSPACE)
    role_label = workspace.memberships.select_related("own_role").get(user_id=principal.user_id).role_label
    record(principal, Action.VIEW_WORKSPACE, workspace.slug)
    if Action.VIEW_MEMBER not in principal.actions:
        return WorkspaceOverview(workspace.created_at, role_label)
    return WorkspaceOverview(
        workspace.created_at,
        role_label,
        members=workspace.memberships.count(),
        own_roles=workspace.roles.count(),
        invitations=workspace.invitations.count() if Action.MANAGE_MEMBER in principal.actions else None,
    )


def view_caller(principal: Principal) -> CallerView:
    """Return who the principal is in its workspace and what its credential may do now."""
    # All of it came with the look-up of the credential: this is the first call of every agent, and it asks for no row.
    require(principal, Action.VIEW_WORKSPACE)
    record(principal, Action.VIEW_WORKSPACE, principal.workspace)
    return CallerView(
        workspace=principal.workspace,
        workspace_name=principal.workspace_name,
        email=principal.email,
        role=principal.role,
        granted_scopes=sorted(principal.scopes),
        effective_actions=list(lent_actions(principal)),
    )


def list_members(principal: Principal, *, limit: int = 50, offset: int = 0) -> MemberList:
    """Return a page of the members of the principal's workspace; `limit` is 1 to 200."""
    require(principal, Action.VIEW_MEMBER)
    rows = Membership.objects.filter(workspace_id=principal.workspace_id).select_related("user").order_by("id")
    found: Page[Membership] = page(rows, limit=limit, offset=offset)
    record(principal, Action.VIEW_MEMBER, principal.workspace)
    return MemberList([member(row) for row in found.rows], found.total, found.limit, found.offset)
