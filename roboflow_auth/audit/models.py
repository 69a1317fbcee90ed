"""AuditEvent: one row per action, allowed or refused. It can be added and read, never changed.

AuditSeal: the links of the hash chain over these rows. AuditCheck: how far the chain was looked at, and what was found.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AppendOnlyError(Exception):
    """Somebody tried to change or delete an audit row."""


class Outcome(models.TextChoices):
    """How an action ended."""

    ALLOWED = "allowed", _("Allowed")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Rows can be read and added; a database trigger says the same to everyone else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("Audit rows are never changed.")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("Audit rows are never deleted.")


class AuditEvent(models.Model):
    """One action. It has no foreign keys: what it names may be gone, the row stays and still tells."""

    occurred_at = models.DateTimeField(_("occurred at"), default=timezone.now, editable=False)
    workspace = models.CharField(_("workspace"), max_length=64, blank=True)
    actor_subject = models.CharField(_("actor subject"), max_length=64, blank=True)
    actor_email = models.CharField(_("actor e-mail"), max_length=254, blank=True)
    via = models.CharField(_("via"), max_length=16, blank=True)
    client_id = models.CharField(_("client ID"), max_length=2048, blank=True)
    client_name = models.CharField(_("client name"), max_length=255, blank=True)
    connection_id = models.BigIntegerField(_("connection"), null=True, blank=True)
    session_id = models.BigIntegerField(_("session"), null=True, blank=True)
    api_key_id = models.BigIntegerField(_("API key"), null=True, blank=True)
    action = models.CharField(_("action"), max_length=64)
    tool = models.CharField(_("tool"), max_length=64, blank=True)
    target = models.CharField(_("target"), max_length=255, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    detail = models.CharField(_("detail"), max_length=500, blank=True)
    arguments_digest = models.CharField(_("arguments digest"), max_length=64, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in ms"), default=0)
    request_id = models.CharField(_("request ID"), max_length=32, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = (
            models.Index(fields=["workspace", "-id"], name="audit_by_workspace"),
            models.Index(fields=["connection_id", "-id"], name="audit_by_connection"),
            # What a person's apps did; calls with an API key and what people do themselves are not in it.
            models.Index(
                fields=["actor_subject", "-id"],
                condition=models.Q(connection_id__isnull=False),
                name="audit_by_person_of_apps",
            ),
            # Who changed an image; what is only read, which most rows are about, is not in it.
            models.Index(
                fields=["target", "-id"],
                condition=models.Q(action__in=("upload_image", "annotate_image", "tag_image")),
                name="audit_of_changes_to_images",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.outcome} #{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse to change one."""
        if not self._state.adding:
            raise AppendOnlyError("Audit rows are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError("Audit rows are never deleted.")


class AuditSeal(models.Model):
    """One link of the chain: a hash over the rows with `after_id` < id <= `last_id`, and over the link before it.

    Links are numbered from 1 without gaps, and their ranges follow one another without gaps; the first begins below
    every id there can be. `audit.chain` says what exactly is hashed.
    """

    number = models.BigIntegerField(_("number"), unique=True)
    version = models.PositiveSmallIntegerField(_("version of the hashed form"))
    after_id = models.BigIntegerField(_("after row"))
    last_id = models.BigIntegerField(_("up to row"))
    row_count = models.PositiveIntegerField(_("rows"))
    sealed_at = models.DateTimeField(_("sealed at"))
    previous_hash = models.CharField(_("hash of the seal before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("seal of the audit log")
        verbose_name_plural = _("seals of the audit log")

    def __str__(self) -> str:
        return f"Seal #{self.number}"


class AuditCheck(models.Model):
    """One look at the chain from its first link on, in as many steps as it takes.

    Links up to `through`, whose hash was `through_hash`, are whole. The look ends at the newest link, or at the first
    that is broken, `broken_at`.
    """

    started_at = models.DateTimeField(_("started at"), default=timezone.now, editable=False)
    through = models.BigIntegerField(_("whole up to seal"), default=0)
    through_hash = models.CharField(_("hash of that seal"), max_length=64, blank=True)
    broken_at = models.BigIntegerField(_("broken at seal"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=16, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("check of the audit log")
        verbose_name_plural = _("checks of the audit log")

    def __str__(self) -> str:
        return f"Check #{self.pk}"
