"""Projects and their images, with what is marked on them, so that what people and their apps did can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from roboflow_auth.access.policy import may
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.changes import last_changes, list_changes
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.images.browsing import MarkedImage, MarkedImages, Size, browse_images, list_tags, read_image
from roboflow_auth.images.models import ImageStatus, Split
from roboflow_auth.images.selectors import view_image
from roboflow_auth.images.storage import THUMBNAIL_CONTENT_TYPE
from roboflow_auth.projects.models import ProjectType
from roboflow_auth.projects.selectors import find_project, list_projects, view_project
from roboflow_auth.projects.shapes import ProjectView
from roboflow_auth.projects.visibility import sees_assigned_only
from roboflow_auth.web.drawing import Shape, colors_of, legend_of, shapes_of
from roboflow_auth.web.forms.browse import ImageFilterForm
from roboflow_auth.web.workspace_pages import workspace_page

_BACK = "web:workspace_projects"
_PROJECTS_A_PAGE = 30
_IMAGES_A_PAGE = 24
_KEPT_SECONDS = 3600
_MOST_SHAPES, _MOST_LISTED = 2000, 200
_LARGEST_PAGE = 40_000


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a list goes on: `first` to `last` of `total`, and the numbers of the pages beside it (0: none)."""

    first: int
    last: int
    total: int
    newer: int
    older: int


@require_safe
@workspace_page("web:workspace", to=Action.VIEW_PROJECT)
def projects(request: HttpRequest, principal: Principal) -> HttpResponseBase:
    """List the projects of the workspace."""
    page = _page_number(request)
    found = list_projects(principal, limit=_PROJECTS_A_PAGE, offset=(page - 1) * _PROJECTS_A_PAGE)
    context = {
        "workspace": principal,
        "projects": [_project(view) for view in found.projects],
        "pager": _pager(page, found.total, _PROJECTS_A_PAGE),
        "sees_assigned_only": sees_assigned_only(principal),
    }
    return render(request, "web/projects.html", context)


@require_safe
@workspace_page(_BACK, to=Action.VIEW_IMAGE)
def project(request: HttpRequest, principal: Principal, project: str) -> HttpResponseBase:
    """Show the images of a project, those the member sees, with what is marked on them."""
    row = find_project(principal, project, to=Action.VIEW_IMAGE)
    view = view_project(principal, project)
    form = ImageFilterForm(request.GET, [entry.name for entry in view.classes], list_tags(principal, row))
    page, found = 1, MarkedImages([], 0, _IMAGES_A_PAGE, 0)
    if form.is_valid():
        page = form.cleaned_data["page"] or 1
        found = browse_images(principal, project, form.wanted, limit=_IMAGES_A_PAGE, offset=(page - 1) * _IMAGES_A_PAGE)
    pager = _pager(page, found.total, _IMAGES_A_PAGE)
    address = reverse("web:workspace_project", args=[principal.workspace, row.slug])
    context = {
        "workspace": principal,
        **_project(view),
        "form": form,
        "tiles": _tiles(principal, view, found),
        "legend": legend_of((a for marked in found.images for a in marked.annotations), colors_of(view.classes)),
        "pager": pager,
        "newer_url": f"{address}?{form.query_of_page(pager.newer)}" if pager.newer else "",
        "older_url": f"{address}?{form.query_of_page(pager.older)}" if pager.older else "",
        "page_url": address,
        "sees_assigned_only": sees_assigned_only(principal),
    }
    return render(request, "web/project.html", context)


@require_safe
@workspace_page(_BACK, to=Action.VIEW_IMAGE)
def image(request: HttpRequest, principal: Principal, project: str, image: str) -> HttpResponseBase:
    """Show one image large, what is marked on it, and who did that through which app."""
    view = view_project(principal, project)
    found = view_image(principal, project, image)
    colors = colors_of(view.classes)
    context = {
        "workspace": principal,
        **_project(view),
        "image": found,
        "picture_url": _image_url(view, found.id, "picture"),
        "shapes": shapes_of(found.annotations[:_MOST_SHAPES], colors),
        "legend": legend_of(found.annotations, colors),
        "marks": [
            {"annotation": annotation, "color": colors.get(annotation.class_name, "")}
            for annotation in found.annotations[:_MOST_LISTED]
        ],
        "marks_total": len(found.annotations),
        "unlisted": max(0, len(found.annotations) - _MOST_LISTED),
        "metadata": sorted(found.metadata.items()),
        "split": Split(found.split).label,
        "status": ImageStatus(found.status).label,
        "changes": list_changes(principal, f"{view.id}/{found.id}"),
        "sees_changes": may(principal, Action.VIEW_AUDIT_LOG),
    }
    return render(request, "web/image.html", context)


@require_safe
@workspace_page(_BACK, to=Action.VIEW_IMAGE)
def image_bytes(request: HttpRequest, principal: Principal, project: str, image: str, size: str) -> HttpResponseBase:
    """Answer with the JPEG of an image that the member sees; the browser keeps it for an hour, and nobody else does."""
    if size not in ("thumbnail", "picture"):
        raise Http404("There is no such size.")
    data, content = read_image(principal, project, image, cast(Size, size))
    response: HttpResponse = HttpResponse(data, content_type=THUMBNAIL_CONTENT_TYPE)
    if f'"{content}"' in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    response["ETag"] = f'"{content}"'
    # Private, and another one for whoever signs in here next.
    response["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    patch_vary_headers(response, ("Cookie",))
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _project(view: ProjectView) -> dict[str, Any]:
    return {
        "project": view,
        "slug": view.id.partition("/")[2],
        "type_label": ProjectType(view.type).label,
    }


def _tiles(principal: Principal, view: ProjectView, found: MarkedImages) -> list[dict[str, Any]]:
    changes = last_changes(principal, [f"{view.id}/{marked.image.id}" for marked in found.images])
    colors = colors_of(view.classes)
    return [_tile(view, marked, shapes_of(marked.annotations, colors), changes) for marked in found.images]


def _tile(view: ProjectView, marked: MarkedImage, shapes: list[Shape], changes: Any) -> dict[str, Any]:
    change: AuditEvent | None = changes.get(f"{view.id}/{marked.image.id}")
    return {
        "image": marked.image,
        "thumbnail_url": _image_url(view, marked.image.id, "thumbnail"),
        "shapes": shapes,
        "count": len(marked.annotations),
        "labels": [a.class_name for a in marked.annotations if a.box is None],
        "status": ImageStatus(marked.image.status).label,
        "change": change,
    }


def _image_url(view: ProjectView, image_id: str, size: Size) -> str:
    workspace, _, slug = view.id.partition("/")
    return reverse("web:workspace_image_bytes", args=[workspace, slug, image_id, size])


def _page_number(request: HttpRequest) -> int:
    raw = request.GET.get("page", "")
    return max(1, min(int(raw), _LARGEST_PAGE)) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 1


def _pager(page: int, total: int, size: int) -> Pager:
    first = (page - 1) * size
    return Pager(
        first=min(first + 1, total),
        last=min(first + size, total),
        total=total,
        newer=min(page - 1, max(1, -(-total // size))) if page > 1 else 0,
        older=page + 1 if first + size < total else 0,
    )
