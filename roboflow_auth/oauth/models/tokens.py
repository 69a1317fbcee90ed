"""Codes and tokens: the toolkit's columns, our bindings. Nothing usable is stored, only SHA-256 (P-I5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from roboflow_auth.oauth.models.agreements import Session


class AuthorizationCode(AbstractGrant):
    """A code: 60 seconds, single use, bound to client, redirect URI, PKCE challenge and connection (P-A8).

    `code` holds its SHA-256. The session it buys is made with it; a redeemed code is kept, so that presenting it again
    burns that session (OAuth 2.1 §4.1.3).
    """

    code = models.CharField(_("hash of the code"), max_length=64, unique=True)
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="code")
    auth_time = models.DateTimeField(_("signed in at"), default=timezone.now)
    redeemed_at = models.DateTimeField(_("redeemed at"), null=True)

    class Meta:
        verbose_name = _("authorization code")
        verbose_name_plural = _("authorization codes")

    def __str__(self) -> str:
        return f"Authorization code #{self.pk}"


class AccessToken(AbstractAccessToken):
    """An access token of a session. `token_checksum` is its SHA-256; `token` stays empty."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="access_tokens")
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")

    def __str__(self) -> str:
        return f"Access token #{self.pk}"


class RefreshToken(AbstractRefreshToken):
    """A refresh token of a session. Its first use marks it `revoked` and names its successor.

    `revoked` without a successor is a token that died unused. `replay` is the answer that the token bought, sealed by
    `oauth.replay`, to be given again until `replay_until` (P-T3).
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_checksum = models.CharField(_("token checksum"), max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires at"))
    successor = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="predecessor", verbose_name=_("successor")
    )
    replay = models.BinaryField(null=True)
    replay_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("refresh token")
        verbose_name_plural = _("refresh tokens")

    def __str__(self) -> str:
        return f"Refresh token #{self.pk}"


class IDToken(AbstractIDToken):
    """The toolkit asks for this table. Our ID tokens are self-contained and leave no row."""

    class Meta:
        verbose_name = _("ID token")
        verbose_name_plural = _("ID tokens")


class DeviceCode(AbstractDeviceGrant):
    """A device authorization (RFC 8628). Client IDs may be URLs, so the column is as wide as theirs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="device_codes")
    client_id = models.CharField(_("client ID"), max_length=2048)

    class Meta(AbstractDeviceGrant.Meta):
        verbose_name = _("device code")
        verbose_name_plural = _("device codes")
