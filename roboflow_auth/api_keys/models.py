"""ApiKey, and the state it is in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.workspaces.models import Workspace

NAME_LENGTH = 120
MADE_WITH_LENGTH = 255


class KeyState(StrEnum):
    """Whether a key works, and if not, why not."""

    ACTIVE = "active"
    DISABLED = "disabled"
    EXPIRED = "expired"
    ORPHANED = "orphaned"
    REVOKED = "revoked"


class ApiKey(models.Model):
    """A key for one workspace. Its secret is shown once; `key_hash` is the SHA-256, `hint` its last characters.

    `made_with` names the app through which its maker had it made, and is empty for what people make themselves.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("ends in"), max_length=4, editable=False)
    scope = models.TextField(_("scopes"))
    made_with = models.CharField(_("made with"), max_length=MADE_WITH_LENGTH, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    rolled_at = models.DateTimeField(_("rolled at"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"

    @property
    def scopes(self) -> frozenset[str]:
        """What the key carries; its maker's role may allow less."""
        return frozenset(self.scope.split())

    def state_at(self, now: datetime, *, has_maker: bool) -> KeyState:
        """Return the state at `now`; `has_maker` says whether its maker is still who they were in the workspace."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyState.EXPIRED
        if not has_maker:
            return KeyState.ORPHANED
        return KeyState.ACTIVE if self.disabled_at is None else KeyState.DISABLED
