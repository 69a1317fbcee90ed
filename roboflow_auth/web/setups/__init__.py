"""How each well-known app is connected to this server: as data, for the Connect page and its tests.

The facts come from the vendors' own documents, which each guide names; an address is filled in, and nothing else.
"""

from __future__ import annotations

from roboflow_auth.web.setups.assistants import chatgpt, claude
from roboflow_auth.web.setups.editors import antigravity, cursor, vs_code, windsurf
from roboflow_auth.web.setups.parts import Setup
from roboflow_auth.web.setups.terminals import claude_code, codex, gemini_cli, opencode
from roboflow_auth.web.setups.tools import mcp_inspector, other

_GUIDES = (
    *(claude, claude_code, chatgpt, codex, cursor, vs_code),
    *(gemini_cli, windsurf, opencode, antigravity, mcp_inspector, other),
)


def list_setups(mcp_url: str) -> list[Setup]:
    """Return the guides in the order in which they are offered, for the MCP server at `mcp_url`."""
    return [guide(mcp_url) for guide in _GUIDES]
