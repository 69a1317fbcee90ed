"""Image, ImageTag and Annotation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from roboflow_auth.projects.models import Project, ProjectClass

PUBLIC_ID_LENGTH = 20
NAME_LENGTH = 255
TAG_LENGTH = 64


class Split(models.TextChoices):
    """What an image is for, once it is in the dataset."""

    TRAIN = "train", _("Train")
    VALID = "valid", _("Valid")
    TEST = "test", _("Test")


class ImageStatus(models.TextChoices):
    """How far the annotations of an image are."""

    UNANNOTATED = "unannotated", _("Unannotated")
    ANNOTATED = "annotated", pgettext_lazy("of an image", "Annotated")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class ImageFormat(models.TextChoices):
    """How the original is encoded. The values are Pillow's names."""

    JPEG = "JPEG", "JPEG"
    PNG = "PNG", "PNG"
    WEBP = "WEBP", "WebP"
    BMP = "BMP", "BMP"


class AnnotationKind(models.TextChoices):
    """What an annotation marks: a box, a polygon, or the image as a whole."""

    BOX = "box", _("Box")
    POLYGON = "polygon", _("Polygon")
    LABEL = "label", _("Label")


def make_public_id() -> str:
    """Return a new name for an image on the wire: random, so that nothing can be told from it."""
    return get_random_string(PUBLIC_ID_LENGTH)


class Image(models.Model):
    """An image of a project. Its bytes lie in the storage under their SHA-256; a project has the same bytes once.

    `width` and `height` are pixels as people see them, with the camera's orientation applied.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="images")
    public_id = models.CharField(
        _("ID"), max_length=PUBLIC_ID_LENGTH, unique=True, default=make_public_id, editable=False
    )
    sha256 = models.CharField("SHA-256", max_length=64, editable=False)
    name = models.CharField(_("file name"), max_length=NAME_LENGTH)
    format = models.CharField(_("format"), max_length=8, choices=ImageFormat.choices, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    split = models.CharField(_("split"), max_length=8, choices=Split.choices, default=Split.TRAIN)
    status = models.CharField(_("status"), max_length=16, choices=ImageStatus.choices, default=ImageStatus.UNANNOTATED)
    in_dataset = models.BooleanField(_("in the dataset"), default=False)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = (models.UniqueConstraint(fields=["project", "sha256"], name="one_image_per_content"),)
        indexes = (models.Index(fields=["project", "-id"], name="images_by_project"),)

    def __str__(self) -> str:
        return self.name


class ImageTag(models.Model):
    """A tag on an image, in lower case. Rows and not JSON, so that both databases search them the same way."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("name"), max_length=TAG_LENGTH)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = (models.UniqueConstraint(fields=["image", "name"], name="one_tag_per_name"),)

    def __str__(self) -> str:
        return self.name


class Annotation(models.Model):
    """One thing that was marked on an image.

    Coordinates are pixels from the upper left corner. A box has its corner and size; a polygon has its `points`, as
    [[x, y], …], and the box around them; a label of the whole image has neither.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="annotations")
    project_class = models.ForeignKey(ProjectClass, on_delete=models.RESTRICT, related_name="annotations")
    kind = models.CharField(_("kind"), max_length=8, choices=AnnotationKind.choices)
    x = models.FloatField("x", null=True, blank=True)
    y = models.FloatField("y", null=True, blank=True)
    width = models.FloatField(_("width"), null=True, blank=True)
    height = models.FloatField(_("height"), null=True, blank=True)
    points = models.JSONField(_("points"), default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
