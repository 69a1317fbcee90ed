"""members_list."""

from __future__ import annotations

import pytest

from tests.mcp_server.client import McpClient

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_owner_sees_the_people_page_by_page(mcp: McpClient, alice_token: str) -> None:
    found = mcp.result("members_list", token=alice_token)
    assert [(member["email"], member["role"]) for member in found["members"]] == [
        ("alice@demo.local", "owner"), ("bob@demo.local", "labeler"),
    ]  # fmt: skip
    second = mcp.result("members_list", {"limit": 1, "offset": 1}, token=alice_token)
    assert [member["email"] for member in second["members"]] == ["bob@demo.local"]
    assert (second["total"], second["limit"], second["offset"]) == (2, 1, 1)


@pytest.mark.parametrize("arguments", [{"limit": 0}, {"limit": 201}, {"offset": -1}, {"limit": "many"}])
def test_a_page_that_cannot_be_is_refused(mcp: McpClient, alice_token: str, arguments: dict[str, object]) -> None:
    assert mcp.error("members_list", arguments, token=alice_token)["code"] == "validation_error"


def test_a_labeler_may_not_see_the_people(mcp: McpClient, bob_token: str) -> None:
    assert mcp.error("members_list", token=bob_token)["code"] == "permission_denied"


def test_a_stranger_sees_only_herself(mcp: McpClient, alice_token: str, carol_token: str) -> None:
    found = mcp.result("members_list", token=carol_token)
    assert [member["email"] for member in found["members"]] == ["carol@demo.local"]
