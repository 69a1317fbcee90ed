"""API keys in Django admin: metadata, and the switch that revokes."""

from __future__ import annotations

from typing import cast

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.services import revoke_as_staff
from roboflow_auth.core.admin_actions import asks_first


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys can be read and revoked; secrets are nowhere to be seen."""

    list_display = ("name", "hint", "user", "workspace", "created_at", "last_used_at", "expires_at", "revoked_at")
    search_fields = ("name", "user__email", "workspace__slug")
    actions = ("revoke",)

    @admin.action(description=_("Revoke the selected keys"), permissions=["end"])
    @asks_first(_("Whatever uses these keys stops at once. A revoked key never works again."))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """End the keys at once."""
        staff = cast(User, request.user)
        with transaction.atomic():
            for key in queryset.select_related("workspace"):
                revoke_as_staff(key, staff)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may revoke keys: those who could change them."""
        return super().has_change_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a key is made by the person it acts for."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Refuse: a key is revoked, not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Refuse on the key's own pages: a revoked key tells whose it was. It goes with its person or workspace."""
        page = request.resolver_match.url_name if request.resolver_match else None
        is_own_page = (page or "").startswith("api_keys_apikey_")
        return not is_own_page and super().has_delete_permission(request, obj)
