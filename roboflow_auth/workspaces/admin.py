"""Workspaces and memberships in Django admin."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import Outcome
from roboflow_auth.audit.recorder import record_event
from roboflow_auth.core.removal_admin import RemovalAdmin
from roboflow_auth.workspaces.models import ROLE_LABELS, Membership, Workspace
from roboflow_auth.workspaces.ownership import close_workspace


class MembershipForm(forms.ModelForm[Membership]):
    """A membership. Staff choose among the system's roles; a role that the workspace made stays until they do."""

    role = forms.ChoiceField()

    class Meta:
        model = Membership
        fields = ("user", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(self.instance.role, self.instance.role_label)] if self.instance.own_role_id else []
        self.fields["role"].choices = [*own, *ROLE_LABELS.items()]  # type: ignore[attr-defined]

    def clean_role(self) -> str:
        """Take another role as one of the system's, which has no row."""
        role = str(self.cleaned_data["role"])
        if role != self.instance.role:
            self.instance.own_role = None
        return role


class MembershipInline(admin.TabularInline[Membership, Workspace]):
    """The people of a workspace."""

    model = Membership
    form = MembershipForm
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Workspace)
class WorkspaceAdmin(RemovalAdmin[Workspace]):
    """Workspaces and their people. Removing a membership ends its connections' access at once (P-G2)."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    readonly_fields = ("created_at",)
    inlines = (MembershipInline,)

    def retire(self, obj: Workspace) -> None:
        """End everything that was connected to the workspace before it is deleted."""
        close_workspace(obj.pk)

    def record_deletion(self, request: HttpRequest, obj: Workspace, outcome: str = Outcome.ALLOWED) -> None:
        """Write down who deletes the workspace."""
        staff = cast(User, request.user)
        record_event(
            Action.DELETE_WORKSPACE,
            subject=str(staff.subject),
            email=staff.email,
            workspace=obj.slug,
            target=obj.slug,
            outcome=Outcome(outcome),
            reason="by_staff",
            detail=obj.name,
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the memberships, and write down who let whom in, or out, or into which role."""
        super().save_formset(request, form, formset, change)
        changes = {
            "add_member": formset.new_objects,
            "change_member_role": [membership for membership, _ in formset.changed_objects],
            "remove_member": formset.deleted_objects,
        }
        for action, memberships in changes.items():
            for membership in memberships:
                _record(request, action, membership)


def _record(request: HttpRequest, action: str, membership: Membership) -> None:
    staff = cast(User, request.user)
    record_event(
        action,
        subject=str(staff.subject),
        email=staff.email,
        workspace=membership.workspace.slug,
        target=membership.user.email,
        reason="by_staff",
        detail=membership.role,
    )
