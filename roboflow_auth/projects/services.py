"""Changing projects: make them, move them to the trash and back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.text import check_text
from roboflow_auth.projects.models import NAME_LENGTH, Project, ProjectClass, ProjectType
from roboflow_auth.projects.selectors import counts_of, find_project_or_trashed
from roboflow_auth.projects.shapes import ImageCounts, ProjectView, TrashItem, project_view, trash_item

_SLUG_ATTEMPTS = 8
_SLUG_LENGTH = 48
_COLORS = ("#c7fc00", "#8622ff", "#fe0056", "#00ffce", "#ff8000", "#00b7eb", "#ffff00", "#ff00ff", "#0e7afe", "#ffabab")


def create_project(
    principal: Principal,
    *,
    name: str,
    project_type: str,
    annotation: str,
    license: str = "",  # noqa: A002
) -> ProjectView:
    """Return a new, empty project in the principal's workspace; its slug is made from `name`.

    `project_type` is one of ProjectType, `annotation` says what is labelled, as in «screws». Names have 120 characters
    at the most. Raises `InvalidInput` for what they can't be, `Denied` or `MissingScope`.
    """
    require(principal, Action.CREATE_PROJECT)
    project = Project(
        workspace_id=principal.workspace_id,
        name=check_text(name, "The project's name", max_length=NAME_LENGTH),
        type=_check_type(project_type),
        annotation=check_text(annotation, "The annotation", max_length=NAME_LENGTH),
        license=check_text(license, "The license", max_length=NAME_LENGTH, may_be_empty=True),
        created_by_id=principal.user_id,
    )
    with transaction.atomic():
        _save_with_free_slug(project)
        record(principal, Action.CREATE_PROJECT, project.wire_id)
    return project_view(project, ImageCounts())


def delete_project(principal: Principal, project_id: str) -> TrashItem:
    """Move the project to the trash, where it can be restored for 30 days, and return its place there.

    Deleting it again changes nothing and returns the same. Raises as `find_project` does.
    """
    with transaction.atomic():
        project = find_project_or_trashed(principal, project_id, to=Action.DELETE_PROJECT)
        if project.deleted_at is None:
            project.deleted_at = project.updated_at = timezone.now()
            project.deleted_by_id = principal.user_id
            project.save(update_fields=["deleted_at", "deleted_by", "updated_at"])
        record(principal, Action.DELETE_PROJECT, project.wire_id)
    return trash_item(project)


def restore_project(principal: Principal, item_id: str) -> ProjectView:
    """Take the project back out of the trash and return it; `item_id` is the `id` of its trash item.

    Restoring it again changes nothing. Raises `NotFound` once its 30 days are over, and as `find_project` does.
    """
    with transaction.atomic():
        project = find_project_or_trashed(principal, item_id, to=Action.RESTORE_PROJECT)
        if project.deleted_at is not None:
            project.deleted_at = project.deleted_by = None
            project.updated_at = timezone.now()
            project.save(update_fields=["deleted_at", "deleted_by", "updated_at"])
        record(principal, Action.RESTORE_PROJECT, project.wire_id)
    return project_view(project, counts_of(principal, project))


def add_classes(project: Project, names: Iterable[str]) -> dict[str, ProjectClass]:
    """Return the classes of `project` by name, after adding those of `names` that it lacks.

    For services that have found the project for their principal. It needs a transaction. Raises `InvalidInput` for a
    name that no class can have.
    """
    wanted = [check_text(name, "The class name", max_length=NAME_LENGTH) for name in names]
    # Locked, so that two who add classes at once do not choose the same color.
    Project.objects.select_for_update().get(pk=project.pk)
    classes = {row.name: row for row in project.classes.order_by("id")}
    for name in wanted:
        if name not in classes:
            color = _COLORS[len(classes) % len(_COLORS)]
            classes[name] = ProjectClass.objects.create(project=project, name=name, color=color)
    return classes


def _check_type(project_type: str) -> ProjectType:
    if project_type not in ProjectType.values:
        raise InvalidInput(f"The project's type must be one of {', '.join(ProjectType.values)}.")
    return ProjectType(project_type)


def _save_with_free_slug(project: Project) -> None:
    wanted = slugify(project.name)[:_SLUG_LENGTH].strip("-_") or "project"
    project.slug = wanted
    for _ in range(_SLUG_ATTEMPTS):
        try:
            with transaction.atomic():
                return project.save(force_insert=True)
        except IntegrityError:
            project.slug = f"{wanted}-{secrets.token_hex(3)}"
    raise RuntimeError("No free slug was found for a new project.")
