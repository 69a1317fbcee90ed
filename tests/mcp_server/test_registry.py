"""What `@tool` makes of a function, and that the tools are those of the access model."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field

from mcp_server.caller import Caller
from mcp_server.registry import find_tool, input_schema_of, list_tools, tool
from mcp_server.results import Illustrated
from roboflow_auth.access.catalogue import SCOPES
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.workspaces.shapes import CallerView

# The package comes with the SDK and has no types.
Draft202012Validator: Any = importlib.import_module("jsonschema").Draft202012Validator

# Name: (action, scope, read-only, destructive, idempotent, arguments with their defaults).
EXPECTED: dict[str, tuple[str, str, bool, bool, bool, str]] = {
    "api_keys_create": (
        "create_api_key", "api-key:create", False, False, False, "name, scopes=None, expires_in_days=90",
    ),
    "api_keys_disable": ("update_api_key", "api-key:update", False, True, False, "key_id, disabled=True"),
    "api_keys_list": (
        "view_workspace_api_keys", "api-key:read", True, False, True, "include_disabled=False, limit=50, offset=0",
    ),
    "api_keys_revoke": ("revoke_api_key", "api-key:revoke", False, True, False, "key_id"),
    "audit_log_list": (
        "view_audit_log", "audit-log:read", True, False, True,
        "limit=50, after='', actor_email='', action='', outcome=''",
    ),
    "images_get": ("view_image", "image:read", True, False, True, "project_id, image_id"),
    "images_search": (
        "view_image", "image:read", True, False, True,
        "project_id, query, limit=50, offset=0, tag='', class_name='', in_dataset=None",
    ),
    "members_list": ("view_member", "member:read", True, False, True, "limit=50, offset=0"),
    "projects_create": (
        "create_project", "project:create", False, False, False,
        "project_name, project_type, annotation, license=''",
    ),
    "projects_delete": ("delete_project", "project:update", False, True, True, "project_id"),
    "projects_get": ("view_project", "project:read", True, False, True, "project_id"),
    "projects_list": ("view_project", "project:read", True, False, True, "limit=50, offset=0"),
    "trash_list": ("view_trash", "project:read", True, False, True, ""),
    "trash_restore_project": ("restore_project", "project:update", False, False, True, "item_id"),
    "workspace_get": ("view_workspace", "workspace:read", True, False, True, ""),
}  # fmt: skip


def arguments(function: Any) -> str:
    parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "caller"]
    return ", ".join(p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in parameters)


def test_the_tools_are_those_of_the_access_model() -> None:
    described = {
        found.name: (
            str(found.action),
            found.scope,
            found.hints.read_only_hint,
            found.hints.destructive_hint,
            found.hints.idempotent_hint,
            arguments(found.function),
        )
        for found in list_tools()
    }
    assert described == EXPECTED
    assert not any(found.hints.open_world_hint for found in list_tools())
    assert all(Action(found.action) in SCOPES[found.scope].actions for found in list_tools())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_tool_tells_the_model_what_it_needs(name: str) -> None:
    found = find_tool(name)
    assert found is not None
    assert found.description.startswith(found.title)
    assert "." not in found.title
    for schema in (found.input_schema, found.output_schema):
        Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"
    assert found.input_schema["additionalProperties"] is False
    assert "caller" not in found.input_schema["properties"]
    assert all(argument["description"] for argument in found.input_schema["properties"].values())
    assert '"title": "' not in json.dumps(found.input_schema)


def test_an_output_schema_allows_the_shape_or_an_error_and_nothing_else() -> None:
    found = find_tool("workspace_get")
    assert found is not None
    validator = Draft202012Validator(found.output_schema)
    shape = {"workspace": "", "workspace_name": "", "email": "", "role": "", "granted_scopes": []}
    assert validator.is_valid({**shape, "effective_actions": []})
    assert validator.is_valid({"code": "conflict", "message": "", "hint": ""})
    assert not validator.is_valid(shape)
    assert not validator.is_valid({})


def test_unknown_names_have_no_schema() -> None:
    assert input_schema_of("nothing") is None
    assert input_schema_of("projects_get") == getattr(find_tool("projects_get"), "input_schema", None)


def test_the_decorated_function_stays_the_function(own_tools: None) -> None:
    @tool(Action.VIEW_IMAGE, open_world=True)
    def pictured(caller: Caller, side: Annotated[int, Field(description="Pixels.")] = 3) -> Illustrated[CallerView]:
        """Draw.

        More about it.
        """
        raise NotImplementedError

    assert inspect.isfunction(pictured)
    found = find_tool("pictured")
    assert found is not None
    assert (found.title, found.description) == ("Draw", "Draw.\n\nMore about it.")
    assert found.hints.open_world_hint
    assert found.input_schema["properties"] == {"side": {"default": 3, "description": "Pixels.", "type": "integer"}}
    assert "workspace" in found.output_schema["properties"]


def test_each_noun_has_its_file() -> None:
    folder = Path(inspect.getfile(tool)).parent / "tools"
    for found in list_tools():
        noun = Path(inspect.getfile(found.function))
        assert noun.parent == folder
        assert found.name.startswith(noun.stem)
