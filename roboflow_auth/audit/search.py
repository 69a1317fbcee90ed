"""Searching the audit log of a workspace: as pages, and as a whole for a file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.paging import EventPage, in_parts, page_of, within_days
from roboflow_auth.audit.recorder import record

MOST_EXPORTED_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class AuditWanted:
    """What is looked for; what is left empty, or None, fits everything.

    `person` and `app` are parts of an e-mail address and of a name, `actions` some of all, `since` and `until` whole
    days in UTC.
    """

    person: str = ""
    app: str = ""
    actions: Collection[str] | None = None
    outcome: str = ""
    since: date | None = None
    until: date | None = None


def search_events(principal: Principal, wanted: AuditWanted, before: int | None = None) -> EventPage:
    """Return a page of the log of the principal's workspace, from below the id `before` on. One statement and a row.

    Raises `Denied` or `MissingScope` when the principal may not read the log.
    """
    require(principal, Action.VIEW_AUDIT_LOG)
    found = page_of(_rows(principal, wanted), before)
    record(principal, Action.VIEW_AUDIT_LOG)
    return found


def export_events(principal: Principal, wanted: AuditWanted) -> Iterator[AuditEvent]:
    """Return the rows that fit, newest first and at most 50,000, read in small parts as they are taken.

    Raises as `search_events` does, at once.
    """
    require(principal, Action.VIEW_AUDIT_LOG)
    record(principal, "export_audit_log")
    return in_parts(_rows(principal, wanted), MOST_EXPORTED_ROWS)


def _rows(principal: Principal, wanted: AuditWanted) -> QuerySet[AuditEvent]:
    fits = Q(workspace=principal.workspace) & within_days(wanted.since, wanted.until)
    if wanted.person:
        fits &= Q(actor_email__icontains=wanted.person)
    if wanted.app:
        fits &= Q(client_name__icontains=wanted.app)
    if wanted.actions is not None:
        fits &= Q(action__in=wanted.actions)
    if wanted.outcome:
        fits &= Q(outcome=wanted.outcome)
    return AuditEvent.objects.filter(fits).order_by("-id")
