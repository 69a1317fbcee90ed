"""Roboflow Auth: an OAuth 2.1 authorization server for AI agents, and the workspaces they work in."""
