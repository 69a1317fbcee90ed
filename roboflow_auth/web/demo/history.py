"""The demo's past: what happened when, written down in the order in which it happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.core.request_context import RequestContext, current_request, request_scope
from roboflow_auth.oauth.models import Connection


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an app, so many minutes ago. `reason` is why it was refused, empty where it was not."""

    minutes: float
    tool: str
    action: Action
    target: str
    milliseconds: int
    reason: str = ""


@contextmanager
def written_in_order() -> Iterator[None]:
    """Write the rows of a block at its end, the oldest first: the log lists them by their numbers."""
    rows: list[AuditEvent] = []
    with request_scope(RequestContext(via="command", deferred_rows=rows)):
        yield
    AuditEvent.objects.bulk_create(sorted(rows, key=lambda row: row.occurred_at))


@contextmanager
def dated_back(by: timedelta) -> Iterator[None]:
    """Let what the services write down in a block have happened that much earlier."""
    rows = _rows()
    count = len(rows)
    yield
    for row in rows[count:]:
        row.occurred_at -= by


def write_call(connection: Connection, call: Call, address: str) -> None:
    """Write down what the app of `connection` did."""
    event = AuditEvent(
        occurred_at=timezone.now() - timedelta(minutes=call.minutes),
        workspace=connection.workspace.slug,
        actor_subject=str(connection.user.subject),
        actor_email=connection.user.email,
        via="mcp",
        client_id=connection.client.client_id,
        client_name=connection.client.name,
        connection_id=connection.pk,
        action=call.action,
        tool=call.tool,
        target=call.target,
        outcome=Outcome.REFUSED if call.reason else Outcome.ALLOWED,
        reason=call.reason,
        duration_ms=call.milliseconds,
        address=address,
    )
    _rows().append(event)


def _rows() -> list[AuditEvent]:
    rows = current_request().deferred_rows
    assert rows is not None  # noqa: S101 - the demo is seeded within `written_in_order`
    return rows
