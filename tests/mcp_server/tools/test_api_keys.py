"""api_keys_list, api_keys_create, api_keys_disable and api_keys_revoke, and keys as credentials of /mcp."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.principals import find_principal
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.mcp_server.client import McpClient
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db(transaction=True)

NEW_KEY = {"name": "Nightly export", "scopes": ["workspace:read", "project:read"]}


def test_a_key_that_an_agent_makes_works_at_once_and_says_through_what_it_was_made(
    mcp: McpClient, alice_token: str
) -> None:
    made = mcp.result("api_keys_create", NEW_KEY, token=alice_token)
    assert made["api_key"]["made_with"] == "Test client"
    assert mcp.result("workspace_get", key=made["secret"])["granted_scopes"] == ["project:read", "workspace:read"]
    [listed] = mcp.result("api_keys_list", token=alice_token)["api_keys"]
    assert listed["id"] == made["api_key"]["id"]
    assert listed["last_used_at"] is not None


def test_the_secret_is_said_once_and_never_written_down(
    mcp: McpClient, alice_token: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = mcp.call("api_keys_create", NEW_KEY, token=alice_token)
    secret = answer.json()["result"]["structuredContent"]["secret"]
    assert secret.startswith("rfk_")
    for later in ("api_keys_list", "audit_log_list"):
        assert secret not in mcp.call(later, token=alice_token).text
    assert secret not in str(list(AuditEvent.objects.values())) + str(list(ApiKey.objects.values())) + caplog.text


def test_a_token_makes_no_key_that_is_wider_than_itself(mcp: McpClient, alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme, ["workspace:read", "api-key:create"])
    error = mcp.error("api_keys_create", NEW_KEY, token=token)
    assert error["code"] == "validation_error"
    assert "project:read" in error["message"]
    made = mcp.result("api_keys_create", {"name": "narrow"}, token=token)
    assert made["api_key"]["scopes"] == ["workspace:read"]


def test_a_key_makes_no_key_that_is_wider_than_itself_or_outlives_it(
    mcp: McpClient, alice: User, acme: Workspace
) -> None:
    key = builders.make_api_key(alice, acme, ["workspace:read", "api-key:create"])
    ApiKey.objects.update(expires_at=(ending := timezone.now() + timedelta(days=2)))
    assert mcp.error("api_keys_create", NEW_KEY, key=key)["code"] == "validation_error"
    made = mcp.result("api_keys_create", {"name": "narrow", "expires_in_days": 365}, key=key)
    assert ApiKey.objects.get(pk=made["api_key"]["id"]).expires_at == ending


def test_a_connection_makes_no_key_that_outlives_it(mcp: McpClient, alice: User, acme: Workspace) -> None:
    ending = timezone.now() + timedelta(hours=5)
    connection = builders.make_connection(alice, acme, WORKSPACE_SCOPES, expires_at=ending)
    made = mcp.result("api_keys_create", {"name": "short"}, token=builders.make_token_of(connection))
    assert ApiKey.objects.get(pk=made["api_key"]["id"]).expires_at == ending


def test_a_key_can_do_what_its_makers_role_allows_now(mcp: McpClient, bob: User, acme: Workspace) -> None:
    Membership.objects.filter(user=bob).update(role=RoleName.ADMIN)
    key = builders.make_api_key(bob, acme, ["project:read", "member:read", "api-key:read"])
    assert mcp.result("members_list", key=key)["total"] == 2
    Membership.objects.filter(user=bob).update(role=RoleName.LABELER)
    for tool in ("members_list", "api_keys_list"):
        assert mcp.error(tool, key=key)["code"] == "permission_denied"
    mcp.result("projects_list", key=key)


def test_a_disabled_key_is_refused_at_the_door_until_it_is_enabled(
    mcp: McpClient, alice_token: str, alice: User, acme: Workspace
) -> None:
    key, key_id = builders.make_api_key(alice, acme), str(ApiKey.objects.get().pk)
    assert mcp.result("api_keys_disable", {"key_id": key_id}, token=alice_token)["state"] == "disabled"
    assert mcp.call("workspace_get", key=key).status_code == 401
    assert mcp.result("api_keys_list", token=alice_token)["api_keys"] == []
    [listed] = mcp.result("api_keys_list", {"include_disabled": True}, token=alice_token)["api_keys"]
    assert listed["state"] == "disabled"
    mcp.result("api_keys_disable", {"key_id": key_id, "disabled": False}, token=alice_token)
    mcp.result("workspace_get", key=key)


def test_a_revoked_key_is_over_for_good(mcp: McpClient, alice_token: str, alice: User, acme: Workspace) -> None:
    key, key_id = builders.make_api_key(alice, acme), str(ApiKey.objects.get().pk)
    assert mcp.result("api_keys_revoke", {"key_id": key_id}, token=alice_token)["state"] == "revoked"
    assert mcp.call("workspace_get", key=key).status_code == 401
    assert mcp.error("api_keys_disable", {"key_id": key_id, "disabled": False}, token=alice_token)["code"] == "conflict"
    assert mcp.result("api_keys_list", {"include_disabled": True}, token=alice_token)["total"] == 0


def test_a_labeler_and_a_stranger_get_at_no_key(
    mcp: McpClient, bob_token: str, carol_token: str, alice: User, acme: Workspace
) -> None:
    builders.make_api_key(alice, acme)
    key_id = str(ApiKey.objects.get().pk)
    for tool, arguments in (
        ("api_keys_list", {}),
        ("api_keys_create", NEW_KEY),
        ("api_keys_disable", {"key_id": key_id}),
        ("api_keys_revoke", {"key_id": key_id}),
    ):
        assert mcp.error(tool, arguments, token=bob_token)["code"] == "permission_denied"
    assert mcp.result("api_keys_list", token=carol_token)["api_keys"] == []
    for tool in ("api_keys_disable", "api_keys_revoke"):
        assert mcp.error(tool, {"key_id": key_id}, token=carol_token)["code"] == "not_found"


@pytest.mark.parametrize(("tool", "scope"), [
    ("api_keys_list", "api-key:read"),
    ("api_keys_create", "api-key:create"),
    ("api_keys_disable", "api-key:update"),
    ("api_keys_revoke", "api-key:revoke"),
])  # fmt: skip
def test_a_token_without_the_scope_is_told_which(
    mcp: McpClient, alice: User, acme: Workspace, tool: str, scope: str
) -> None:
    token = builders.make_token(alice, acme, WORKSPACE_SCOPES - {scope})
    answer = mcp.call(tool, NEW_KEY, token=token)
    assert answer.status_code == 403
    assert scope in answer.headers["www-authenticate"]


@pytest.mark.parametrize("arguments", [
    {"name": "x", "scopes": []},
    {"name": "x", "scopes": ["a\x00"]},
    {"name": "x", "scopes": "project:read"},
    {"name": "x", "scopes": ["project:read"] * 100},
    {"name": "x", "expires_in_days": None},
    {"name": "x", "expires_in_days": 0},
    {"name": "x" * 121},
    {"name": ""},
    {},
])  # fmt: skip
def test_a_key_that_can_not_be_is_refused(mcp: McpClient, alice_token: str, arguments: dict[str, object]) -> None:
    assert mcp.error("api_keys_create", arguments, token=alice_token)["code"] == "validation_error"
    assert not ApiKey.objects.exists()


def test_the_last_use_is_written_once_a_minute(alice: User, acme: Workspace) -> None:
    key = builders.make_api_key(alice, acme)
    with at_most(2):
        find_principal(key)
    for _ in range(3):
        with at_most(1):
            find_principal(key)
