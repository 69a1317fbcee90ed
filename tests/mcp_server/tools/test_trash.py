"""trash_list and trash_restore_project."""

from __future__ import annotations

import pytest

from roboflow_auth.projects.shapes import ProjectView
from tests.mcp_server.client import McpClient

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item_id(mcp: McpClient, alice_token: str, shelves: ProjectView) -> str:
    """Return the place in the trash of a project of Acme."""
    item: str = mcp.result("projects_delete", {"project_id": shelves.id}, token=alice_token)["id"]
    return item


def test_what_was_deleted_can_be_seen_and_brought_back(
    mcp: McpClient, alice_token: str, shelves: ProjectView, item_id: str
) -> None:
    [item] = mcp.result("trash_list", token=alice_token)["items"]
    assert (item["id"], item["project_id"], item["kind"]) == (item_id, shelves.id, "project")
    assert mcp.result("trash_restore_project", {"item_id": item_id}, token=alice_token)["id"] == shelves.id
    assert mcp.result("trash_list", token=alice_token) == {"items": [], "total": 0}


def test_a_labeler_may_not_see_the_trash_nor_restore(mcp: McpClient, bob_token: str, item_id: str) -> None:
    assert mcp.error("trash_list", token=bob_token)["code"] == "permission_denied"
    assert mcp.error("trash_restore_project", {"item_id": item_id}, token=bob_token)["code"] == "permission_denied"


def test_to_a_stranger_the_trash_is_empty(mcp: McpClient, carol_token: str, item_id: str) -> None:
    assert mcp.result("trash_list", token=carol_token)["items"] == []
    assert mcp.error("trash_restore_project", {"item_id": item_id}, token=carol_token)["code"] == "not_found"
