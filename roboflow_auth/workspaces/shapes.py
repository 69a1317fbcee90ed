"""What workspaces and members look like to the API and to the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roboflow_auth.workspaces.models import Membership


@dataclass(frozen=True, slots=True)
class CallerView:
    """Where the caller is, who they are there, and what this credential may do."""

    workspace: str
    workspace_name: str
    email: str
    role: str
    granted_scopes: list[str]
    effective_actions: list[str]


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """A workspace; `slug` is its name in addresses and ids."""

    slug: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WorkspaceOverview:
    """What the first page of a workspace says; a number is None for whom it is none of their business."""

    created_at: datetime
    role_label: str
    members: int | None = None
    own_roles: int | None = None
    invitations: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who belongs to the workspace."""

    email: str
    name: str
    role: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class MemberList:
    """A page of members, in the order in which they joined."""

    members: list[Member]
    total: int
    limit: int
    offset: int


def member(membership: Membership) -> Member:
    """Return the shape of `membership`, whose user is loaded."""
    return Member(
        email=membership.user.email,
        name=membership.user.name,
        role=membership.role,
        joined_at=membership.joined_at,
    )
