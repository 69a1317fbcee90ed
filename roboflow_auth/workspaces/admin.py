"""Workspaces and memberships in Django admin."""

from __future__ import annotations

from django.contrib import admin

from roboflow_auth.workspaces.models import Membership, Workspace


class MembershipInline(admin.TabularInline[Membership, Workspace]):
    """The people of a workspace."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin[Workspace]):
    """Workspaces and their people. Removing a membership ends its connections' access at once (P-G2)."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    readonly_fields = ("created_at",)
    inlines = (MembershipInline,)
