"""What the tool of the bare MCP servers answers: as much as this product's `workspace_get` does, from memory.

It imports nothing of the product, since FastMCP serves it from an environment of its own.
"""

from __future__ import annotations

from pydantic import BaseModel

TOKEN = "static-token-of-the-bench"
TOOL = "workspace_get"


class Workspace(BaseModel):
    """The members of `workspace_get`'s answer."""

    workspace: str
    workspace_name: str
    email: str
    role: str
    granted_scopes: list[str]
    effective_actions: list[str]


def workspace_get() -> Workspace:
    """Say where the caller is and what it may do."""
    return Workspace(
        workspace="bench-1",
        workspace_name="Bench-1",
        email="person-1@example.com",
        role="owner",
        granted_scopes=["images:read", "project:read", "workspace:read"],
        effective_actions=["view_image", "view_project", "view_workspace", "list_images", "list_projects"],
    )
