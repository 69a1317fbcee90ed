"""What projects and the trash look like to the API and to the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roboflow_auth.projects.models import Project


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """How many images of a project the caller may see, and how many of them are annotated."""

    images: int = 0
    annotated_images: int = 0


@dataclass(frozen=True, slots=True)
class ProjectClassView:
    """One of the project's classes, and the color in which it is drawn (`#rrggbb`)."""

    name: str
    color: str


@dataclass(frozen=True, slots=True)
class ProjectView:
    """A project. `id` is `workspace/slug`; `annotation` says what is labelled; the counts are of visible images."""

    id: str
    name: str
    type: str
    annotation: str
    license: str
    classes: list[ProjectClassView]
    images: int
    annotated_images: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProjectList:
    """A page of projects, newest first."""

    projects: list[ProjectView]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class TrashItem:
    """Something in the trash: restore it by its `id` until `expires_at`. `deleted_by` is an e-mail address."""

    id: str
    kind: str
    project_id: str
    name: str
    deleted_at: datetime
    deleted_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TrashList:
    """What is in the trash, the latest first; at most 200 items, `total` counts all."""

    items: list[TrashItem]
    total: int


def project_view(project: Project, counts: ImageCounts) -> ProjectView:
    """Return the shape of `project`, whose workspace and classes are loaded."""
    classes = sorted(project.classes.all(), key=lambda project_class: project_class.pk)
    return ProjectView(
        id=project.wire_id,
        name=project.name,
        type=project.type,
        annotation=project.annotation,
        license=project.license,
        classes=[ProjectClassView(project_class.name, project_class.color) for project_class in classes],
        images=counts.images,
        annotated_images=counts.annotated_images,
        created_at=project.created_at,
        updated_at=project.updated_at,
    )


def trash_item(project: Project) -> TrashItem:
    """Return the shape of `project` in the trash, whose workspace and `deleted_by` are loaded."""
    assert project.deleted_at is not None and project.expires_at is not None  # noqa: S101, PT018 - it is in the trash.
    return TrashItem(
        # A slug is never given out twice, so the project's own id names its place in the trash too.
        id=project.wire_id,
        kind="project",
        project_id=project.wire_id,
        name=project.name,
        deleted_at=project.deleted_at,
        deleted_by=project.deleted_by.email if project.deleted_by else "",
        expires_at=project.expires_at,
    )
