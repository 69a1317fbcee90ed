"""Reading projects and the trash."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import NotFound
from roboflow_auth.core.paging import MAX_LIMIT, Page, page
from roboflow_auth.core.sentences import sentence
from roboflow_auth.projects.models import SLUG_LENGTH, TRASH_PERIOD, Project
from roboflow_auth.projects.shapes import ImageCounts, ProjectList, ProjectView, TrashList, project_view, trash_item
from roboflow_auth.projects.visibility import assigned_to, sees_assigned_only

# What no slug can be is refused before it reaches the database: it may be long, or hold what PostgreSQL can't take.
_SLUG = re.compile(rf"[a-z0-9_-]{{1,{SLUG_LENGTH}}}")


def find_project(principal: Principal, project_id: str, *, to: Action) -> Project:
    """Return the project when it is in the principal's workspace, not in the trash, and the principal may do `to`.

    `project_id` is `workspace/slug`, or the slug alone. The project's workspace is loaded. Raises `NotFound` for the
    ids of other workspaces exactly as for absent and malformed ones, `Denied` or `MissingScope` as `access.require`.
    """
    return _find(principal, project_id, Project.objects.filter(deleted_at__isnull=True), to)


def find_project_or_trashed(principal: Principal, project_id: str, *, to: Action) -> Project:
    """Return the project as `find_project` does, also from the trash while it can be restored; the row is locked.

    It needs a transaction.
    """
    is_there = Q(deleted_at__isnull=True) | Q(deleted_at__gt=timezone.now() - TRASH_PERIOD)
    return _find(principal, project_id, Project.objects.filter(is_there).select_for_update(of=("self",)), to)


def view_project(principal: Principal, project_id: str) -> ProjectView:
    """Return one project. Raises as `find_project` does."""
    project = find_project(principal, project_id, to=Action.VIEW_PROJECT)
    record(principal, Action.VIEW_PROJECT, project.wire_id)
    return project_view(project, counts_of(principal, project))


def list_projects(principal: Principal, *, limit: int = 50, offset: int = 0) -> ProjectList:
    """Return a page of the projects of the principal's workspace, newest first; `limit` is 1 to 200."""
    require(principal, Action.VIEW_PROJECT)
    rows = _projects_of(principal).filter(deleted_at__isnull=True).prefetch_related("classes").order_by("-id")
    found: Page[Project] = page(rows, limit=limit, offset=offset)
    counts = _count_images(principal, (project.pk for project in found.rows))
    record(principal, Action.VIEW_PROJECT, principal.workspace)
    views = [project_view(project, counts[project.pk]) for project in found.rows]
    return ProjectList(views, found.total, found.limit, found.offset)


def list_trash(principal: Principal) -> TrashList:
    """Return what can be restored in the principal's workspace, the latest first, 200 items at the most."""
    require(principal, Action.VIEW_TRASH)
    rows = _projects_of(principal).filter(deleted_at__gt=timezone.now() - TRASH_PERIOD).select_related("deleted_by")
    found: Page[Project] = page(rows.order_by("-deleted_at", "-id"), limit=MAX_LIMIT, offset=0)
    record(principal, Action.VIEW_TRASH, principal.workspace)
    return TrashList([trash_item(project) for project in found.rows], found.total)


def counts_of(principal: Principal, project: Project) -> ImageCounts:
    """Return how many images of `project` the principal sees. One statement."""
    return _count_images(principal, [project.pk])[project.pk]


def _find(principal: Principal, project_id: str, rows: QuerySet[Project], action: Action) -> Project:
    workspace, separator, slug = project_id.rpartition("/")
    if (separator and workspace != principal.workspace) or not _SLUG.fullmatch(slug):
        raise NotFound(sentence("There is no such project."))
    require(principal, action)
    project = rows.filter(workspace_id=principal.workspace_id, slug=slug).select_related("workspace").first()
    if project is None:
        raise NotFound(sentence("There is no such project."))
    return project


def _projects_of(principal: Principal) -> QuerySet[Project]:
    return Project.objects.filter(workspace_id=principal.workspace_id).select_related("workspace")


def _count_images(principal: Principal, project_ids: Iterable[int]) -> dict[int, ImageCounts]:
    visible = assigned_to(principal, "images__") if sees_assigned_only(principal) else Q()
    # A word of the package above, `images`, whose rows are reached by the name of the relation too.
    annotated = visible & ~Q(images__status="unannotated")
    # Distinct, because an image can be in several jobs of one person.
    counted = Project.objects.filter(pk__in=list(project_ids)).annotate(
        seen=Count("images", filter=visible, distinct=True),
        seen_annotated=Count("images", filter=annotated, distinct=True),
    )
    rows = counted.order_by().values_list("pk", "seen", "seen_annotated")
    return {project_id: ImageCounts(*counts) for project_id, *counts in rows}
