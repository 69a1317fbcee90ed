"""The SDK's server: what it answers to `tools/list` and `tools/call`, for the principal that the door let in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
)
from mcp_types import Tool as WireTool
from starlette.requests import Request

import mcp_server.tools  # noqa: F401 - importing the tools fills the registry.
from mcp_server.calls import answer_call
from mcp_server.exchange import CALL_TOOL, Exchange, exchange_of
from mcp_server.registry import Tool, find_tool, input_schema_of, list_tools
from mcp_server.threads import in_django
from roboflow_auth.access.policy import missing_scopes
from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.recorder import record_refusal
from roboflow_auth.core.errors import InvalidInput

REQUIRED_SCOPES = "com.roboflow/required_scopes"
MISSING_SCOPES = "com.roboflow/missing_scopes"
"""Keys of a tool's `_meta`: the scopes that a call needs, and those of them that the person has not lent yet."""

_INSTRUCTIONS = Path(__file__).with_name("instructions.md")

Context = ServerRequestContext[Any, Request]


def build_server() -> Server[Any]:
    """Return a server that knows every tool. It keeps nothing between requests."""
    server: Server[Any] = Server(
        "roboflow",
        version=settings.VERSION,
        title="Roboflow",
        instructions=_INSTRUCTIONS.read_text(encoding="utf-8"),
        # P-M4: two people see different lists, and a person's own changes with the role.
        cache_hints={"tools/list": CacheHint(ttl_ms=0, scope="private")},
        get_tool_input_schema=input_schema_of,
        on_list_tools=_answer_list,
        on_call_tool=_answer_call,
    )
    # The only one that the SDK brings opens OpenTelemetry spans, which nothing here collects.
    server.middleware.clear()
    return server


def visible_tools(principal: Principal) -> list[WireTool]:
    """Return the tools to tell `principal` about, in a fixed order (P-M4).

    What the role can never do is hidden. What lacks only a scope is shown to those who can ask for it, unless
    MCP_TOOL_VISIBILITY is `granted`.
    """
    shows_missing = principal.can_step_up and settings.MCP_TOOL_VISIBILITY == "step_up"
    permitted = [tool for tool in list_tools() if tool.action in principal.actions]
    lacking = {tool.name: missing_scopes(principal, tool.action) for tool in permitted}
    return [_wire_tool(tool, lacking[tool.name]) for tool in permitted if shows_missing or not lacking[tool.name]]


async def _answer_list(context: Context, _params: PaginatedRequestParams | None) -> ListToolsResult:
    _, principal = _known(context)
    return ListToolsResult(tools=visible_tools(principal))


async def _answer_call(context: Context, params: CallToolRequestParams) -> CallToolResult:
    exchange, principal = _known(context)
    with exchange.current():
        tool = find_tool(params.name)
        exchange.owes_row = False
        if tool is None:
            error = InvalidInput("There is no such tool.")
            await in_django(record_refusal, principal, CALL_TOOL, error)
            raise MCPError(code=INVALID_PARAMS, message=f"Unknown tool: {params.name}")
        if tool.hints.read_only_hint:
            exchange.defer_rows()
        if tool.is_immediate and exchange.context.deferred_rows is not None:
            # Its row is written by the door; nothing of this call needs a thread that may wait for the database.
            return answer_call(tool, principal, params.arguments or {})
        return await in_django(answer_call, tool, principal, params.arguments or {})


def _known(context: Context) -> tuple[Exchange, Principal]:
    exchange = exchange_of(context.request.scope) if context.request is not None else None
    if exchange is None or exchange.principal is None:
        raise RuntimeError("A request came past the door.")
    return exchange, exchange.principal


def _wire_tool(tool: Tool, missing: frozenset[str]) -> WireTool:
    meta: dict[str, Any] = {REQUIRED_SCOPES: [tool.scope]}
    if missing:
        meta[MISSING_SCOPES] = sorted(missing)
    return WireTool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=tool.hints,
        _meta=meta,
    )
