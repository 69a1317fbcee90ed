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

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models.agreements import Session
from roboflow_auth.oauth.models.clients import Client

# RFC 7638: a SHA-256 in base64url.
_THUMBPRINT_LENGTH = 43


def _key_field() -> models.CharField[str, str]:
    """Return the column for the thumbprint of the key that a code or token is bound to; empty where it is to none."""
    return models.CharField(_("bound to the key"), max_length=_THUMBPRINT_LENGTH, blank=True, default="")


class AuthorizationCode(AbstractGrant):
    """A code, good for one use within 60 seconds, or 300 if a person carries it by hand (P-A8).

    It is bound to client, redirect URI, PKCE challenge and connection.

    `code` holds its SHA-256. The session it buys is made with it; a redeemed code is kept, so that presenting it again
    burns that session (OAuth 2.1 §4.1.3).
    """

    code = models.CharField(_("hash of the code"), max_length=64, unique=True)
    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="code")
    auth_time = models.DateTimeField(_("signed in at"), default=timezone.now)
    amr = models.CharField(_("signed in by"), max_length=64, blank=True)
    redeemed_at = models.DateTimeField(_("redeemed at"), null=True)
    dpop_jkt = _key_field()

    class Meta:
        verbose_name = _("authorization code")
        verbose_name_plural = _("authorization codes")

    def __str__(self) -> str:
        return f"Authorization code #{self.pk}"


class AccessToken(AbstractAccessToken):
    """An access token of a session. `token_checksum` is its SHA-256; `token` stays empty.

    One that was exchanged for another (RFC 8693) has that one as its `parent`, and `application` is the client that
    made the exchange; `oauth.lineage` says what else follows from it and what stands in `actors`.
    With `dpop_jkt` it is worth nothing without a proof by that key (RFC 9449 §6).
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="access_tokens")
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="derived",
        verbose_name=_("exchanged for"),
        db_index=False,
    )
    actors = models.JSONField(_("who acts"), null=True, blank=True)
    dpop_jkt = _key_field()

    class Meta:
        verbose_name = _("access token")
        verbose_name_plural = _("access tokens")
        indexes = (
            # Nearly all tokens have no parent, and pay nothing for those that do.
            models.Index(fields=["parent"], condition=models.Q(parent__isnull=False), name="derived_tokens"),
        )
        constraints = (
            # By `actors` a look-up tells what it has to ask about further.
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True, actors__isnull=True)
                | models.Q(parent__isnull=False, actors__isnull=False),
                name="derived_tokens_have_actors",
            ),
        )

    def __str__(self) -> str:
        return f"Access token #{self.pk}"


class RefreshToken(AbstractRefreshToken):
    """A refresh token of a session. Its first use marks it `revoked` and names its successor.

    `revoked` without a successor is a token that died unused. `replay` is the answer that the token bought, sealed by
    `oauth.replay`, to be given again until `replay_until` (P-T3). With `dpop_jkt`, which public clients get, it needs
    a proof by that key.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_checksum = models.CharField(_("token checksum"), max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires at"))
    successor = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="predecessor", verbose_name=_("successor")
    )
    replay = models.BinaryField(null=True)
    replay_until = models.DateTimeField(null=True, editable=False)
    dpop_jkt = _key_field()

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
    """A device that waits for a person's answer, and then that answer until the device fetched it (RFC 8628).

    `device_code` holds a SHA-256, `user_code` a keyed hash, because what people type is short. `user` is who answered;
    `session` is what the device gets if they allowed it. `poll_from` is when it may ask next, `interval` the seconds
    that it has to leave between.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="device_codes")
    # It takes the place of the toolkit's text column `client_id`.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    device_code = models.CharField(_("hash of the device code"), max_length=64)
    user_code = models.CharField(_("hash of the user code"), max_length=64, unique=True)
    resource = models.CharField(_("resource"), max_length=8, choices=[(r.value, r.value) for r in Resource])
    address = models.CharField(_("address"), max_length=45, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_checked = None
    poll_from = models.DateTimeField(_("may ask from"), default=timezone.now)
    session = models.OneToOneField(Session, on_delete=models.CASCADE, null=True, related_name="device_code")
    auth_time = models.DateTimeField(_("signed in at"), null=True)
    redeemed_at = models.DateTimeField(_("redeemed at"), null=True)

    class Meta(AbstractDeviceGrant.Meta):
        verbose_name = _("device code")
        verbose_name_plural = _("device codes")

    def __str__(self) -> str:
        return f"Device code #{self.pk}"
