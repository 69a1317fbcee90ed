"""Audit rows as lines of CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.wording import why
from roboflow_auth.core.spreadsheets import csv_line

_COLUMNS = (
    *("time", "app", "client_id", "workspace", "through", "tool", "action", "target", "outcome", "why"),
    *("duration_ms", "address", "connection", "session", "reference"),
)


def csv_lines(events: Iterable[AuditEvent]) -> Iterator[str]:
    """Yield the head and one line for each of `events`, as they come."""
    yield csv_line(_COLUMNS)
    for event in events:
        yield csv_line(_cells(event))


def _cells(event: AuditEvent) -> Iterator[object]:
    yield event.occurred_at.isoformat(timespec="milliseconds")
    yield from (event.client_name, event.client_id, event.workspace, event.via, event.tool, event.action)
    yield from (event.target, event.outcome, why(event.reason), event.duration_ms, event.address)
    yield from (event.connection_id, event.session_id, event.request_id)
