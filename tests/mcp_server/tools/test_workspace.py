"""workspace_get."""

from __future__ import annotations

import pytest

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.mcp_server.client import McpClient

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_caller_learns_who_and_where_it_is_and_what_it_may_do(mcp: McpClient, alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme, ["workspace:read", "project:read", "offline_access"])
    assert mcp.result("workspace_get", token=token) == {
        "workspace": "acme",
        "workspace_name": "Acme Robotics",
        "email": alice.email,
        "role": "owner",
        "granted_scopes": ["offline_access", "project:read", "workspace:read"],
        "effective_actions": ["view_project", "view_trash", "view_workspace"],
    }


def test_a_labelers_actions_are_the_roles_whatever_the_scopes(mcp: McpClient, bob_token: str) -> None:
    found = mcp.result("workspace_get", token=bob_token)
    assert found["granted_scopes"] == sorted(WORKSPACE_SCOPES)
    assert "create_project" not in found["effective_actions"]


def test_a_stranger_sees_a_workspace_of_her_own(mcp: McpClient, acme: Workspace, carol_token: str) -> None:
    assert mcp.result("workspace_get", token=carol_token)["workspace"] == "carol"
