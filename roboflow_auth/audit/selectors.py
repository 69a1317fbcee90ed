"""Reading the audit log of a workspace."""

from __future__ import annotations

from collections.abc import Collection

from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.audit.recorder import record
from roboflow_auth.audit.shapes import AuditPage, audit_entry
from roboflow_auth.core.errors import InvalidInput

MAX_LIMIT = 200


def list_events(
    principal: Principal,
    *,
    limit: int = 50,
    after: str = "",
    actor_email: str = "",
    action: str = "",
    outcome: str = "",
    tool: str = "",
    connection_ids: Collection[int] | None = None,
) -> AuditPage:
    """Return a page of the log of the principal's workspace, newest first.

    `limit` is 1 to 200 rows; `after` the cursor of the page before; `connection_ids` leaves what these did, and what
    was done to them. Raises `InvalidInput` for another cursor or
    outcome, `Denied` or `MissingScope` when the principal may not read the log.
    """
    require(principal, Action.VIEW_AUDIT_LOG)
    rows = AuditEvent.objects.filter(workspace=principal.workspace).order_by("-id")
    if after:
        rows = rows.filter(id__lt=_cursor(after))
    if actor_email:
        rows = rows.filter(actor_email__iexact=actor_email)
    if action:
        rows = rows.filter(action=action)
    if tool:
        rows = rows.filter(tool=tool)
    if connection_ids is not None:
        rows = rows.filter(connection_id__in=connection_ids)
    if outcome:
        if outcome not in Outcome.values:
            raise InvalidInput(f"The outcome must be one of {', '.join(Outcome.values)}.")
        rows = rows.filter(outcome=outcome)
    limit = max(1, min(limit, MAX_LIMIT))
    events = list(rows[: limit + 1])
    record(principal, Action.VIEW_AUDIT_LOG)
    return AuditPage([audit_entry(e) for e in events[:limit]], str(events[limit - 1].pk) if len(events) > limit else "")


def _cursor(after: str) -> int:
    if not (after.isascii() and after.isdigit() and len(after) < 19):
        raise InvalidInput("The cursor `after` is not one that this log gave out.")
    return int(after)
