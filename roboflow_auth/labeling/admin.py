"""Annotation jobs in Django admin."""

from __future__ import annotations

from django.contrib import admin

from roboflow_auth.labeling.models import AnnotationJob


@admin.register(AnnotationJob)
class AnnotationJobAdmin(admin.ModelAdmin[AnnotationJob]):
    """Jobs: who labels what. Another labeler sees the images from the next request on."""

    list_display = ("name", "project", "labeler", "reviewer", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("project", "labeler", "reviewer")
    search_fields = ("name", "project__slug", "labeler__email")
    autocomplete_fields = ("labeler", "reviewer")
    readonly_fields = ("project", "images", "created_at")
