"""Projects in Django admin: to look at, and to correct a name."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from roboflow_auth.projects.models import Project, ProjectClass


class ProjectClassInline(admin.TabularInline[ProjectClass, Project]):
    """The classes of a project."""

    model = ProjectClass
    extra = 0


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin[Project]):
    """Projects and their classes. People make them on the API, and move them to the trash there."""

    list_display = ("name", "slug", "workspace", "type", "created_at", "deleted_at")
    list_filter = ("type", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace",)
    search_fields = ("name", "slug", "workspace__slug")
    readonly_fields = (
        "workspace",
        "slug",
        "type",
        "created_by",
        "created_at",
        "updated_at",
        "deleted_at",
        "deleted_by",
    )
    inlines = (ProjectClassInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a project is made by someone in a workspace, and the audit log says by whom."""
        return False
