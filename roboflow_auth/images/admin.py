"""Images and annotations in Django admin: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from roboflow_auth.images.models import Annotation, Image, ImageTag


class ImageTagInline(admin.TabularInline[ImageTag, Image]):
    """The tags of an image."""

    model = ImageTag
    extra = 0


class AnnotationInline(admin.TabularInline[Annotation, Image]):
    """What is marked on an image."""

    model = Annotation
    extra = 0
    readonly_fields = fields = ("project_class", "kind", "x", "y", "width", "height", "created_by", "updated_at")

    def has_add_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        """Refuse: annotations are drawn, not typed."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Annotation]:
        """Return the rows with what their lines show."""
        return super().get_queryset(request).select_related("project_class", "created_by")


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin[Image]):
    """Images, their tags and annotations. People add them on the API."""

    list_display = ("name", "public_id", "project", "split", "status", "in_dataset", "created_at")
    list_filter = ("status", "split", "in_dataset")
    list_select_related = ("project",)
    search_fields = ("name", "public_id", "sha256", "project__slug")
    readonly_fields = (
        "project",
        "public_id",
        "sha256",
        "format",
        "width",
        "height",
        "size",
        "status",
        "created_by",
        "created_at",
    )
    inlines = (ImageTagInline, AnnotationInline)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: an image comes with its bytes."""
        return False
