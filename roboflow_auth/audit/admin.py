"""The audit log in Django admin: to read, nothing else."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from roboflow_auth.audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin[AuditEvent]):
    """Rows can be searched and read."""

    list_display = (
        "occurred_at",
        "actor_email",
        "client_name",
        "workspace",
        "action",
        "tool",
        "target",
        "outcome",
        "reason",
    )
    list_filter = ("outcome", "via", "action")
    search_fields = ("actor_email", "client_id", "client_name", "workspace", "target", "request_id")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: rows are written by the product alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        """Refuse: rows are never changed."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        """Refuse: rows are never deleted."""
        return False
