"""The measured paths of an MCP endpoint: one authenticated `tools/call`, in the newest form and in that before it.

Tokens take turns, so a server that looks one up has to look up many.
"""

from __future__ import annotations

import json
from typing import Any

from mcp_types import CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY, PROTOCOL_VERSION_META_KEY

from tests.bench.load import Load

MODERN = "2026-07-28"
INITIALIZE_ERA = "2025-11-25"
MODERN_CALL = f"/mcp tools/call, {MODERN} form"
EARLIER_CALL = "/mcp tools/call, initialize-era form"
MCP_PATHS = (MODERN_CALL, EARLIER_CALL)


def mcp_loads(base: str, tool: str, tokens: list[str], *, host: str) -> dict[str, Load]:
    """Return both forms of a call of `tool`, which takes no arguments, for the server that runs at `base` as `host`."""
    return {
        MODERN_CALL: _call(base, tool, tokens, host, MODERN),
        EARLIER_CALL: _call(base, tool, tokens, host, INITIALIZE_ERA),
    }


def _call(base: str, tool: str, tokens: list[str], host: str, version: str) -> Load:
    headers = {
        "Host": host,
        "Authorization": "Bearer @@",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": version,
    }
    params: dict[str, Any] = {"name": tool, "arguments": {}}
    if version == MODERN:
        headers |= {"Mcp-Method": "tools/call", "Mcp-Name": tool}
        params["_meta"] = {
            PROTOCOL_VERSION_META_KEY: version,
            CLIENT_CAPABILITIES_META_KEY: {},
            CLIENT_INFO_META_KEY: {"name": "bench", "version": "1"},
        }
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    # The structure of the answer starts with the workspace; an error has none, and no result either.
    pattern = '"structuredContent": ?{"workspace": ?"'
    members = frozenset({"jsonrpc", "id", "result"})
    return Load(f"{base}/mcp", 200, members, pattern, headers=headers, body=json.dumps(message), fills=tokens)
