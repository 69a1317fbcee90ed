"""API keys in Django admin: metadata, and the switch that revokes."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.api_keys.models import ApiKey


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin[ApiKey]):
    """Keys can be read and revoked; secrets are nowhere to be seen."""

    list_display = ("name", "hint", "user", "workspace", "created_at", "last_used_at", "expires_at", "revoked_at")
    search_fields = ("name", "user__email", "workspace__slug")
    actions = ("revoke",)

    @admin.action(description=_("Revoke the selected keys"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """End the keys at once."""
        queryset.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a key is made by the person it acts for."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Refuse: a key is revoked, not edited."""
        return False
