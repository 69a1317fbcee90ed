"""SigningKey: the RSA keys that sign ID tokens (P-O1), encrypted at rest under SECRET_KEY."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SigningKey(models.Model):
    """One key pair. Exactly one is current; the private half is a JWE that only this deployment can open.

    Of a previous one only the public half is left.
    """

    class State(models.TextChoices):
        """Where a key is in its life. Rotation moves it from left to right."""

        NEXT = "next", _("Next")
        CURRENT = "current", _("Current")
        PREVIOUS = "previous", _("Previous")

    kid = models.CharField(_("key ID"), max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    public_jwk = models.JSONField(_("public key"))
    encrypted_private_jwk = models.TextField(_("encrypted private key"), blank=True)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = (
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state__in=["current", "next"]), name="one_signing_key_per_state"
            ),
        )

    def __str__(self) -> str:
        return self.kid
