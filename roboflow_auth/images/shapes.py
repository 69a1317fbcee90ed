"""What images and annotations look like to the API and to the model, and what a new annotation is made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roboflow_auth.images.links import thumbnail_url
from roboflow_auth.images.models import Annotation, Image


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; `x` and `y` are its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class AnnotationView:
    """Something marked on an image. `kind` is `box`, `polygon` or `label` (the whole image, without a box).

    `points` are a polygon's corners as [x, y] in pixels, and `box` then is the rectangle around them.
    """

    class_name: str
    kind: str
    box: Box | None
    points: list[list[float]]


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """Something to mark: a box, a polygon (`points`, three at least), or with neither the image as a whole."""

    class_name: str
    box: Box | None = None
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ImageSummary:
    """An image in a list. `classes` are the names of what is marked on it; `thumbnail_url` works for an hour."""

    id: str
    project_id: str
    name: str
    width: int
    height: int
    split: str
    status: str
    in_dataset: bool
    tags: list[str]
    classes: list[str]
    thumbnail_url: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ImageView:
    """One image with its metadata and annotations; `thumbnail_url` works for an hour, without credentials."""

    id: str
    project_id: str
    name: str
    width: int
    height: int
    split: str
    status: str
    in_dataset: bool
    tags: list[str]
    metadata: dict[str, Any]
    annotations: list[AnnotationView]
    thumbnail_url: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ImageList:
    """A page of images, newest first."""

    images: list[ImageSummary]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class AddedImage:
    """What became of an upload: `is_new` is false when the project had these very bytes already."""

    image: ImageView
    is_new: bool


def image_summary(image: Image, project_id: str, classes: Iterable[str]) -> ImageSummary:
    """Return the shape of `image` in a list; its tags are loaded."""
    return ImageSummary(
        id=image.public_id,
        project_id=project_id,
        name=image.name,
        width=image.width,
        height=image.height,
        split=image.split,
        status=image.status,
        in_dataset=image.in_dataset,
        tags=_tag_names(image),
        classes=sorted(classes),
        thumbnail_url=thumbnail_url(image.public_id),
        created_at=image.created_at,
    )


def image_view(image: Image, project_id: str) -> ImageView:
    """Return the shape of `image`. Two statements."""
    annotations = image.annotations.select_related("project_class").order_by("id")
    return ImageView(
        id=image.public_id,
        project_id=project_id,
        name=image.name,
        width=image.width,
        height=image.height,
        split=image.split,
        status=image.status,
        in_dataset=image.in_dataset,
        tags=_tag_names(image),
        metadata=image.metadata,
        annotations=[annotation_view(annotation) for annotation in annotations],
        thumbnail_url=thumbnail_url(image.public_id),
        created_at=image.created_at,
    )


def annotation_view(annotation: Annotation) -> AnnotationView:
    """Return the shape of `annotation`, whose class is loaded."""
    return AnnotationView(
        class_name=annotation.project_class.name,
        kind=annotation.kind,
        box=_box(annotation),
        points=annotation.points,
    )


def _box(annotation: Annotation) -> Box | None:
    x, y, width, height = annotation.x, annotation.y, annotation.width, annotation.height
    if x is None or y is None or width is None or height is None:
        return None
    return Box(x, y, width, height)


def _tag_names(image: Image) -> list[str]:
    return sorted(tag.name for tag in image.tags.all())
