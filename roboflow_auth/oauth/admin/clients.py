"""Apps in Django admin: registered, changed, disabled, given a new secret."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import Outcome
from roboflow_auth.core.admin_actions import asks_first
from roboflow_auth.core.languages import translated
from roboflow_auth.core.removal_admin import RemovalAdmin
from roboflow_auth.oauth.admin.forms import ClientForm
from roboflow_auth.oauth.admin.pages import ButtonAdmin, record_staff
from roboflow_auth.oauth.admin.secrets import hold_secret, secrets_page
from roboflow_auth.oauth.authorization.approval import settle_requests
from roboflow_auth.oauth.cimd.keys import fetch_keys
from roboflow_auth.oauth.client_keys import UnusableKeys
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.registration import fill_toolkit_columns, renew_secret
from roboflow_auth.oauth.removal import stop_client
from roboflow_auth.oauth.service_clients import arrange_service

_DECIDED_BY_ITS_DOCUMENT = (
    *("name", "redirect_uris", "auth_method", "grant_types"),
    *("public_keys", "jwks_uri", "dpop_bound_access_tokens"),
)


class ClientAdmin(RemovalAdmin[Client], ButtonAdmin[Client]):
    """Apps, whichever way they became known. What an app with a metadata document says of itself stays its own."""

    form = ClientForm
    button_label = gettext_lazy("Roll the secret")
    view_on_site = False
    list_display = ("name", "client_id", "registration_source", "auth_method", "is_verified", "is_disabled", "created")
    list_filter = (
        "registration_source",
        "auth_method",
        "is_verified",
        "approval",
        "is_disabled",
        "serves_resource",
        "may_exchange",
    )
    search_fields = ("name", "client_id", "redirect_uris")
    show_full_result_count = False
    actions = ("roll_secrets", "fetch_keys_again")
    fieldsets = (
        (None, {"fields": ("name", "client_id", "redirect_uris", "auth_method", "grant_types")}),
        (gettext_lazy("Keys"), {"fields": ("public_keys", "jwks_uri", "dpop_bound_access_tokens")}),
        (gettext_lazy("Limits"), {"fields": ("resources", "scope_ceiling", "serves_resource", "may_exchange")}),
        (gettext_lazy("Service"), {"fields": ("service_workspace", "service_role")}),
        (gettext_lazy("Lifetimes"), {"fields": ("access_token_seconds", "refresh_token_seconds")}),
        (gettext_lazy("Standing"), {"fields": ("is_verified", "approval", "is_disabled")}),
        (
            gettext_lazy("Registration"),
            {
                "fields": (
                    "registration_source",
                    "registered_from",
                    "metadata",
                    "created",
                    "updated",
                    "first_connected_at",
                    "cimd_expires_at",
                )
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Client | None = None) -> Any:
        """Return the form's parts; a new app has no registration and no client ID yet."""
        if obj is not None:
            return self.fieldsets
        (title, what), *others = self.fieldsets[:-1]
        return [(title, {"fields": [name for name in what["fields"] if name != "client_id"]}), *others]

    def get_readonly_fields(self, request: HttpRequest, obj: Client | None = None) -> tuple[str, ...]:
        """Return what is not typed: all of its registration, and what its metadata document decides."""
        registration = self.fieldsets[-1][1]["fields"]
        by_document = _DECIDED_BY_ITS_DOCUMENT if obj is not None and obj.is_metadata_document else ()
        return ("client_id", *registration, *by_document)

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        """Save the app; one that authenticates by a secret and has none gets one, which is shown this once."""
        # One that authenticates by its secret keeps it; from any other it is taken away.
        raw_secret = "" if obj.has_secret and obj.client_secret else renew_secret(obj)
        fill_toolkit_columns(obj)
        if not change:
            obj.registration_source = Client.RegistrationSource.MANUAL
        obj.save()
        settle_requests(obj, cast(User, request.user))
        record_staff(
            request,
            "update_client" if change else "register_client",
            client=obj,
            detail=", ".join(form.changed_data),
        )
        arrange_service(obj)
        hold_secret(request, obj, raw_secret)

    def response_add(self, request: HttpRequest, obj: Client, *args: Any, **options: Any) -> HttpResponse:
        """Answer with the new app's secret, if it has one, else as every form is answered."""
        usual = super().response_add(request, obj, *args, **options)
        return secrets_page(request, self) or usual

    def response_change(self, request: HttpRequest, obj: Client) -> HttpResponse:
        """Answer with the new secret of an app that got one by its change, else as every form is answered."""
        usual = super().response_change(request, obj)
        return secrets_page(request, self) or usual

    def retire(self, obj: Client) -> None:
        """End the app's access before it is deleted."""
        stop_client(obj)

    def record_deletion(self, request: HttpRequest, obj: Client, outcome: str = Outcome.ALLOWED) -> None:
        """Write down who deletes the app."""
        record_staff(request, "delete_client", client=obj, outcome=outcome)

    @admin.action(description=gettext_lazy("Roll the secrets of the selected apps"), permissions=["change"])
    @asks_first(
        gettext_lazy("The secrets that these apps have end at once. The next page shows the new ones, this once.")
    )
    def roll_secrets(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse | None:
        """Replace the secrets; the old ones end at once."""
        with transaction.atomic():
            for client in queryset:
                if self.may_press(request, client):
                    self.press(request, client)
                else:
                    messages.warning(request, _("%(app)s has no secret.") % {"app": client.display_name})
        return secrets_page(request, self)

    @admin.action(description=gettext_lazy("Fetch the keys of the selected apps again"), permissions=["change"])
    def fetch_keys_again(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Take the keys that stand at each app's address now; those that stood there before end at once."""
        for client in queryset:
            try:
                client.public_keys = fetch_keys(client.jwks_uri)
            except UnusableKeys as error:
                messages.warning(request, f"{client.display_name}: {translated(error.args[0])}")
                continue
            with transaction.atomic():
                client.save(update_fields=["public_keys"])
                record_staff(request, "update_client", client=client, detail="public_keys")
            messages.success(request, _("The keys of %(app)s were fetched.") % {"app": client.display_name})

    def may_press(self, request: HttpRequest, obj: Client) -> bool:
        """Return whether the person may change the app, and it has a secret."""
        return self.has_change_permission(request, obj) and obj.has_secret

    def press(self, request: HttpRequest, obj: Client) -> HttpResponse | None:
        """Replace the secret and show the new one, this once."""
        raw_secret = renew_secret(obj)
        obj.save(update_fields=["client_secret"])
        record_staff(request, "roll_client_secret", client=obj)
        hold_secret(request, obj, raw_secret)
        return secrets_page(request, self)
