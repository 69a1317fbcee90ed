"""What a workspace says of apps: its rule (WorkspacePolicy), its word on one app (WorkspaceApp), and what members ask
its admins (WorkspaceAppRequest).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.oauth.models.clients import Client
from roboflow_auth.workspaces.models import Workspace

KEY_HASH_LENGTH = 24


class AppPolicy(models.TextChoices):
    """Which apps the members of a workspace may connect to it, as long as nothing is said of the app itself."""

    ALL = "all", _("All apps")
    VERIFIED = "verified", _("Only verified apps")
    ASK = "ask", _("Ask an admin first")
    LISTED = "listed", _("Only these apps")


class WorkspacePolicy(models.Model):
    """The rule of one workspace. A workspace without a row allows all apps."""

    workspace = models.OneToOneField(
        Workspace, on_delete=models.CASCADE, related_name="app_policy", verbose_name=_("workspace")
    )
    policy = models.CharField(_("rule"), max_length=8, choices=AppPolicy, default=AppPolicy.ALL)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("rule for apps")
        verbose_name_plural = _("rules for apps")

    def __str__(self) -> str:
        return f"{self.workspace} · {self.policy}"


class WorkspaceApp(models.Model):
    """What the admins of a workspace decided about one app; it goes before the rule.

    An app is not one client: the same one registers anew on every computer. `keys` are all the words by which it is
    recognized (`oauth.workspace_apps.identity`), and `key_hash` stands for the first of them in addresses.
    """

    class Decision(models.TextChoices):
        """What can be decided."""

        ALLOWED = "allowed", _("Allowed")
        BLOCKED = "blocked", _("Blocked")

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="app_decisions", verbose_name=_("workspace")
    )
    key_hash = models.CharField(max_length=KEY_HASH_LENGTH, editable=False)
    keys = models.JSONField(_("recognized by"), default=list)
    name = models.CharField(_("name"), max_length=255)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision)
    decided_at = models.DateTimeField(_("decided at"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("app of a workspace")
        verbose_name_plural = _("apps of workspaces")
        constraints = (models.UniqueConstraint(fields=["workspace", "key_hash"], name="one_decision_per_app"),)

    def __str__(self) -> str:
        return f"{self.name} · {self.decision} · {self.workspace}"


class WorkspaceAppRequest(models.Model):
    """A member's wish to connect an app to a workspace whose admins want to be asked first.

    It lies there until somebody decides about the app; the decision answers everybody who asked for it.
    """

    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="app_requests", verbose_name=_("workspace")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked by")
    )
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", verbose_name=_("app"))
    redirect_uri = models.TextField(_("redirect URI"))
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    decision = models.CharField(_("decision"), max_length=8, choices=WorkspaceApp.Decision, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to admins of a workspace")
        verbose_name_plural = _("requests to admins of workspaces")
        constraints = (
            models.UniqueConstraint(
                fields=["workspace", "user", "client"],
                condition=models.Q(decided_at__isnull=True),
                name="one_open_app_request_per_member_and_app",
            ),
        )

    def __str__(self) -> str:
        return f"{self.client} · {self.workspace}"
