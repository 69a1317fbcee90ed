"""Trusted issuers in Django admin: whose identity assertions are taken, and for whom (protocol.md P-T6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.access.catalogue import SCOPES
from roboflow_auth.audit.models import Outcome
from roboflow_auth.core.removal_admin import RemovalAdmin
from roboflow_auth.oauth.admin.forms import ScopesField
from roboflow_auth.oauth.admin.key_sets import KeySetField
from roboflow_auth.oauth.admin.pages import record_staff
from roboflow_auth.oauth.cimd.key_sets import fetch_issuer_keys
from roboflow_auth.oauth.client_keys import UnusableKeys
from roboflow_auth.oauth.models import Client, TrustedIssuer
from roboflow_auth.oauth.trusted_issuers import settle_issuer


class TrustedIssuerForm(forms.ModelForm[TrustedIssuer]):
    """An issuer. Its keys are typed, or fetched from their address when it is saved."""

    pinned_keys = KeySetField(
        label=_("Public keys"),
        help_text=_("A JWK Set, public halves only. With it nothing is ever fetched."),
    )
    jwks_uri = forms.CharField(
        label=_("Address of the public keys"),
        required=False,
        max_length=2048,
        help_text=_(
            "Where the issuer publishes its JWK Set, https. It is fetched when this is saved, and when it is due."
        ),
    )
    scope_ceiling = ScopesField(
        label=_("Scope ceiling"),
        required=False,
        choices=[(scope.name, f"{scope.name}: {scope.consent}") for scope in SCOPES.values()],
        help_text=_("All that its assertions may ever grant. None ticked: whatever they name."),
    )

    class Meta:
        model = TrustedIssuer
        fields = (
            "name",
            "issuer",
            "tenant",
            "workspace",
            "clients",
            "person_claim",
            "scope_ceiling",
            "pinned_keys",
            "jwks_uri",
            "is_disabled",
        )

    def clean_issuer(self) -> str:
        """Return the identifier. Raises `ValidationError` unless it is a plain https URL (RFC 8414 §2)."""
        issuer: str = self.cleaned_data["issuer"]
        if not issuer.startswith("https://") or any(character in issuer for character in "?# \\"):
            raise ValidationError(_("An issuer is an https URL without query and fragment."))
        return issuer

    def clean_clients(self) -> QuerySet[Client]:
        """Return the apps. Raises `ValidationError` when one of them proves nothing of itself."""
        clients: QuerySet[Client] = self.cleaned_data["clients"]
        public = [client.display_name for client in clients if client.is_public]
        if public:
            raise ValidationError(_("These apps prove nothing of themselves: %(apps)s.") % {"apps": ", ".join(public)})
        return clients

    def clean(self) -> dict[str, Any]:
        """Return what was typed. Raises `ValidationError` where there is not one source of keys, or it has none."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors.keys() & {"pinned_keys", "jwks_uri"}:
            return cleaned
        if bool(cleaned.get("pinned_keys")) == bool(cleaned.get("jwks_uri")):
            self.add_error("jwks_uri", _("Either the keys or their address, not both."))
        elif cleaned["jwks_uri"] and not cleaned.get("is_disabled"):
            self._fetch(cleaned["jwks_uri"])
        return cleaned

    def _fetch(self, jwks_uri: str) -> None:
        try:
            keys, seconds = fetch_issuer_keys(jwks_uri)
        except UnusableKeys as error:
            self.add_error("jwks_uri", str(error))
            return
        self.instance.fetched_keys = keys
        self.instance.keys_expire_at = timezone.now() + timedelta(seconds=seconds)


@admin.register(TrustedIssuer)
class TrustedIssuerAdmin(RemovalAdmin[TrustedIssuer]):
    """Trusted issuers. What one granted and would not grant any more ends when it is saved or deleted."""

    form = TrustedIssuerForm
    list_display = ("name", "issuer", "tenant", "workspace", "person_claim", "is_disabled", "keys_expire_at")
    list_filter = ("is_disabled", "person_claim")
    list_select_related = ("workspace",)
    search_fields = ("name", "issuer", "workspace__slug")
    ordering = ("name",)
    autocomplete_fields = ("clients",)
    readonly_fields = ("fetched_keys", "keys_expire_at", "created_at")

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Return the unsaved issuer; keys that were fetched from an address it no longer has go."""
        issuer = super().save_form(request, form, change)
        if not issuer.jwks_uri:
            issuer.fetched_keys, issuer.keys_expire_at = [], None
        return issuer

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the apps, and end what the issuer would not grant any more."""
        super().save_related(request, form, formsets, change)
        issuer = form.instance
        action = "change_trusted_issuer" if change else "add_trusted_issuer"
        record_staff(request, action, detail=f"{issuer.issuer}: {', '.join(form.changed_data)}")
        settle_issuer(issuer)

    def retire(self, obj: TrustedIssuer) -> None:
        """End all that the issuer granted, and let it grant nothing more, before it is deleted."""
        with transaction.atomic():
            obj.is_disabled = True
            obj.save(update_fields=["is_disabled"])
            settle_issuer(obj)

    def record_deletion(self, request: HttpRequest, obj: TrustedIssuer, outcome: str = Outcome.ALLOWED) -> None:
        """Write down who deletes the issuer."""
        record_staff(request, "delete_trusted_issuer", detail=obj.issuer, outcome=outcome)
