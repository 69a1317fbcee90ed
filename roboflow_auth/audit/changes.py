"""Who changed a thing, and through which app: the audit rows of what was done to images (access.md, "The domain")."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Max, QuerySet

from roboflow_auth.access.policy import may
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.models import AuditEvent, Outcome

CHANGES_TO_IMAGES = (Action.UPLOAD_IMAGE.value, Action.ANNOTATE_IMAGE.value, Action.TAG_IMAGE.value)
_MOST = 20


def list_changes(principal: Principal, target: str) -> list[AuditEvent]:
    """Return what was done to the image `target` (`workspace/project/id`), the latest 20 first.

    Nothing for a role that may not read the log. One statement.
    """
    if not may(principal, Action.VIEW_AUDIT_LOG):
        return []
    return list(_changes(principal).filter(target=target).order_by("-id")[:_MOST])


def last_changes(principal: Principal, targets: Collection[str]) -> Mapping[str, AuditEvent]:
    """Return the latest change of each of the images `targets` that was changed.

    Nothing for a role that may not read the log. One statement.
    """
    if not may(principal, Action.VIEW_AUDIT_LOG):
        return {}
    latest = _changes(principal).filter(target__in=targets).order_by().values("target").annotate(latest=Max("pk"))
    return {event.target: event for event in AuditEvent.objects.filter(pk__in=latest.values("latest"))}


def _changes(principal: Principal) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(
        workspace=principal.workspace, action__in=CHANGES_TO_IMAGES, outcome=Outcome.ALLOWED
    )
