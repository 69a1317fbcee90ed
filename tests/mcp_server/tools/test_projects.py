"""projects_list, projects_get, projects_create and projects_delete."""

from __future__ import annotations

from typing import Any

import pytest

from roboflow_auth.projects.models import Project
from roboflow_auth.projects.shapes import ProjectView
from tests.mcp_server.client import McpClient

NEW_PROJECT = {"project_name": "Paint defects", "project_type": "instance-segmentation", "annotation": "defects"}

pytestmark = pytest.mark.django_db(transaction=True)


def test_projects_are_listed_newest_first(mcp: McpClient, alice_token: str, shelves: ProjectView) -> None:
    created = mcp.result("projects_create", NEW_PROJECT, token=alice_token)
    found = mcp.result("projects_list", token=alice_token)
    assert [project["id"] for project in found["projects"]] == ["acme/paint-defects", shelves.id]
    assert (found["total"], found["limit"], found["offset"]) == (2, 50, 0)
    assert mcp.result("projects_get", {"project_id": created["id"]}, token=alice_token) == created


def test_a_project_is_made_as_asked(mcp: McpClient, alice_token: str) -> None:
    created = mcp.result("projects_create", {**NEW_PROJECT, "license": "CC BY 4.0"}, token=alice_token)
    assert created["id"] == "acme/paint-defects"
    assert (created["name"], created["type"]) == ("Paint defects", "instance-segmentation")
    assert (created["annotation"], created["license"]) == ("defects", "CC BY 4.0")


@pytest.mark.parametrize("wrong", [
    {"project_type": "telepathy"}, {"project_name": ""}, {"project_name": "x" * 121}, {"annotation": ""},
])  # fmt: skip
def test_a_project_that_cannot_be_is_refused(mcp: McpClient, alice_token: str, wrong: dict[str, Any]) -> None:
    assert mcp.error("projects_create", NEW_PROJECT | wrong, token=alice_token)["code"] == "validation_error"
    assert not Project.objects.exists()


def test_deleting_is_moving_to_the_trash_and_may_be_repeated(
    mcp: McpClient, alice_token: str, shelves: ProjectView
) -> None:
    arguments = {"project_id": shelves.id}
    item = mcp.result("projects_delete", arguments, token=alice_token)
    assert item["deleted_by"] == "alice@demo.local"
    assert mcp.result("projects_delete", arguments, token=alice_token) == item
    assert mcp.error("projects_get", arguments, token=alice_token)["code"] == "not_found"
    assert mcp.result("projects_list", token=alice_token)["total"] == 0


def test_a_labeler_sees_projects_and_changes_none(mcp: McpClient, bob_token: str, shelves: ProjectView) -> None:
    assert mcp.result("projects_get", {"project_id": shelves.id}, token=bob_token)["name"] == "Shelves"
    assert mcp.error("projects_delete", {"project_id": shelves.id}, token=bob_token)["code"] == "permission_denied"
    assert mcp.error("projects_create", NEW_PROJECT, token=bob_token)["code"] == "permission_denied"


def test_to_a_stranger_a_project_is_absent(mcp: McpClient, carol_token: str, shelves: ProjectView) -> None:
    absent = mcp.error("projects_get", {"project_id": "acme/absent"}, token=carol_token)
    for tool in ("projects_get", "projects_delete"):
        assert mcp.error(tool, {"project_id": shelves.id}, token=carol_token) == absent
    assert mcp.result("projects_list", token=carol_token)["projects"] == []
