"""The MCP server at /mcp: it finds out who calls a tool, checks what they may do, and hands the call to a service."""
