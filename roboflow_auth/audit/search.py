"""Searching the audit log of a workspace: as pages, and as a whole for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.recorder import record

PAGE_ROWS = 50
MOST_EXPORTED_ROWS = 50_000
_CHUNK_ROWS = 500


@dataclass(frozen=True, slots=True)
class AuditWanted:
    """What is looked for; what is left empty fits everything.

    `person` and `app` are parts of an e-mail address and of a name, `since` and `until` whole days in UTC.
    """

    person: str = ""
    app: str = ""
    action: str = ""
    outcome: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AuditFound:
    """A page of rows, newest first; `before` is where the next one begins, None at the end."""

    events: list[AuditEvent]
    before: int | None


def search_events(principal: Principal, wanted: AuditWanted, before: int | None = None) -> AuditFound:
    """Return a page of the log of the principal's workspace, from below the id `before` on. One statement and a row.

    Raises `Denied` or `MissingScope` when the principal may not read the log.
    """
    require(principal, Action.VIEW_AUDIT_LOG)
    events = list(_below(_rows(principal, wanted), before)[: PAGE_ROWS + 1])
    record(principal, Action.VIEW_AUDIT_LOG)
    return AuditFound(events[:PAGE_ROWS], events[PAGE_ROWS - 1].pk if len(events) > PAGE_ROWS else None)


def export_events(principal: Principal, wanted: AuditWanted) -> Iterator[AuditEvent]:
    """Return the rows that fit, newest first and at most 50,000, read in small parts as they are taken.

    Raises as `search_events` does, at once.
    """
    require(principal, Action.VIEW_AUDIT_LOG)
    record(principal, "export_audit_log")
    return _in_parts(_rows(principal, wanted))


def _in_parts(rows: QuerySet[AuditEvent]) -> Iterator[AuditEvent]:
    left, before = MOST_EXPORTED_ROWS, None
    while left > 0:
        part = list(_below(rows, before)[: min(left, _CHUNK_ROWS)])
        yield from part
        if len(part) < _CHUNK_ROWS:
            return
        left, before = left - len(part), part[-1].pk


def _rows(principal: Principal, wanted: AuditWanted) -> QuerySet[AuditEvent]:
    fits = Q(workspace=principal.workspace)
    if wanted.person:
        fits &= Q(actor_email__icontains=wanted.person)
    if wanted.app:
        fits &= Q(client_name__icontains=wanted.app)
    if wanted.action:
        fits &= Q(action=wanted.action)
    if wanted.outcome:
        fits &= Q(outcome=wanted.outcome)
    if wanted.since:
        fits &= Q(occurred_at__gte=_start(wanted.since))
    if wanted.until:
        fits &= Q(occurred_at__lt=_start(wanted.until) + timedelta(days=1))
    return AuditEvent.objects.filter(fits).order_by("-id")


def _below(rows: QuerySet[AuditEvent], before: int | None) -> QuerySet[AuditEvent]:
    return rows if before is None else rows.filter(id__lt=before)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
