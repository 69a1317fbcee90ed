"""The tool about the workspace that a connection is for."""

from __future__ import annotations

from mcp_server.caller import Caller
from mcp_server.registry import tool
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.workspaces.selectors import view_caller
from roboflow_auth.workspaces.shapes import CallerView


@tool(Action.VIEW_WORKSPACE, read_only=True, immediate=True)
def workspace_get(caller: Caller) -> CallerView:
    """Show the workspace, and who you act for in it.

    Everything here happens in one workspace, for one person. `role` is that person's role, `granted_scopes` is what
    they lent you, and `effective_actions` is what both together let you do now. Call this first, or when something
    was refused.
    """
    return view_caller(caller)
