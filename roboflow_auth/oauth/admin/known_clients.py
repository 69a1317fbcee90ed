"""The catalogue of known apps in Django admin: shipped entries are switched, staff's own are written (P-C8)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roboflow_auth.core.languages import translated
from roboflow_auth.oauth.admin.pages import record_staff
from roboflow_auth.oauth.errors import InvalidClientMetadata, InvalidRedirectUri
from roboflow_auth.oauth.known_clients.lookup import forget_catalogue, list_known_clients
from roboflow_auth.oauth.models import AuthMethod, KnownClient
from roboflow_auth.oauth.registration import narrow_metadata
from roboflow_auth.oauth.rules.redirect_uri import check_registrable


class LinesField(forms.CharField):
    """A list of strings, one per line."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 100})

    def prepare_value(self, value: Any) -> Any:
        """Return the lines that stand in the box."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        """Return the lines that say something, each once."""
        return list(dict.fromkeys(line.strip() for line in (value or "").splitlines() if line.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether other lines stand there than before."""
        return list(initial or []) != self.to_python(data)


class KnownClientForm(forms.ModelForm[KnownClient]):
    """An entry of staff's own."""

    names = LinesField(label=gettext_lazy("Registered names"), help_text=KnownClient._meta.get_field("names").help_text)
    client_ids = LinesField(
        label=gettext_lazy("Client IDs"),
        required=False,
        help_text=KnownClient._meta.get_field("client_ids").help_text,
    )
    redirect_uris = LinesField(
        label=gettext_lazy("Redirect URIs"),
        required=False,
        help_text=KnownClient._meta.get_field("redirect_uris").help_text,
    )

    class Meta:
        model = KnownClient
        fields = (
            "slug",
            "name",
            "names",
            "vendor_host",
            "may_be_verified",
            "client_ids",
            "redirect_uris",
            "pinned_metadata",
            "is_enabled",
        )

    def clean_slug(self) -> str:
        """Return the key. Raises `ValidationError` when another entry of staff's own has it."""
        slug: str = self.cleaned_data["slug"]
        if KnownClient.objects.filter(slug=slug, is_shipped=False).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is an entry of your own with this key."))
        return slug

    def clean_redirect_uris(self) -> list[str]:
        """Return the URIs. Raises `ValidationError` that names each one that is refused."""
        uris: list[str] = self.cleaned_data["redirect_uris"]
        refusals = [refusal for uri in uris if (refusal := _refusal(uri))]
        if refusals:
            raise ValidationError(refusals)
        return uris

    def clean_client_ids(self) -> list[str]:
        """Return the URLs. Raises `ValidationError` for one that is no https URL."""
        client_ids: list[str] = self.cleaned_data["client_ids"]
        if not all(client_id.startswith("https://") for client_id in client_ids):
            raise ValidationError(_("A client ID of the catalogue is the https URL of a metadata document."))
        return client_ids

    def clean(self) -> dict[str, Any]:
        """Return what was typed. Raises `ValidationError` when the copy of the metadata could not be used."""
        cleaned: dict[str, Any] = super().clean() or {}
        pinned = cleaned.get("pinned_metadata") or {}
        if not isinstance(pinned, dict):
            self.add_error("pinned_metadata", _("It must be a JSON object."))
        elif not self.errors and cleaned["client_ids"]:
            self._check_copies(cleaned, pinned)
        return {**cleaned, "pinned_metadata": pinned}

    def _check_copies(self, cleaned: dict[str, Any], pinned: dict[str, Any]) -> None:
        known = KnownClient(name=cleaned["name"], redirect_uris=cleaned["redirect_uris"], pinned_metadata=pinned)
        try:
            narrow_metadata(known.document(cleaned["client_ids"][0]), default_method=AuthMethod.NONE)
        except (InvalidClientMetadata, InvalidRedirectUri) as error:
            self.add_error("pinned_metadata", translated(error.description))


@admin.register(KnownClient)
class KnownClientAdmin(admin.ModelAdmin[KnownClient]):
    """Known apps. What was shipped is brought up to date with the product, so staff switch it and don't write it."""

    form = KnownClientForm
    list_display = ("name", "slug", "vendor_host", "may_be_verified", "is_enabled", "is_shipped")
    list_filter = ("is_shipped", "is_enabled", "may_be_verified")
    search_fields = ("name", "slug", "vendor_host")
    ordering = ("is_shipped", "name")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with what this version of the product ships."""
        list_known_clients()
        return super().changelist_view(request, extra_context)

    def get_readonly_fields(self, request: HttpRequest, obj: KnownClient | None = None) -> tuple[str, ...]:
        """Return everything but the switch for an entry that was shipped."""
        if obj is None or not obj.is_shipped:
            return ()
        return tuple(name for name in KnownClientForm.Meta.fields if name != "is_enabled")

    def get_form(
        self, request: HttpRequest, obj: KnownClient | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form; of a shipped entry it holds the switch alone, with nothing to check."""
        if obj is not None and obj.is_shipped:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: KnownClient | None = None) -> bool:
        """Refuse for what was shipped: it would be back at the next look."""
        return (obj is None or not obj.is_shipped) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: KnownClient, form: Any, change: bool) -> None:
        """Save the entry, felt at once in this process."""
        super().save_model(request, obj, form, change)
        record_staff(request, "change_known_client", detail=f"{obj.slug}: {', '.join(form.changed_data)}")
        forget_catalogue()

    def delete_model(self, request: HttpRequest, obj: KnownClient) -> None:
        """Delete the entry; one that was shipped and that it replaced counts again."""
        record_staff(request, "delete_known_client", detail=obj.slug)
        super().delete_model(request, obj)
        forget_catalogue()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[KnownClient]) -> None:
        """Delete staff's own of the selected entries."""
        for known in queryset.filter(is_shipped=False):
            self.delete_model(request, known)


def _refusal(uri: str) -> str:
    try:
        check_registrable(uri.removesuffix("*"), allow_private_scheme=True)
    except InvalidRedirectUri as error:
        return f"{uri}: {translated(error.description)}"
    return "" if uri.endswith("/*") or not uri.endswith("*") else _("%(uri)s: only /* may end it.") % {"uri": uri}
