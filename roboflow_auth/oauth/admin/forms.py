"""The form in which staff register and change an app: the same rules as for everybody, chosen by ticking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from roboflow_auth.access.catalogue import SCOPES, known_scopes
from roboflow_auth.core.languages import translated
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.admin.key_sets import KeySetField
from roboflow_auth.oauth.cimd.keys import fetch_keys
from roboflow_auth.oauth.client_keys import UnusableKeys
from roboflow_auth.oauth.connections import join_scopes
from roboflow_auth.oauth.errors import InvalidRedirectUri
from roboflow_auth.oauth.grants import REGISTERED
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.models.clients import both_resources, code_and_refresh
from roboflow_auth.oauth.rules.redirect_uri import check_registrable

_MAX_SECONDS = 366 * 24 * 3600


class RedirectUrisField(forms.CharField):
    """Redirect URIs, one per line; stored space separated."""

    widget = forms.Textarea(attrs={"rows": 5, "cols": 100})

    def prepare_value(self, value: Any) -> Any:
        """Return the lines that stand in the box."""
        return "\n".join(value.split()) if isinstance(value, str) else value

    def to_python(self, value: Any) -> str:
        """Return the URIs as the column holds them. Raises `ValidationError` that names each one that is refused."""
        uris = list(dict.fromkeys((value or "").split()))
        refusals = [refusal for uri in uris if (refusal := _refusal(uri))]
        if refusals:
            raise ValidationError(refusals)
        return " ".join(uris)


class LifetimeField(forms.IntegerField):
    """Seconds; empty means the deployment's own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=_MAX_SECONDS, required=False, **options)


class TicksField(forms.MultipleChoiceField):
    """Some of several values."""

    widget = forms.CheckboxSelectMultiple


class ScopesField(TicksField):
    """Some of all scopes; stored space separated."""

    def prepare_value(self, value: Any) -> Any:
        """Return the names that are ticked."""
        return sorted(known_scopes(value.split())) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        """Return the scopes as the column holds them."""
        return join_scopes(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other scopes are ticked than before."""
        return super().has_changed(self.prepare_value(initial), data)


class ClientForm(forms.ModelForm[Client]):
    """An app. Its secret is not typed: it is made when the app is saved, and shown once."""

    redirect_uris = RedirectUrisField(
        label=_("Redirect URIs"),
        required=False,
        help_text=_(
            "One per line, exact. https, http to this machine (any port), or a private scheme that is the app's own."
        ),
    )
    grant_types = TicksField(
        label=_("Grants"), choices=[(grant, grant) for grant in REGISTERED], initial=code_and_refresh
    )
    public_keys = KeySetField(
        label=_("Public keys"),
        help_text=_("A JWK Set, for an app that signs what it authenticates with. Public halves only."),
    )
    jwks_uri = forms.CharField(
        label=_("Address of the public keys"),
        required=False,
        max_length=2048,
        help_text=_(
            "Where the app publishes its JWK Set, https. It is fetched into the box above when the app is saved, and by"
            " the action of the list; never while the app waits for an answer."
        ),
    )
    scope_ceiling = ScopesField(
        label=_("Scope ceiling"),
        required=False,
        choices=[(scope.name, f"{scope.name}: {scope.consent}") for scope in SCOPES.values()],
        help_text=_("The scopes that it may ever ask for. None ticked: all."),
    )
    resources = TicksField(
        label=_("Resources"),
        choices=[(resource.value, resource.value) for resource in Resource],
        initial=both_resources,
        help_text=_("What it may ask access to. The first is meant when it names none."),
    )
    access_token_seconds = LifetimeField(label=_("Access token lifetime (s)"))
    refresh_token_seconds = LifetimeField(label=_("Refresh token lifetime (s)"))

    class Meta:
        model = Client
        fields = (
            "name",
            "redirect_uris",
            "auth_method",
            "public_keys",
            "jwks_uri",
            "dpop_bound_access_tokens",
            "grant_types",
            "resources",
            "scope_ceiling",
            "serves_resource",
            "service_workspace",
            "service_role",
            "may_exchange",
            "access_token_seconds",
            "refresh_token_seconds",
            "is_verified",
            "approval",
            "is_disabled",
        )

    def clean(self) -> dict[str, Any]:
        """Return what was typed. Raises `ValidationError` where two answers do not go together."""
        cleaned: dict[str, Any] = super().clean() or {}
        serves = cleaned.get("serves_resource", self.instance.serves_resource)
        is_connected = "authorization_code" in cleaned.get("grant_types", self.instance.grant_types)
        if "redirect_uris" in cleaned and not cleaned["redirect_uris"] and is_connected and not serves:
            self.add_error("redirect_uris", _("An app that people connect needs at least one."))
        self._check_service(cleaned)
        if serves and cleaned.get("auth_method", self.instance.auth_method) == AuthMethod.NONE:
            # RFC 7662 §2.1: who introspects must prove who it is.
            self.add_error("serves_resource", _("A resource server needs a secret, or keys."))
        if cleaned.get("may_exchange") and cleaned.get("auth_method", self.instance.auth_method) == AuthMethod.NONE:
            # RFC 8693 §2.1: who finds a token must not be able to make more of it.
            self.add_error("may_exchange", _("Only an app that proves who it is can exchange tokens."))
        if "auth_method" in cleaned:
            self._settle_keys(cleaned)
        return cleaned

    def _check_service(self, cleaned: dict[str, Any]) -> None:
        if "client_credentials" not in cleaned.get("grant_types", self.instance.grant_types):
            return
        if cleaned.get("auth_method", self.instance.auth_method) == AuthMethod.NONE:
            # RFC 6749 §4.4: only for confidential clients.
            self.add_error("grant_types", _("Only an app that proves who it is can act for itself."))
        for field in ("service_workspace", "service_role"):
            if not cleaned.get(field):
                self.add_error(field, _("An app that acts for itself needs a workspace and a role."))

    def _settle_keys(self, cleaned: dict[str, Any]) -> None:
        """Leave keys to those that authenticate by them, fetched where there is an address."""
        if cleaned["auth_method"] != AuthMethod.PRIVATE_KEY_JWT:
            cleaned |= {"public_keys": [], "jwks_uri": ""}
        elif cleaned.get("jwks_uri"):
            try:
                cleaned["public_keys"] = fetch_keys(cleaned["jwks_uri"])
            except UnusableKeys as error:
                self.add_error("jwks_uri", translated(error.args[0]))
        elif not cleaned.get("public_keys") and "public_keys" not in self.errors:
            self.add_error("auth_method", _("It needs the app's public keys, or their address."))


def _refusal(uri: str) -> str:
    try:
        check_registrable(uri, allow_private_scheme=True)
    except InvalidRedirectUri as error:
        return f"{uri}: {translated(error.description)}"
    return ""
