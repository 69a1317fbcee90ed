"""Fixtures of attacks that end at the MCP server."""

from tests.mcp_server.conftest import alice_token, carol_token, mcp

__all__ = ("alice_token", "carol_token", "mcp")
