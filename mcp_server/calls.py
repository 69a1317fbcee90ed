"""One tool call, in a worker thread: whatever happens becomes a result, and one audit row is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from mcp_types import CallToolResult

from mcp_server.errors import domain_error_result, fault_result, tool_out_of_service
from mcp_server.registry import Tool
from mcp_server.results import tool_result
from roboflow_auth.access.policy import require
from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.recorder import has_recorded, record, record_failure, record_refusal
from roboflow_auth.core.errors import DomainError, MissingScope
from roboflow_auth.core.removal import is_gone, not_found
from roboflow_auth.core.request_context import current_request

log = structlog.get_logger(__name__)


def answer_call(tool: Tool, principal: Principal, arguments: Mapping[str, Any]) -> CallToolResult:
    """Return the result of calling `tool` for `principal`; refusals and faults of ours are results too (P-M3, P-M6).

    Raises `MCPError` while the database is away.
    """
    try:
        return _call(tool, principal, arguments)
    except DomainError as error:
        return _refused(tool, principal, error)
    except (OperationalError, InterfaceError) as error:
        log.exception("The database went away during a tool call", tool=tool.name)
        _try_to_leave_one_row(principal, tool)
        raise tool_out_of_service() from error
    except Exception as error:
        if is_gone(error):
            log.warning("A tool call came too late", tool=tool.name, exc_info=error)
            return _refused(tool, principal, not_found())
        log.exception("A tool failed", tool=tool.name)
        _try_to_leave_one_row(principal, tool)
        return fault_result(current_request().request_id)


def _call(tool: Tool, principal: Principal, arguments: Mapping[str, Any]) -> CallToolResult:
    # The service asks again; asking here first spares those who may not do it the corrections of their arguments.
    require(principal, tool.action)
    returned = tool.call(principal, tool.parse(arguments))
    if not current_request().is_recorded:
        record(principal, tool.action)
    return tool_result(returned, tool.result_type)


def _refused(tool: Tool, principal: Principal, refusal: DomainError) -> CallToolResult:
    _leave_one_row(lambda: record_refusal(principal, tool.action, refusal))
    return domain_error_result(refusal, hint=_hint(principal, refusal))


def _leave_one_row(write: Callable[[], None]) -> None:
    """Write the row of a call that failed, unless the service's own row stands."""
    if not has_recorded():
        write()


def _try_to_leave_one_row(principal: Principal, tool: Tool) -> None:
    try:
        _leave_one_row(lambda: record_failure(principal, tool.action))
    except DatabaseError:
        log.exception("A failed tool call could not be written to the audit log", tool=tool.name)


def _hint(principal: Principal, error: DomainError) -> str:
    if isinstance(error, MissingScope) and not principal.can_step_up:
        return "This API key was made without it. Use a key that carries it."
    return ""
