"""Client: an application that may ask people for access, whichever way it became known (protocol.md P-C1)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication, ApplicationManager

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.core.public_url import Resource
from roboflow_auth.workspaces.models import ROLE_LABELS, Workspace


class AuthMethod(models.TextChoices):
    """How a client proves itself at the token endpoint (RFC 7591 §2, `token_endpoint_auth_method`)."""

    NONE = "none", _("None (public client with PKCE)")
    BASIC = "client_secret_basic", _("Secret, HTTP Basic")
    POST = "client_secret_post", _("Secret, in the body")
    PRIVATE_KEY_JWT = "private_key_jwt", _("Signed JWT, verified by its public keys")


class Approval(models.TextChoices):
    """What staff decided about one client, whatever the server's policy for unknown ones is (P-C9).

    Staff who deny a client disable it: one column stops it everywhere.
    """

    BY_POLICY = "", _("As this server's policy says")
    ASK = "ask", _("Ask staff first")
    ALLOWED = "allowed", _("Allowed")


def make_client_id() -> str:
    """Return a new client identifier: opaque, not secret."""
    return uuid.uuid4().hex


def both_resources() -> list[str]:
    """Return the resources a new client may ask for."""
    return [resource.value for resource in Resource]


def code_and_refresh() -> list[str]:
    """Return the grants of a new client."""
    return ["authorization_code", "refresh_token"]


class Client(AbstractApplication):
    """An application.

    The toolkit's columns hold the name, the redirect URIs (space separated) and the way of registration. Its
    single-grant column is not consulted: `grant_types` holds all of them, in the words of RFC 7591. `client_secret`
    holds a SHA-256 in hexadecimal, or nothing (P-I5). `public_keys` and `former_keys` are lists of JWKs, the latter of
    metadata documents only (P-C6).
    """

    client_id = models.CharField(_("client ID"), max_length=2048, unique=True, default=make_client_id)
    client_secret = models.CharField(_("hash of the client secret"), max_length=64, blank=True, default="")
    hash_client_secret = None
    skip_authorization = None
    algorithm = None
    allowed_origins = None

    auth_method = models.CharField(
        _("authentication"), max_length=32, choices=AuthMethod.choices, default=AuthMethod.NONE
    )
    public_keys = models.JSONField(_("public keys"), default=list, blank=True)
    former_keys = models.JSONField(_("former public keys"), default=list, editable=False)
    jwks_uri = models.CharField(_("address of the public keys"), max_length=2048, blank=True)
    grant_types = models.JSONField(_("grant types"), default=code_and_refresh)
    dpop_bound_access_tokens = models.BooleanField(
        _("tokens bound to a key"),
        default=False,
        help_text=_(
            "Its token requests need a proof (DPoP, RFC 9449). Without this it may send one, and then gets such tokens."
        ),
    )
    scope_ceiling = models.TextField(
        _("scope ceiling"), blank=True, help_text=_("Scopes it may ever ask for, space separated. Empty: all.")
    )
    resources = models.JSONField(_("resources"), default=both_resources)
    serves_resource = models.CharField(
        _("resource server of"),
        max_length=8,
        blank=True,
        choices=[(resource.value, resource.value) for resource in Resource],
        help_text=_("It may introspect every token for this resource (RFC 7662)."),
    )
    access_token_seconds = models.PositiveIntegerField(_("access token lifetime (s)"), null=True, blank=True)
    refresh_token_seconds = models.PositiveIntegerField(_("refresh token lifetime (s)"), null=True, blank=True)
    service_workspace = models.ForeignKey(
        Workspace,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acts in"),
        help_text=_("With the grant client_credentials it acts in this workspace, for nobody but itself."),
    )
    service_role = models.CharField(
        _("acts as"),
        max_length=32,
        blank=True,
        choices=[(role.value, ROLE_LABELS[role]) for role in RoleName if role is not RoleName.OWNER],
    )
    service_account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="service_client"
    )
    may_exchange = models.BooleanField(
        _("may exchange tokens"),
        default=False,
        help_text=_(
            "It gets short, narrower tokens for tokens that are its own, or meant for the resource that it serves (RFC"
            " 8693). Taking this back ends them at once."
        ),
    )
    is_verified = models.BooleanField(
        _("verified"), default=False, help_text=_("Staff vouch for the name and logo that people see.")
    )
    is_disabled = models.BooleanField(_("disabled"), default=False, help_text=_("Ends all its access at once."))
    approval = models.CharField(
        _("approval"),
        max_length=8,
        choices=Approval,
        default=Approval.BY_POLICY,
        blank=True,
        help_text=_("Whether people may connect it. To deny it, and end what it has, disable it."),
    )
    metadata = models.JSONField(_("registered metadata"), default=dict, blank=True)
    registration_token_hash = models.CharField(max_length=64, blank=True, editable=False)
    registered_from = models.CharField(_("registered from"), max_length=45, blank=True, editable=False)
    first_connected_at = models.DateTimeField(_("first connected at"), null=True, editable=False)

    objects = ApplicationManager()

    # The live sessions in which it acts for itself, where the grant loaded them with it.
    service_sessions: Sequence[Any] = ()
    # The thumbprint of the key by which the client proved itself in the request that is being answered; not stored.
    proved_by: str = ""

    class Meta:
        verbose_name = _("app")
        verbose_name_plural = _("apps")
        indexes = (
            # What pruning looks for; clients that somebody connected are not in it.
            models.Index(
                fields=["created"],
                condition=models.Q(first_connected_at__isnull=True, registration_source="dcr"),
                name="never_connected_clients",
            ),
        )

    def clean(self) -> None:
        """Check nothing: the toolkit's rules are about columns that are not here; ours stand in rules and forms."""

    @property
    def display_name(self) -> str:
        """The name people see; never empty."""
        return self.name or self.client_id

    @property
    def redirect_uri_list(self) -> list[str]:
        """The registered redirect URIs."""
        return self.redirect_uris.split()

    @property
    def is_public(self) -> bool:
        """Whether it authenticates with nothing but PKCE."""
        return bool(self.auth_method == AuthMethod.NONE)

    @property
    def has_secret(self) -> bool:
        """Whether it authenticates with a secret."""
        return self.auth_method in (AuthMethod.BASIC, AuthMethod.POST)

    @property
    def known_keys(self) -> list[dict[str, str]]:
        """The keys that may verify its assertions: those it has now, and those that older connections stay with."""
        current = self.public_keys if self.auth_method == AuthMethod.PRIVATE_KEY_JWT else []
        return [*current, *self.former_keys]

    @property
    def is_staff_registered(self) -> bool:
        """Whether staff made it in the admin."""
        return bool(self.registration_source == self.RegistrationSource.MANUAL)

    @property
    def is_metadata_document(self) -> bool:
        """Whether its client ID is the URL of its metadata (CIMD)."""
        return bool(self.registration_source == self.RegistrationSource.CIMD)

    def may_use(self, grant_type: str) -> bool:
        """Return whether it registered `grant_type`."""
        return grant_type in self.grant_types
