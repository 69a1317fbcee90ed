"""audit_log_list."""

from __future__ import annotations

import pytest

from roboflow_auth.accounts.models import User
from tests.mcp_server.client import McpClient

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_log_is_read_newest_first_page_by_page(mcp: McpClient, alice_token: str, bob: User, bob_token: str) -> None:
    mcp.result("projects_list", token=alice_token)
    mcp.error("members_list", token=bob_token)
    first = mcp.result("audit_log_list", {"limit": 1}, token=alice_token)
    [event] = first["events"]
    assert (event["actor_email"], event["tool"], event["outcome"]) == (bob.email, "members_list", "refused")
    refused = mcp.result("audit_log_list", {"outcome": "refused"}, token=alice_token)
    assert [event["reason"] for event in refused["events"]] == ["role"]
    by_bob = mcp.result("audit_log_list", {"actor_email": bob.email}, token=alice_token)
    assert [event["action"] for event in by_bob["events"]] == ["view_member"]
    [older] = mcp.result("audit_log_list", {"limit": 1, "after": first["after"]}, token=alice_token)["events"]
    assert older["id"] < event["id"]


@pytest.mark.parametrize("arguments", [{"after": "x"}, {"outcome": "lost"}, {"limit": 1000}])
def test_a_question_that_cannot_be_is_refused(mcp: McpClient, alice_token: str, arguments: dict[str, object]) -> None:
    assert mcp.error("audit_log_list", arguments, token=alice_token)["code"] == "validation_error"


def test_a_labeler_may_not_read_the_log(mcp: McpClient, bob_token: str) -> None:
    assert mcp.error("audit_log_list", token=bob_token)["code"] == "permission_denied"


def test_a_stranger_reads_the_log_of_her_own_workspace(mcp: McpClient, alice_token: str, carol_token: str) -> None:
    mcp.result("projects_list", token=alice_token)
    found = mcp.result("audit_log_list", token=carol_token)
    assert "alice@demo.local" not in {event["actor_email"] for event in found["events"]}
