"""Workspace, Role, Membership and Invitation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.access.catalogue import ROLES
from roboflow_auth.access.vocabulary import Action, RoleName

ROLE_LABELS = {
    RoleName.OWNER: _("Owner"),
    RoleName.ADMIN: _("Admin"),
    RoleName.REVIEWER: _("Reviewer"),
    RoleName.LABELER: _("Labeler"),
    RoleName.VIEWER: _("Viewer"),
}


class Workspace(models.Model):
    """A place where people work together on projects. `slug` is its name on the wire."""

    slug = models.SlugField(_("slug"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A role that a workspace made for itself. `slug` is its name on the wire and in `role` columns, and never changes.

    `actions` are separated by spaces. It is never wider than an admin's role, and never called as a system role is.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="roles")
    slug = models.SlugField(_("slug"), max_length=32)
    name = models.CharField(_("name"), max_length=60)
    actions = models.TextField(_("actions"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = (
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_role_per_slug"),
            models.UniqueConstraint("workspace", Lower("name"), name="one_role_per_name"),
            models.CheckConstraint(condition=~models.Q(slug__in=[*RoleName]), name="own_roles_are_no_system_roles"),
        )

    def __str__(self) -> str:
        return self.name


# A person has a role: one of the system's, or one that the workspace made. Whoever knows the name alone, and not the
# row of a role that the workspace made, learns that it allows nothing.
_ONE_KIND_OF_ROLE = models.Q(own_role__isnull=True, role__in=[*RoleName]) | (
    models.Q(own_role__isnull=False) & ~models.Q(role__in=[*RoleName])
)


class Membership(models.Model):
    """That someone belongs to a workspace, in one role. A workspace has exactly one owner.

    `role` is the name of a system role, or the slug of `own_role`.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=32)
    own_role = models.ForeignKey(
        Role, on_delete=models.RESTRICT, null=True, blank=True, related_name="memberships", verbose_name=_("own role")
    )
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_person"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(role=RoleName.OWNER), name="one_owner_per_workspace"
            ),
            models.CheckConstraint(condition=_ONE_KIND_OF_ROLE, name="members_have_one_kind_of_role"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.workspace}"

    @property
    def actions(self) -> frozenset[Action]:
        """What the role allows; `own_role` is loaded where there is one."""
        return actions_of_role(self.role, self.own_role.actions if self.own_role else None)

    @property
    def role_label(self) -> str:
        """What people call the role."""
        return label_of_role(self.role, self.own_role)


class Invitation(models.Model):
    """That someone is asked into a workspace, by e-mail. The row goes when it is accepted, declined or withdrawn.

    The link of the mail holds a secret of which only the hash is here. It is worth what its inviter may still give.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=32)
    own_role = models.ForeignKey(
        Role, on_delete=models.RESTRICT, null=True, blank=True, related_name="invitations", verbose_name=_("own role")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            models.UniqueConstraint("workspace", Lower("email"), name="one_invitation_per_address"),
            models.CheckConstraint(condition=_ONE_KIND_OF_ROLE, name="invitations_have_one_kind_of_role"),
            models.CheckConstraint(condition=~models.Q(role=RoleName.OWNER), name="nobody_is_invited_to_own"),
        )
        indexes = (models.Index(Lower("email"), name="invitations_by_address"),)

    def __str__(self) -> str:
        return f"{self.email} · {self.role} · {self.workspace}"

    @property
    def actions(self) -> frozenset[Action]:
        """What the role allows; `own_role` is loaded where there is one."""
        return actions_of_role(self.role, self.own_role.actions if self.own_role else None)

    @property
    def role_label(self) -> str:
        """What people call the role."""
        return label_of_role(self.role, self.own_role)

    def is_expired(self, now: datetime) -> bool:
        """Return whether it is too late to accept it."""
        return self.expires_at <= now


def actions_of_role(role: str, own_actions: str | None = None) -> frozenset[Action]:
    """Return what a stored role allows; `own_actions` is the `actions` column of a role that the workspace made.

    Nothing for a role that no longer exists.
    """
    if own_actions is not None:
        return split_actions(own_actions)
    return ROLES[RoleName(role)] if role in ROLES else frozenset()


@lru_cache(maxsize=4096)
def split_actions(stored: str) -> frozenset[Action]:
    """Return the actions of a column; words that are no longer actions allow nothing."""
    return frozenset(Action(word) for word in stored.split() if word in _ACTION_WORDS)


def join_actions(actions: Iterable[Action]) -> str:
    """Return actions as the column holds them."""
    return " ".join(sorted(actions))


def label_of_role(role: str, own_role: Role | None) -> str:
    """Return what people call a role."""
    if own_role is not None:
        return own_role.name
    return str(ROLE_LABELS[RoleName(role)]) if role in ROLES else role


_ACTION_WORDS = frozenset(action.value for action in Action)
