"""The tools about projects."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mcp_server.arguments import Limit, Offset, ProjectId
from mcp_server.caller import Caller
from mcp_server.registry import tool
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.projects.models import NAME_LENGTH, ProjectType
from roboflow_auth.projects.selectors import list_projects, view_project
from roboflow_auth.projects.services import create_project, delete_project
from roboflow_auth.projects.shapes import ProjectList, ProjectView, TrashItem

_ProjectName = Annotated[
    str,
    Field(description="A name for people, for example `Warehouse boxes`.", min_length=1, max_length=NAME_LENGTH),
]
_ProjectKind = Annotated[
    str,
    Field(description="What is annotated, and how.", json_schema_extra={"enum": list(map(str, ProjectType.values))}),
]
_Annotation = Annotated[
    str,
    Field(
        description="What is annotated, as one plural noun: `boxes`, `screws`.", min_length=1, max_length=NAME_LENGTH
    ),
]
_License = Annotated[
    str, Field(description="The license of the data, for example `CC BY 4.0`; empty for none.", max_length=NAME_LENGTH)
]


@tool(Action.VIEW_PROJECT, read_only=True)
def projects_list(caller: Caller, limit: Limit = 50, offset: Offset = 0) -> ProjectList:
    """List the projects of the workspace, newest first.

    Returns type, classes and numbers of images of each, and the total. Projects in the trash are not among them: see
    trash_list.
    """
    return list_projects(caller, limit=limit, offset=offset)


@tool(Action.VIEW_PROJECT, read_only=True)
def projects_get(caller: Caller, project_id: ProjectId) -> ProjectView:
    """Show one project with its type, classes and numbers of images."""
    return view_project(caller, project_id)


@tool(Action.CREATE_PROJECT)
def projects_create(
    caller: Caller,
    project_name: _ProjectName,
    project_type: _ProjectKind,
    annotation: _Annotation,
    license: _License = "",  # noqa: A002 - the argument's public name.
) -> ProjectView:
    """Create an empty project.

    The type can't be changed later. Returns the project; its `id` is what the other tools take as `project_id`.
    Calling this twice makes two projects.
    """
    return create_project(caller, name=project_name, project_type=project_type, annotation=annotation, license=license)


@tool(Action.DELETE_PROJECT, destructive=True, idempotent=True)
def projects_delete(caller: Caller, project_id: ProjectId) -> TrashItem:
    """Move a project and all its images to the trash.

    It disappears for everyone in the workspace, and trash_restore_project brings it back until `expires_at`. Returns
    its place in the trash. Ask the person before you call this.
    """
    return delete_project(caller, project_id)
