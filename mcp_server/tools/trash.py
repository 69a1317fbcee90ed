"""The tools about the trash."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mcp_server.caller import Caller
from mcp_server.registry import tool
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.projects.selectors import list_trash
from roboflow_auth.projects.services import restore_project
from roboflow_auth.projects.shapes import ProjectView, TrashList

_ItemId = Annotated[str, Field(description="The item's `id` as trash_list or projects_delete returns it.")]


@tool(Action.VIEW_TRASH, read_only=True)
def trash_list(caller: Caller) -> TrashList:
    """List what is in the trash of the workspace, the latest first.

    Each item says who deleted it, when, and until when it can be restored.
    """
    return list_trash(caller)


@tool(Action.RESTORE_PROJECT, idempotent=True)
def trash_restore_project(caller: Caller, item_id: _ItemId) -> ProjectView:
    """Take a project back out of the trash, with all its images, and return it."""
    return restore_project(caller, item_id)
