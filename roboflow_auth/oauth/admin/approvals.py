"""Requests for approval in Django admin: who wants which app, and staff's yes or no (protocol.md P-C9)."""

from __future__ import annotations

import json
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roboflow_auth.accounts.models import User
from roboflow_auth.core.admin_actions import asks_first
from roboflow_auth.oauth.admin.pages import ButtonAdmin, ReadOnlyAdmin, record_staff, tell
from roboflow_auth.oauth.authorization.approval import decide
from roboflow_auth.oauth.clients import show_client
from roboflow_auth.oauth.models import ApprovalRequest, Client

_AUDITED = {ApprovalRequest.Decision.APPROVED: "approve_client", ApprovalRequest.Decision.DENIED: "deny_client"}


class OpenFilter(admin.SimpleListFilter):
    """The open requests, unless somebody looks for others."""

    title = gettext_lazy("decision")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return what can be looked for besides the open ones."""
        return [*ApprovalRequest.Decision.choices, ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        """Yield the choices; the first, without a parameter, are the open ones."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Open")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest]:
        """Return the requests that were looked for."""
        if self.value() == "all":
            return queryset
        return queryset.filter(decision=self.value() or "")


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ButtonAdmin[ApprovalRequest], ReadOnlyAdmin[ApprovalRequest]):
    """Apps that wait. An answer is about the app: it holds for everybody who asked, and from then on."""

    button_choices = (
        (ApprovalRequest.Decision.APPROVED, gettext_lazy("Approve")),
        (ApprovalRequest.Decision.DENIED, gettext_lazy("Deny")),
    )
    list_display = ("client", "identity", "redirect_uri", "user", "address", "asked_at", "decision", "decided_by")
    list_filter = (OpenFilter,)
    list_select_related = ("client", "user", "decided_by")
    search_fields = ("client__name", "client__client_id", "user__email", "redirect_uri")
    ordering = ("-asked_at",)
    actions = ("approve", "deny")
    fields = (
        "client",
        "client_identifier",
        "identity",
        "warning",
        "redirect_uri",
        "metadata",
        "registered_from",
        "user",
        "address",
        "asked_at",
        "decision",
        "decided_at",
        "decided_by",
    )
    readonly_fields = ("client_identifier", "identity", "warning", "metadata", "registered_from")

    @admin.display(description=gettext_lazy("client ID"))
    def client_identifier(self, row: ApprovalRequest) -> str:
        """Return the ID that the answer is about."""
        return row.client.client_id

    @admin.display(description=gettext_lazy("identity"))
    def identity(self, row: ApprovalRequest) -> str:
        """Return how far the app's identity is assured, as people would see it."""
        view = show_client(row.client, row.redirect_uri)
        return f"{view.badge} ({view.badge_host})" if view.badge_host else view.badge

    @admin.display(description=gettext_lazy("warning"))
    def warning(self, row: ApprovalRequest) -> str:
        """Return the warning about a borrowed name, if people would see one."""
        return show_client(row.client, row.redirect_uri).warning or "–"

    @admin.display(description=gettext_lazy("registered metadata"))
    def metadata(self, row: ApprovalRequest) -> str:
        """Return what the app says of itself."""
        said = {"redirect_uris": row.client.redirect_uri_list, **row.client.metadata}
        return json.dumps(said, indent=2, ensure_ascii=False)

    @admin.display(description=gettext_lazy("registered from"))
    def registered_from(self, row: ApprovalRequest) -> str:
        """Return the address from which the app registered."""
        return row.client.registered_from or "–"

    @admin.action(description=gettext_lazy("Approve the apps of the selected requests"), permissions=["end"])
    def approve(self, request: HttpRequest, queryset: QuerySet[ApprovalRequest]) -> None:
        """Let the apps be connected; whoever waits for one goes on by themselves."""
        self._decide_all(request, queryset, ApprovalRequest.Decision.APPROVED)

    @admin.action(description=gettext_lazy("Deny the apps of the selected requests"), permissions=["end"])
    @asks_first(gettext_lazy("These apps are turned away, and all that they have ends at once."))
    def deny(self, request: HttpRequest, queryset: QuerySet[ApprovalRequest]) -> None:
        """Turn the apps away, and end all they have."""
        self._decide_all(request, queryset, ApprovalRequest.Decision.DENIED)

    def may_press(self, request: HttpRequest, obj: ApprovalRequest) -> bool:
        """Return whether the person may decide, and nobody has yet."""
        return self.has_end_permission(request) and obj.decided_at is None

    def press(self, request: HttpRequest, obj: ApprovalRequest) -> None:
        """Decide as the button says."""
        choice = request.POST.get("choice", "")
        if choice not in ApprovalRequest.Decision.values:
            raise SuspiciousOperation("No such decision.")
        self._decide(request, obj.client_id, ApprovalRequest.Decision(choice))

    def _decide_all(
        self, request: HttpRequest, queryset: QuerySet[ApprovalRequest], decision: ApprovalRequest.Decision
    ) -> None:
        clients = set(queryset.filter(decided_at__isnull=True).values_list("client_id", flat=True))
        with transaction.atomic():
            for client_id in sorted(clients):
                self._decide(request, client_id, decision)
        tell(request, _("Decided: %(count)d.") % {"count": len(clients)})

    def _decide(self, request: HttpRequest, client_pk: int, decision: ApprovalRequest.Decision) -> None:
        # Locked, so that what the app changes of itself at this moment waits for the decision about what staff saw.
        client = Client.objects.select_for_update().get(pk=client_pk)
        decide(client, decision, cast(User, request.user))
        record_staff(request, _AUDITED[decision], client=client)
