"""Tests of the MCP server, through the ASGI application that deployments serve."""
