"""What people agreed to: Connection and Session; what they are being asked: AuthorizationRequest; what staff are asked:
ApprovalRequest.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models.clients import Client
from roboflow_auth.oauth.models.issuers import TrustedIssuer
from roboflow_auth.workspaces.models import Workspace

LABEL_LENGTH = 60


class Connection(models.Model):
    """The agreement between a person, a client, a resource and ONE workspace (P-G1).

    Every code and token hangs off one. `agreement_hash` identifies what was agreed (person, client, redirect URI
    without loopback port, resource, workspace), so that asking again widens the same connection. One that an enterprise
    granted has no redirect URI, so it and what the person agreed to themselves stay apart.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="connections")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="connections")
    resource = models.CharField(_("resource"), max_length=8, choices=[(r.value, r.value) for r in Resource])
    redirect_uri = models.TextField(_("redirect URI"))
    agreement_hash = models.CharField(max_length=64, editable=False)
    scope = models.TextField(_("scopes"))
    label = models.CharField(_("label"), max_length=LABEL_LENGTH, blank=True)
    shown_metadata = models.JSONField(_("what the person was shown"), default=dict)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    allowed_at = models.DateTimeField(_("last allowed at"), default=timezone.now)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    granted_by = models.ForeignKey(
        TrustedIssuer,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="connections",
        verbose_name=_("granted by"),
        help_text=_("The enterprise that agreed in the person's stead; empty where the person did."),
        db_index=False,
    )

    withheld_scope = models.TextField(
        _("scopes taken away"),
        blank=True,
        help_text=_("What the person took away of what an enterprise grants, which it does not give back."),
    )

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        indexes = (
            models.Index(
                fields=["granted_by"], condition=models.Q(granted_by__isnull=False), name="enterprise_connections"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["agreement_hash"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_live_connection_per_agreement",
            ),
        )

    def __str__(self) -> str:
        return f"{self.client} ↔ {self.workspace}"

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the person lent."""
        return frozenset(self.scope.split())

    @property
    def withheld_scopes(self) -> frozenset[str]:
        """What an enterprise would grant, and the person took away."""
        return frozenset(self.withheld_scope.split())

    @property
    def was_allowed_once(self) -> bool:
        """Whether the person was asked about it once, when it was made, and not again since."""
        return self.allowed_at == self.created_at

    def is_live(self, now: datetime) -> bool:
        """Return whether it is neither revoked nor expired at `now`."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class Session(models.Model):
    """One family of tokens of a connection: one sign-in of one copy of the client (P-G1).

    Ending it ends its tokens and leaves the connection's other sessions alone. `address` and `device` are those of the
    browser in which the person allowed it; `label` is what they call it.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sessions")
    scope = models.TextField(_("scopes"))
    label = models.CharField(_("label"), max_length=LABEL_LENGTH, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    device = models.CharField(_("allowed with"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_reason = models.CharField(_("reason"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"Session #{self.pk}"


class AuthorizationRequest(models.Model):
    """A validated authorization request that waits for the person's answer (P-A3).

    The consent form carries its signed handle and the person's choices, never protocol parameters. It is bound to the
    person and the browser session, and answered once. `device` is where the answer goes, unless it goes to a redirect
    URI.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    device = models.ForeignKey("oauth.DeviceCode", on_delete=models.CASCADE, null=True, related_name="+")
    browser_hash = models.CharField(max_length=64)
    parameters = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Authorization request #{self.pk}"


class ApprovalRequest(models.Model):
    """A person's wish to connect an app that nobody knows, which staff answer (P-C9).

    A person waits for an app once, however often they try. The answer is about the app, so it answers everybody's.
    """

    class Decision(models.TextChoices):
        """What staff answered."""

        APPROVED = "approved", _("Approved")
        DENIED = "denied", _("Denied")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked by")
    )
    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="approval_requests", verbose_name=_("app")
    )
    redirect_uri = models.TextField(_("redirect URI"))
    address = models.CharField(_("asked from"), max_length=45, blank=True)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("request for approval")
        verbose_name_plural = _("requests for approval")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "client"],
                condition=models.Q(decided_at__isnull=True),
                name="one_open_approval_request_per_person_and_app",
            ),
        )

    def __str__(self) -> str:
        return self.client.display_name
