"""The tool about the people of a workspace."""

from __future__ import annotations

from mcp_server.arguments import Limit, Offset
from mcp_server.caller import Caller
from mcp_server.registry import tool
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.workspaces.selectors import list_members
from roboflow_auth.workspaces.shapes import MemberList


@tool(Action.VIEW_MEMBER, read_only=True)
def members_list(caller: Caller, limit: Limit = 50, offset: Offset = 0) -> MemberList:
    """List the people in the workspace.

    Returns e-mail address, name and role of each, in the order in which they joined, and the total. Arguments of other
    tools that end in `_email` take an address from here.
    """
    return list_members(caller, limit=limit, offset=offset)
