"""Reading images: one, a search, and the bytes of a thumbnail."""

from __future__ import annotations

import re
from collections import defaultdict

from django.db.models import Exists, OuterRef, Q, QuerySet

from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.recorder import record
from roboflow_auth.core.errors import InvalidInput, NotFound
from roboflow_auth.core.paging import Page, page
from roboflow_auth.core.sentences import sentence
from roboflow_auth.core.text import check_text
from roboflow_auth.images.links import read_link
from roboflow_auth.images.models import PUBLIC_ID_LENGTH, Annotation, Image, ImageTag
from roboflow_auth.images.shapes import ImageList, ImageView, image_summary, image_view
from roboflow_auth.images.storage import read_thumbnail_of
from roboflow_auth.projects.models import Project
from roboflow_auth.projects.selectors import find_project
from roboflow_auth.projects.visibility import assigned_to, sees_assigned_only

MAX_QUERY_LENGTH = 200
MAX_QUERY_WORDS = 10

_PUBLIC_ID = re.compile(rf"[A-Za-z0-9]{{{PUBLIC_ID_LENGTH}}}")
_ANYTHING = "*"


def find_image(principal: Principal, project_id: str, image_id: str, *, to: Action) -> Image:
    """Return the image when its project is found, the principal may do `to`, and the row is visible to its role.

    The image's project and workspace are loaded. Raises `NotFound` for absent, malformed and invisible ids alike, and
    as `find_project` does.
    """
    project = find_project(principal, project_id, to=to)
    if not _PUBLIC_ID.fullmatch(image_id):
        raise NotFound(sentence("There is no such image."))
    image = visible_images(principal, project).filter(public_id=image_id).first()
    if image is None:
        raise NotFound(sentence("There is no such image."))
    image.project = project
    return image


def view_image(principal: Principal, project_id: str, image_id: str) -> ImageView:
    """Return one image with its annotations. Raises as `find_image` does."""
    image = find_image(principal, project_id, image_id, to=Action.VIEW_IMAGE)
    record(principal, Action.VIEW_IMAGE, f"{image.project.wire_id}/{image.public_id}")
    return image_view(image, image.project.wire_id)


def search_images(
    principal: Principal,
    project_id: str,
    query: str = "",
    *,
    limit: int = 50,
    offset: int = 0,
    tag: str = "",
    class_name: str = "",
    in_dataset: bool | None = None,
    split: str = "",
    status: str = "",
) -> ImageList:
    """Return a page of the images of a project that the principal sees and that fit, newest first.

    Every word of `query` must occur in the file name, a tag or the name of a class that is marked on the image; `*` or
    nothing finds all. `tag` and `class_name` are whole names; `split` and `status` are values of Split and ImageStatus.
    `limit` is 1 to 200. Raises `InvalidInput` for a query of more than 200 characters or 10 words, and as
    `find_project` does.
    """
    project = find_project(principal, project_id, to=Action.VIEW_IMAGE)
    rows = visible_images(principal, project)
    for word in _words(query):
        rows = rows.filter(_mentions(word))
    if tag:
        rows = rows.filter(_has_tag(name=_check_name(tag).lower()))
    if class_name:
        rows = rows.filter(_has_class(project_class__name=_check_name(class_name)))
    if in_dataset is not None:
        rows = rows.filter(in_dataset=in_dataset)
    if split:
        rows = rows.filter(split=_check_name(split))
    if status:
        rows = rows.filter(status=_check_name(status))
    found: Page[Image] = page(rows.prefetch_related("tags").order_by("-id"), limit=limit, offset=offset)
    classes = _classes_on(found.rows)
    record(principal, Action.VIEW_IMAGE, project.wire_id)
    summaries = [image_summary(image, project.wire_id, classes[image.pk]) for image in found.rows]
    return ImageList(summaries, found.total, found.limit, found.offset)


def visible_images(principal: Principal, project: Project) -> QuerySet[Image]:
    """Return the images of `project`, which was found for `principal`, that its role lets it see."""
    rows = Image.objects.filter(project=project)
    if sees_assigned_only(principal):
        rows = rows.filter(pk__in=Image.objects.filter(assigned_to(principal), project=project).values("pk"))
    return rows


def read_thumbnail(signed: str) -> bytes:
    """Return the JPEG to which the last part of a thumbnail's URL leads.

    The signature stands for a principal that saw the image within the hour, in an answer that the audit log knows; so
    there is no principal here and no row. Raises `NotFound` for a bad or old signature, an image that is gone, a
    project in the trash, and bytes that the storage has lost.
    """
    images = Image.objects.filter(public_id=read_link(signed), project__deleted_at__isnull=True)
    sha256 = images.values_list("sha256", flat=True).first()
    if sha256 is None:
        raise NotFound(sentence("There is no such thumbnail."))
    try:
        return read_thumbnail_of(sha256)
    except FileNotFoundError as error:
        raise NotFound(sentence("There is no such thumbnail.")) from error


def _words(query: str) -> list[str]:
    checked = check_text(" ".join(query.split()), sentence("The query"), max_length=MAX_QUERY_LENGTH, may_be_empty=True)
    words = [word for word in checked.split() if word != _ANYTHING]
    if len(words) > MAX_QUERY_WORDS:
        raise InvalidInput(sentence("The query may have %(limit)s words at the most.", limit=MAX_QUERY_WORDS))
    return words


def _check_name(name: str) -> str:
    return check_text(name, sentence("The name"), max_length=MAX_QUERY_LENGTH, may_be_empty=True)


def _mentions(word: str) -> Q:
    in_tag, in_class = _has_tag(name__contains=word.lower()), _has_class(project_class__name__icontains=word)
    return Q(name__icontains=word) | Q(in_tag) | Q(in_class)


def _has_tag(**condition: str) -> Exists:
    return Exists(ImageTag.objects.filter(image=OuterRef("pk"), **condition))


def _has_class(**condition: str) -> Exists:
    return Exists(Annotation.objects.filter(image=OuterRef("pk"), **condition))


def _classes_on(images: list[Image]) -> defaultdict[int, list[str]]:
    rows = Annotation.objects.filter(image__in=[image.pk for image in images])
    classes: defaultdict[int, list[str]] = defaultdict(list)
    for image_id, name in rows.order_by().values_list("image_id", "project_class__name").distinct():
        classes[image_id].append(name)
    return classes
