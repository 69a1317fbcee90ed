"""Writing it down: one row per action.

Services call `record` in the transaction of their change, so that neither exists without the other. Doors call
`record_refusal` for what never got that far. The door's context (client address, tool, digest of the arguments,
duration) comes from the request context, so that services need not know through which door they were called.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.models import AuditEvent, Outcome
from roboflow_auth.core.errors import DomainError
from roboflow_auth.core.request_context import RequestContext, current_request
from roboflow_auth.core.rows import draft


def record(principal: Principal, action: str, target: str = "", *, detail: str = "") -> None:
    """Write that `principal` did `action` on `target` (a public name such as `acme/shelves`)."""
    _write(principal, action, target, Outcome.ALLOWED, "", detail)


def record_refusal(principal: Principal, action: str, error: DomainError, target: str = "") -> None:
    """Write that `principal` was refused `action`, and why; the error's private detail goes here and nowhere else."""
    _write(principal, action, target, Outcome.REFUSED, error.reason, error.detail or error.description)


def record_failure(principal: Principal, action: str, target: str = "") -> None:
    """Write that `action` ended in a fault of ours."""
    _write(principal, action, target, Outcome.FAILED, "internal", "")


def record_event(action: str, **details: Any) -> None:
    """Write an event of the authorization server, as `draft_event` makes it."""
    _keep(draft_event(action, **details))


def draft_event(
    action: str,
    *,
    subject: str = "",
    email: str = "",
    client_id: str = "",
    client_name: str = "",
    workspace: str = "",
    connection_id: int | None = None,
    session_id: int | None = None,
    target: str = "",
    outcome: Outcome = Outcome.ALLOWED,
    reason: str = "",
    detail: str = "",
) -> AuditEvent:
    """Return the row of an event where there may be no principal yet (consent, token, revocation).

    The caller adds it, in the statement or the transaction of the change.
    """
    return _draft(
        action,
        target,
        outcome,
        reason,
        detail,
        actor_subject=subject,
        actor_email=email,
        client_id=client_id,
        client_name=client_name[:255],
        workspace=workspace,
        connection_id=connection_id,
        session_id=session_id,
    )


def has_recorded() -> bool:
    """Return whether a row of the request at hand stands.

    A service that was undone after it wrote its row took the row with it, so its having written is not enough.
    """
    context = current_request()
    if context.deferred_rows:
        return True
    if context.recorded_id is None:
        return False
    # With the request's id, because SQLite gives the number of a row that was undone to the next one.
    return AuditEvent.objects.filter(pk=context.recorded_id, request_id=context.request_id).exists()


@cache
def bulk_statement() -> str:
    """Return the statement that adds any number of rows at once on PostgreSQL; `rows_of` makes its parameter."""
    columns = ", ".join(f'"{field.column}"' for field in _written_fields())
    types = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in _written_fields())
    table = AuditEvent._meta.db_table
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_to_recordset(%s) AS ({types})'  # noqa: S608


def rows_of(events: list[AuditEvent]) -> str:
    """Return `events` as `bulk_statement` takes them: one JSON text, which costs less than an array for each column."""
    columns = [(field.column, field.attname) for field in _written_fields()]
    return json.dumps(
        [{column: getattr(event, attribute) for column, attribute in columns} for event in events],
        default=datetime.isoformat,
    )


@cache
def _written_fields() -> tuple[Any, ...]:
    return tuple(field for field in AuditEvent._meta.concrete_fields if not field.primary_key)


def digest_arguments(arguments: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the arguments in canonical JSON: tells calls apart, never their values (P-M6)."""
    canonical = json.dumps(arguments, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _write(principal: Principal, action: str, target: str, outcome: Outcome, reason: str, detail: str) -> None:
    client = principal.client
    event = _draft(
        action,
        target,
        outcome,
        reason,
        detail,
        actor_subject=principal.subject,
        actor_email=principal.email,
        workspace=principal.workspace,
        client_id=client.client_id if client else "",
        client_name=client.name[:255] if client else "",
        connection_id=client.connection_id if client else None,
        session_id=client.session_id if client else None,
        api_key_id=principal.api_key_id,
    )
    _keep(event)


def _draft(action: str, target: str, outcome: Outcome, reason: str, detail: str, **who: Any) -> AuditEvent:
    context: RequestContext = current_request()
    return draft(
        AuditEvent,
        action=action,
        target=target[:255].replace("\x00", ""),
        outcome=outcome,
        reason=reason,
        detail=detail[:500].replace("\x00", ""),
        via=context.via,
        tool=context.tool,
        arguments_digest=context.arguments_digest,
        duration_ms=context.duration_ms,
        request_id=context.request_id,
        address=context.address,
        **who,
    )


def _keep(event: AuditEvent) -> None:
    context: RequestContext = current_request()
    context.is_recorded = True
    if context.deferred_rows is None:
        event.save()
        context.recorded_id = event.pk
    else:
        context.deferred_rows.append(event)
