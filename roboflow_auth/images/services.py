"""Changing images: add them, and mark what is on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from django.db import IntegrityError, transaction

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.text import check_text
from roboflow_auth.images.geometry import box_of, check_geometry, kind_of
from roboflow_auth.images.models import NAME_LENGTH, TAG_LENGTH, Annotation, Image, ImageStatus, ImageTag, Split
from roboflow_auth.images.selectors import find_image
from roboflow_auth.images.shapes import AddedImage, ImageView, NewAnnotation, image_view
from roboflow_auth.images.storage import store_original
from roboflow_auth.projects.models import ProjectClass
from roboflow_auth.projects.selectors import find_project
from roboflow_auth.projects.services import add_classes

MAX_TAGS = 50
MAX_METADATA = 50
MAX_METADATA_LENGTH = 1000
MAX_ANNOTATIONS = 5000

MetadataValue = str | int | float | bool


def add_image(
    principal: Principal,
    project_id: str,
    name: str,
    data: bytes,
    *,
    split: str = Split.TRAIN,
    tags: Iterable[str] = (),
    metadata: Mapping[str, MetadataValue] | None = None,
) -> AddedImage:
    """Add an image to a project and return it; bytes that the project has already return the image that has them.

    `name` is a file name, of which folders are dropped. Tags become lower case. Raises `InvalidInput` for what is not
    an image (`storage.store_original` says what is), another split, and for tags and metadata that are no plain text;
    otherwise as `find_project` does.
    """
    project = find_project(principal, project_id, to=Action.UPLOAD_IMAGE)
    image = Image(
        project=project,
        name=_check_file_name(name),
        split=_check_split(split),
        metadata=_check_metadata(metadata or {}),
        created_by_id=principal.user_id,
    )
    tag_names = _check_tags(tags)
    original = store_original(data)
    image.sha256, image.format, image.size = original.sha256, original.format, original.size
    image.width, image.height = original.width, original.height
    with transaction.atomic():
        kept, is_new = _save_or_find(image)
        if is_new:
            ImageTag.objects.bulk_create(ImageTag(image=kept, name=tag) for tag in tag_names)
        record(principal, Action.UPLOAD_IMAGE, f"{project.wire_id}/{kept.public_id}")
    return AddedImage(image_view(kept, project.wire_id), is_new)


def replace_annotations(
    principal: Principal, project_id: str, image_id: str, annotations: Sequence[NewAnnotation]
) -> ImageView:
    """Put `annotations` in place of those that the image has, and return it; no annotations make it unannotated.

    Classes that the project lacks are added to it. Raises `InvalidInput` for a box or polygon that does not lie within
    the image, and for more than 5000 annotations; otherwise as `find_image` does.
    """
    if len(annotations) > MAX_ANNOTATIONS:
        raise InvalidInput(f"An image may have {MAX_ANNOTATIONS} annotations at the most.")
    with transaction.atomic():
        image = find_image(principal, project_id, image_id, to=Action.ANNOTATE_IMAGE)
        for annotation in annotations:
            check_geometry(annotation, image.width, image.height)
        classes = add_classes(image.project, [annotation.class_name for annotation in annotations])
        image.annotations.all().delete()
        Annotation.objects.bulk_create(_annotation(image, new, classes, principal) for new in annotations)
        image.status = ImageStatus.ANNOTATED if annotations else ImageStatus.UNANNOTATED
        image.save(update_fields=["status"])
        record(principal, Action.ANNOTATE_IMAGE, f"{image.project.wire_id}/{image.public_id}")
    return image_view(image, image.project.wire_id)


def _save_or_find(image: Image) -> tuple[Image, bool]:
    try:
        with transaction.atomic():
            image.save(force_insert=True)
    except IntegrityError:
        return Image.objects.get(project=image.project, sha256=image.sha256), False
    return image, True


def _annotation(
    image: Image, new: NewAnnotation, classes: Mapping[str, ProjectClass], principal: Principal
) -> Annotation:
    box = box_of(new)
    return Annotation(
        image=image,
        project_class=classes[new.class_name.strip()],
        kind=kind_of(new),
        **(asdict(box) if box else {}),
        points=[list(point) for point in new.points],
        created_by_id=principal.user_id,
    )


def _check_file_name(name: str) -> str:
    return check_text(name.replace("\\", "/").rpartition("/")[2], "The file name", max_length=NAME_LENGTH)


def _check_split(split: str) -> Split:
    if split not in Split.values:
        raise InvalidInput(f"The split must be one of {', '.join(Split.values)}.")
    return Split(split)


def _check_tags(tags: Iterable[str]) -> list[str]:
    checked = {check_text(tag, "A tag", max_length=TAG_LENGTH).lower() for tag in tags}
    if len(checked) > MAX_TAGS:
        raise InvalidInput(f"An image may have {MAX_TAGS} tags at the most.")
    return sorted(checked)


def _check_metadata(metadata: Mapping[str, MetadataValue]) -> dict[str, MetadataValue]:
    if len(metadata) > MAX_METADATA:
        raise InvalidInput(f"An image may have {MAX_METADATA} pieces of metadata at the most.")
    return {
        check_text(key, "A name of metadata", max_length=TAG_LENGTH): _check_value(value)
        for key, value in metadata.items()
    }


def _check_value(value: MetadataValue) -> MetadataValue:
    if isinstance(value, str):
        return check_text(value, "Metadata", max_length=MAX_METADATA_LENGTH, may_be_empty=True)
    # PostgreSQL's JSON knows neither NaN nor infinity.
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput("Metadata must be finite numbers.")
    return value
