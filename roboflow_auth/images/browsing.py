"""Images with what is marked on them, for pages that draw it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count
from django.db.models.functions import Lower

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.core.errors import NotFound
from roboflow_auth.core.sentences import sentence
from roboflow_auth.images.models import Annotation, ImageTag
from roboflow_auth.images.selectors import find_image, search_images, visible_images
from roboflow_auth.images.shapes import AnnotationView, ImageSummary, annotation_view
from roboflow_auth.images.storage import read_picture_of, read_thumbnail_of
from roboflow_auth.projects.models import Project

MOST_TAGS = 100
# More than that on one image nobody could tell apart in a small picture.
MOST_DRAWN = 300

Size = Literal["thumbnail", "picture"]


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which images are wanted; what is empty narrows nothing."""

    query: str = ""
    split: str = ""
    status: str = ""
    class_name: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class MarkedImage:
    """An image of a list, and what is marked on it, 300 annotations at the most."""

    image: ImageSummary
    annotations: list[AnnotationView]


@dataclass(frozen=True, slots=True)
class MarkedImages:
    """A page of images, newest first, and how many fit in all."""

    images: list[MarkedImage]
    total: int
    limit: int
    offset: int


def browse_images(
    principal: Principal, project_id: str, wanted: ImageFilter, *, limit: int, offset: int
) -> MarkedImages:
    """Return a page of the images that the principal sees and that fit. One statement more than `search_images`."""
    found = search_images(
        principal,
        project_id,
        wanted.query,
        limit=limit,
        offset=offset,
        tag=wanted.tag,
        class_name=wanted.class_name,
        split=wanted.split,
        status=wanted.status,
    )
    marked = _annotations_on([image.id for image in found.images])
    images = [MarkedImage(image, marked[image.id]) for image in found.images]
    return MarkedImages(images, found.total, found.limit, found.offset)


def list_tags(principal: Principal, project: Project) -> list[str]:
    """Return the tags on images of `project`, found for `principal`, that it sees; the most used 100, by name."""
    seen = ImageTag.objects.filter(image__in=visible_images(principal, project))
    used = seen.values_list("name").annotate(uses=Count("pk")).order_by("-uses", Lower("name"))
    return sorted(name for name, _ in used[:MOST_TAGS])


def read_image(principal: Principal, project_id: str, image_id: str, size: Size) -> tuple[bytes, str]:
    """Return the JPEG of an image that the principal sees, and what tells its content from others.

    It carries no metadata of the original. Raises as `find_image` does, and `NotFound` for bytes that were lost. It
    leaves no row: the page that shows the image left one.
    """
    image = find_image(principal, project_id, image_id, to=Action.VIEW_IMAGE)
    read = read_picture_of if size == "picture" else read_thumbnail_of
    try:
        return read(image.sha256), f"{size}-{image.sha256}"
    except FileNotFoundError as error:
        raise NotFound(sentence("There is no such image.")) from error


def _annotations_on(image_ids: Collection[str]) -> defaultdict[str, list[AnnotationView]]:
    rows = Annotation.objects.filter(image__public_id__in=image_ids).select_related("project_class", "image")
    marked: defaultdict[str, list[AnnotationView]] = defaultdict(list)
    for row in rows.order_by("pk"):
        if len(marked[row.image.public_id]) < MOST_DRAWN:
            marked[row.image.public_id].append(annotation_view(row))
    return marked
