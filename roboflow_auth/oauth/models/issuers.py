"""TrustedIssuer: an enterprise whose identity provider may speak for its people (protocol.md P-T6)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.oauth.models.clients import Client
from roboflow_auth.workspaces.models import Workspace


class TrustedIssuer(models.Model):
    """An issuer of identity assertions (ID-JAG), for one workspace and for the apps that staff name.

    Its keys are `pinned_keys`, or else what stands at `jwks_uri`, of which `fetched_keys` is a copy until
    `keys_expire_at`. Both are lists of JWKs with nothing but public halves.
    """

    class PersonClaim(models.TextChoices):
        """Which claim says who the person is, and in whose words."""

        EMAIL = "email", _("email: an e-mail address")
        SUB_IS_EMAIL = "sub_email", _("sub: an e-mail address")
        SUB_IS_SUBJECT = "sub_subject", _("sub: the subject that this server gave the person")

    name = models.CharField(_("name"), max_length=100, help_text=_("What people see, as «Acme»."))
    issuer = models.CharField(
        _("issuer"),
        max_length=512,
        help_text=_("The iss of its assertions, character for character."),
    )
    tenant = models.CharField(
        _("tenant"),
        max_length=255,
        blank=True,
        help_text=_("The tenant of its assertions, for an issuer that speaks for several enterprises; else empty."),
    )
    workspace = models.ForeignKey(
        Workspace,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("workspace"),
        help_text=_("It may speak for the members of this workspace, there and nowhere else."),
    )
    clients = models.ManyToManyField(
        Client,
        related_name="+",
        blank=True,
        verbose_name=_("apps"),
        help_text=_("Which apps may bring its assertions. An app that proves nothing of itself never can."),
    )
    person_claim = models.CharField(
        _("who the person is"),
        max_length=16,
        choices=PersonClaim,
        default=PersonClaim.EMAIL,
        help_text=_("An e-mail address counts where the person has confirmed it here."),
    )
    scope_ceiling = models.TextField(_("scope ceiling"), blank=True)
    jwks_uri = models.CharField(_("address of the public keys"), max_length=2048, blank=True)
    pinned_keys = models.JSONField(_("public keys"), default=list, blank=True)
    fetched_keys = models.JSONField(_("fetched public keys"), default=list, editable=False)
    keys_expire_at = models.DateTimeField(_("keys are good until"), null=True, editable=False)
    is_disabled = models.BooleanField(
        _("disabled"), default=False, help_text=_("Ends all that it granted, and nothing new is granted.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("trusted issuer")
        verbose_name_plural = _("trusted issuers")
        constraints = (models.UniqueConstraint(fields=["issuer", "tenant"], name="one_trust_per_issuer_and_tenant"),)

    def __str__(self) -> str:
        return self.name
