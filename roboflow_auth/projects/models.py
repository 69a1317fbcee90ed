"""Project and ProjectClass."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.workspaces.models import Workspace

SLUG_LENGTH = 64
NAME_LENGTH = 120
TRASH_PERIOD = timedelta(days=30)


class ProjectType(models.TextChoices):
    """What an annotation of the project is."""

    OBJECT_DETECTION = "object-detection", _("Object detection")
    SINGLE_LABEL_CLASSIFICATION = "single-label-classification", _("Single-label classification")
    MULTI_LABEL_CLASSIFICATION = "multi-label-classification", _("Multi-label classification")
    INSTANCE_SEGMENTATION = "instance-segmentation", _("Instance segmentation")
    SEMANTIC_SEGMENTATION = "semantic-segmentation", _("Semantic segmentation")
    KEYPOINT_DETECTION = "keypoint-detection", _("Keypoint detection")


class Project(models.Model):
    """Images with annotations of one type. `slug` is unique in the workspace, the trash included, and never changes.

    A project with `deleted_at` is in the trash: nobody sees it but those who see the trash, until TRASH_PERIOD is over.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="projects")
    slug = models.SlugField(_("slug"), max_length=SLUG_LENGTH)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    type = models.CharField(_("type"), max_length=32, choices=ProjectType.choices)
    annotation = models.CharField(_("what is labelled"), max_length=NAME_LENGTH)
    license = models.CharField(_("license"), max_length=NAME_LENGTH, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = (models.UniqueConstraint(fields=["workspace", "slug"], name="one_project_per_slug"),)

    def __str__(self) -> str:
        return self.name

    @property
    def wire_id(self) -> str:
        """The project's name on the wire, `workspace/slug`; the workspace should be loaded."""
        return f"{self.workspace.slug}/{self.slug}"

    @property
    def expires_at(self) -> datetime | None:
        """When the trash forgets the project; None while it is not in the trash."""
        return self.deleted_at + TRASH_PERIOD if self.deleted_at else None


class ProjectClass(models.Model):
    """One of the things that annotations of a project can be, and the color in which it is drawn."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    color = models.CharField(_("color"), max_length=7, help_text=_("As in #c7fc00."))

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        constraints = (models.UniqueConstraint(fields=["project", "name"], name="one_class_per_name"),)

    def __str__(self) -> str:
        return self.name
