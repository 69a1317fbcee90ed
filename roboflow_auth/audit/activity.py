"""What apps did on a person's behalf: the calls among the audit rows that carry the person's subject.

It is for the person alone; what a workspace's admins may read is in `audit.selectors`. Nothing here is written down:
people look at their own rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db.models import Q, QuerySet

from roboflow_auth.audit.models import AuditEvent

CALL_DOORS = ("mcp", "api")
"""The doors through which apps call; what they do at the others is about tokens."""
PAGE_ROWS = 50
MOST_EXPORTED_ROWS = 10_000
_CHUNK_ROWS = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls are wanted; what is empty narrows nothing. Days are days in UTC, both included.

    `what` is a part of the name of a tool or of an action.
    """

    connection_id: int | None = None
    client_id: str = ""
    workspace: str = ""
    outcome: str = ""
    what: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Calls, newest first; `before` is where the next, older, page goes on, None at the end."""

    events: list[AuditEvent]
    before: int | None


def list_activity(subject: str, wanted: Wanted, before: int | None = None) -> Activity:
    """Return a page of the calls made for the person `subject`, older than the row `before`. One statement."""
    rows = _older(_calls(subject, wanted), before)
    events = list(rows[: PAGE_ROWS + 1])
    is_more = len(events) > PAGE_ROWS
    return Activity(events[:PAGE_ROWS], events[PAGE_ROWS - 1].pk if is_more else None)


def export_activity(subject: str, wanted: Wanted) -> Iterator[AuditEvent]:
    """Yield the newest calls, 10,000 at the most, read a part at a time: no cursor is held open meanwhile."""
    calls, before, left = _calls(subject, wanted), None, MOST_EXPORTED_ROWS
    while left > 0:
        chunk = list(_older(calls, before)[: min(_CHUNK_ROWS, left)])
        yield from chunk
        if len(chunk) < _CHUNK_ROWS:
            return
        before, left = chunk[-1].pk, left - len(chunk)


def calls_of_connections() -> QuerySet[AuditEvent]:
    """Return the calls of all connections, the newest first, for a look-up that says whose."""
    return AuditEvent.objects.filter(via__in=CALL_DOORS).order_by("-id")


def find_reasons(action: str, connection_ids: Iterable[int]) -> dict[int, str]:
    """Return why `action` last befell each of these connections, in the audit log's words. One statement."""
    rows = AuditEvent.objects.filter(connection_id__in=list(connection_ids), action=action).order_by("id")
    return {row.connection_id: row.reason for row in rows if row.connection_id is not None}


def _calls(subject: str, wanted: Wanted) -> QuerySet[AuditEvent]:
    exact = {
        "connection_id": wanted.connection_id,
        "client_id": wanted.client_id,
        "workspace": wanted.workspace,
        "outcome": wanted.outcome,
        "occurred_at__gte": wanted.since and datetime.combine(wanted.since, time.min, UTC),
        "occurred_at__lte": wanted.until and datetime.combine(wanted.until, time.max, UTC),
    }
    calls = AuditEvent.objects.filter(actor_subject=subject, connection_id__isnull=False, via__in=CALL_DOORS)
    calls = calls.filter(**{name: value for name, value in exact.items() if value not in (None, "")})
    if wanted.what:
        calls = calls.filter(Q(tool__icontains=wanted.what) | Q(action__icontains=wanted.what))
    return calls.order_by("-id")


def _older(calls: QuerySet[AuditEvent], before: int | None) -> QuerySet[AuditEvent]:
    return calls if before is None else calls.filter(pk__lt=before)
