"""What an audit row looks like to the API and to the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roboflow_auth.audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action: when, who, through which app and tool, on what, how it ended and why."""

    id: int
    occurred_at: datetime
    actor_email: str
    via: str
    client_name: str
    action: str
    tool: str
    target: str
    outcome: str
    reason: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the audit log, newest first; pass `after` to get the next one (empty at the end)."""

    events: list[AuditEntry]
    after: str


def audit_entry(event: AuditEvent) -> AuditEntry:
    """Return the shape of `event`."""
    return AuditEntry(
        id=event.pk,
        occurred_at=event.occurred_at,
        actor_email=event.actor_email,
        via=event.via,
        client_name=event.client_name,
        action=event.action,
        tool=event.tool,
        target=event.target,
        outcome=event.outcome,
        reason=event.reason,
        duration_ms=event.duration_ms,
    )
