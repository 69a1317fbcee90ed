"""Workspace and Membership."""

from __future__ import annotations

from django.conf import settings
from django.db import models
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


class Membership(models.Model):
    """That someone belongs to a workspace, in one role. A workspace has exactly one owner."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=32, choices=[(role.value, ROLE_LABELS[role]) for role in RoleName])
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_person"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(role=RoleName.OWNER), name="one_owner_per_workspace"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.workspace}"

    @property
    def actions(self) -> frozenset[Action]:
        """What the role allows."""
        return actions_of_role(self.role)


def actions_of_role(role: str) -> frozenset[Action]:
    """Return what a stored role allows; nothing for a role that no longer exists."""
    return ROLES[RoleName(role)] if role in ROLES else frozenset()
