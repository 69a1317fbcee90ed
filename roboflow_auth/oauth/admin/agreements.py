"""Connections and sessions in Django admin: to look at, and to end."""

from __future__ import annotations

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roboflow_auth.core.admin_actions import asks_first
from roboflow_auth.oauth.admin.pages import ButtonAdmin, ReadOnlyAdmin, record_staff, tell_count
from roboflow_auth.oauth.connections import end_session, revoke_connection
from roboflow_auth.oauth.models import Connection, Session

_REASON = "revoked_by_staff"


@admin.register(Connection)
class ConnectionAdmin(ButtonAdmin[Connection], ReadOnlyAdmin[Connection]):
    """What people agreed to. Staff can revoke it; only the person can give it."""

    button_label = _("Revoke this connection")
    list_display = ("user", "client", "workspace", "resource", "allowed_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("resource", ("granted_by", admin.EmptyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "client", "workspace")
    search_fields = ("user__email", "client__name", "client__client_id", "workspace__slug")
    ordering = ("-allowed_at",)
    actions = ("revoke",)
    fields = (
        "user",
        "client",
        "workspace",
        "resource",
        "redirect_uri",
        "scope",
        "shown_metadata",
        "granted_by",
        "created_at",
        "allowed_at",
        "last_used_at",
        "expires_at",
        "revoked_at",
    )

    @admin.action(description=_("Revoke the selected connections"), permissions=["end"])
    @asks_first(_("These apps lose their access at once, with all their sessions. People have to connect them again."))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Connection]) -> None:
        """End the agreements and all their sessions at once."""
        live = list(queryset.filter(revoked_at__isnull=True).select_related("user", "client", "workspace"))
        with transaction.atomic():
            for connection in live:
                self.press(request, connection)
        tell_count(request, len(live))

    def may_press(self, request: HttpRequest, obj: Connection) -> bool:
        """Return whether the person may end it, and it is not ended yet."""
        return self.has_end_permission(request) and obj.revoked_at is None

    def press(self, request: HttpRequest, obj: Connection) -> None:
        """End the agreement and all its sessions at once."""
        revoke_connection(obj, _REASON)
        record_staff(request, "revoke_connection", client=obj.client, connection=obj)


@admin.register(Session)
class SessionAdmin(ButtonAdmin[Session], ReadOnlyAdmin[Session]):
    """Families of tokens. Ending one leaves the connection and its other sessions alone."""

    button_label = _("End this session")
    list_display = ("pk", "connection", "person", "address", "created_at", "last_used_at", "ended_at", "ended_reason")
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "ended_reason")
    list_select_related = ("connection__user", "connection__client", "connection__workspace")
    search_fields = ("connection__user__email", "connection__client__name", "connection__workspace__slug", "address")
    ordering = ("-pk",)
    actions = ("end",)
    fields = ("connection", "person", "scope", "address", "created_at", "last_used_at", "ended_at", "ended_reason")
    readonly_fields = ("person",)

    @admin.display(description=_("person"))
    def person(self, session: Session) -> str:
        """Return whose it is."""
        return session.connection.user.email

    @admin.action(description=_("End the selected sessions"), permissions=["end"])
    @asks_first(_("These sessions end at once. Their apps have to connect again."))
    def end(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """End the tokens of the sessions at once."""
        related = ("connection__user", "connection__client", "connection__workspace")
        live = list(queryset.filter(ended_at__isnull=True).select_related(*related))
        with transaction.atomic():
            for session in live:
                self.press(request, session)
        tell_count(request, len(live))

    def may_press(self, request: HttpRequest, obj: Session) -> bool:
        """Return whether the person may end it, and it is not ended yet."""
        return self.has_end_permission(request) and obj.ended_at is None

    def press(self, request: HttpRequest, obj: Session) -> None:
        """End the session's tokens at once."""
        end_session(obj, _REASON)
        record_staff(request, "end_session", client=obj.connection.client, connection=obj.connection, session=obj)
