"""Audit rows by the page and by the file: both newest first, and continued by the id of the last row that was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from roboflow_auth.audit.models import AuditEvent

PAGE_ROWS = 50
_PART_ROWS = 500


@dataclass(frozen=True, slots=True)
class EventPage:
    """Rows, newest first; `before` is the id below which the next page goes on, None at the end."""

    events: list[AuditEvent]
    before: int | None


NO_EVENTS = EventPage([], None)


def page_of(rows: QuerySet[AuditEvent], before: int | None) -> EventPage:
    """Return a page of `rows`, which come newest first, from below the id `before` on. One statement."""
    events = list(_below(rows, before)[: PAGE_ROWS + 1])
    return EventPage(events[:PAGE_ROWS], events[PAGE_ROWS - 1].pk if len(events) > PAGE_ROWS else None)


def in_parts(rows: QuerySet[AuditEvent], most: int) -> Iterator[AuditEvent]:
    """Yield at most so many of `rows`, read a part at a time as they are taken: no cursor is held open meanwhile."""
    left, before = most, None
    while left > 0:
        part = list(_below(rows, before)[: min(left, _PART_ROWS)])
        yield from part
        if len(part) < _PART_ROWS:
            return
        left, before = left - len(part), part[-1].pk


def within_days(since: date | None, until: date | None) -> Q:
    """Return the condition for rows of these days in UTC, both included; None bounds nothing."""
    fits = Q()
    if since:
        fits &= Q(occurred_at__gte=_start(since))
    # The last day of the calendar has no next one, and bounds nothing.
    if until and until < date.max:
        fits &= Q(occurred_at__lt=_start(until) + timedelta(days=1))
    return fits


def _below(rows: QuerySet[AuditEvent], before: int | None) -> QuerySet[AuditEvent]:
    return rows if before is None else rows.filter(pk__lt=before)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
