"""AnnotationJob."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from roboflow_auth.images.models import Image
from roboflow_auth.projects.models import NAME_LENGTH, Project


class JobStatus(models.TextChoices):
    """How far a job is."""

    ASSIGNED = "assigned", _("Assigned")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned for edits")
    ACCEPTED = "accepted", _("Accepted")


class AnnotationJob(models.Model):
    """Images of one project that someone labels and someone else reviews.

    A labeler sees the images of their jobs and no others (access.md); `projects.visibility` reaches the jobs through
    the name `annotation_jobs`. A job outlives the people it names.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="annotation_jobs")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="labeling_jobs"
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviewing_jobs"
    )
    status = models.CharField(_("status"), max_length=16, choices=JobStatus.choices, default=JobStatus.ASSIGNED)
    images = models.ManyToManyField(Image, related_name="annotation_jobs", blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("annotation job")
        verbose_name_plural = _("annotation jobs")

    def __str__(self) -> str:
        return self.name
