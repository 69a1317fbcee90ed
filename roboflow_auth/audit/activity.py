"""What apps did on a person's behalf: the calls among the audit rows that carry the person's subject.

It is for the person alone; what a workspace's admins may read is in `audit.selectors`. Nothing here is written down:
people look at their own rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.paging import EventPage, in_parts, page_of, within_days

CALL_DOORS = ("mcp", "api")
"""The doors through which apps call; what they do at the others is about tokens."""
MOST_EXPORTED_ROWS = 10_000


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


def list_activity(subject: str, wanted: Wanted, before: int | None = None) -> EventPage:
    """Return a page of the calls made for the person `subject`, older than the row `before`. One statement."""
    return page_of(_calls(subject, wanted), before)


def export_activity(subject: str, wanted: Wanted) -> Iterator[AuditEvent]:
    """Return the newest calls, 10,000 at the most, read a part at a time as they are taken."""
    return in_parts(_calls(subject, wanted), MOST_EXPORTED_ROWS)


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
    }
    calls = AuditEvent.objects.filter(actor_subject=subject, connection_id__isnull=False, via__in=CALL_DOORS)
    calls = calls.filter(within_days(wanted.since, wanted.until), **{n: value for n, value in exact.items() if value})
    if wanted.what:
        calls = calls.filter(Q(tool__icontains=wanted.what) | Q(action__icontains=wanted.what))
    return calls.order_by("-id")
