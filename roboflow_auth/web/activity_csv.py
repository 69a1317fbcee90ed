"""Audit rows as lines of CSV (RFC 4180), safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.wording import why

_COLUMNS = (
    *("time", "app", "client_id", "workspace", "through", "tool", "action", "target", "outcome", "why"),
    *("duration_ms", "address", "connection", "session", "reference"),
)
# What spreadsheets take for the beginning of a formula, also after they dropped a tab or a line break.
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(events: Iterable[AuditEvent]) -> Iterator[str]:
    """Yield the head and one line for each of `events`, as they come."""
    yield _line(_COLUMNS)
    for event in events:
        yield _line(map(_harmless, _cells(event)))


def _cells(event: AuditEvent) -> Iterator[object]:
    yield event.occurred_at.isoformat(timespec="milliseconds")
    yield from (event.client_name, event.client_id, event.workspace, event.via, event.tool, event.action)
    yield from (event.target, event.outcome, why(event.reason), event.duration_ms, event.address)
    yield from (event.connection_id, event.session_id, event.request_id)


def _harmless(cell: object) -> str:
    """Return the text of `cell`, which no spreadsheet takes for a formula: an app chose its name and its targets."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
