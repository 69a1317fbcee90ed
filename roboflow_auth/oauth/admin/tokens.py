"""Codes and tokens in Django admin: metadata only, never what is hashed and never the hash (P-I5)."""

from __future__ import annotations

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.core.admin_actions import asks_first
from roboflow_auth.oauth.admin.pages import ReadOnlyAdmin, record_staff, tell_count
from roboflow_auth.oauth.connections import end_session
from roboflow_auth.oauth.models import AccessToken, AuthorizationCode, IDToken, RefreshToken

_RELATED = ("session__connection__user", "session__connection__client", "session__connection__workspace")
_PARTIES = ("user__email", "application__name", "application__client_id", "session__connection__workspace__slug")


class AccessTokenAdmin(ReadOnlyAdmin[AccessToken]):
    """Access tokens. One can be revoked alone; a client then refreshes, so revoke the session to keep it out."""

    list_display = ("pk", "session", "user", "application", "created", "expires", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("session", "user", "application")
    search_fields = _PARTIES
    ordering = ("-pk",)
    actions = ("revoke",)
    fields = (
        "session",
        "user",
        "application",
        "parent",
        "actors",
        "scope",
        "dpop_jkt",
        "created",
        "updated",
        "expires",
        "revoked_at",
    )

    @admin.action(description=_("Revoke the selected access tokens"), permissions=["end"])
    @asks_first(_("These tokens end at once. Apps that may refresh get others."))
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessToken]) -> None:
        """End the access tokens at once."""
        live = list(queryset.filter(revoked_at__isnull=True).select_related(*_RELATED))
        with transaction.atomic():
            AccessToken.objects.filter(pk__in=[token.pk for token in live]).update(revoked_at=timezone.now())
            for token in live:
                _record(request, "revoke_access_token", token)
        tell_count(request, len(live))


class RefreshTokenAdmin(ReadOnlyAdmin[RefreshToken]):
    """Refresh tokens. Revoking one ends its session, with the access tokens that it bought."""

    list_display = ("pk", "session", "user", "application", "created", "expires_at", "revoked")
    list_filter = (("revoked", admin.EmptyFieldListFilter),)
    list_select_related = ("session", "user", "application")
    search_fields = _PARTIES
    ordering = ("-pk",)
    actions = ("revoke",)
    fields = ("session", "user", "application", "dpop_jkt", "created", "updated", "expires_at", "revoked")

    @admin.action(description=_("End the sessions of the selected refresh tokens"), permissions=["end"])
    @asks_first(_("The sessions of these tokens end at once, with all their tokens. Their apps have to connect again."))
    def revoke(self, request: HttpRequest, queryset: QuerySet[RefreshToken]) -> None:
        """End the tokens' sessions at once."""
        tokens = queryset.filter(session__ended_at__isnull=True).select_related(*_RELATED)
        sessions = {token.session_id: token for token in tokens}
        with transaction.atomic():
            for token in sessions.values():
                end_session(token.session, "revoked_by_staff")
                _record(request, "end_session", token)
        tell_count(request, len(sessions))


class AuthorizationCodeAdmin(ReadOnlyAdmin[AuthorizationCode]):
    """Authorization codes: that there were some, and what became of them."""

    list_display = ("pk", "session", "user", "application", "created", "expires", "redeemed_at")
    list_filter = (("redeemed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("session", "user", "application")
    search_fields = _PARTIES
    ordering = ("-pk",)
    fields = (
        "session",
        "user",
        "application",
        "redirect_uri",
        "scope",
        "auth_time",
        "dpop_jkt",
        "created",
        "expires",
        "redeemed_at",
    )


class IDTokenAdmin(ReadOnlyAdmin[IDToken]):
    """Nothing: ID tokens leave no row, and the toolkit registers the empty table all the same."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: IDToken | None = None) -> bool:
        """Refuse."""
        return False


def _record(request: HttpRequest, action: str, token: AccessToken | RefreshToken) -> None:
    connection = token.session.connection
    record_staff(request, action, client=connection.client, connection=connection, session=token.session)
