"""What the SDK answers behind the door: both eras, the list of tools, and real clients (P-M4, P-M5)."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from mcp_server.registry import list_tools
from mcp_server.server import build_server
from roboflow_auth.access.catalogue import BASELINE, WORKSPACE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.clauses import clause
from tests.mcp_server.client import CLIENT_INFO, ERAS, HANDSHAKE_ERA, MODERN, McpClient, credential

EVERY_TOOL = [tool.name for tool in list_tools()]
BOBS_TOOLS = ["images_get", "images_search", "projects_get", "projects_list", "workspace_get"]

pytestmark = pytest.mark.django_db(transaction=True)


@clause("P-M5.1")
@pytest.mark.parametrize("era", HANDSHAKE_ERA)
def test_a_client_of_the_handshake_era_is_greeted_in_its_version(mcp: McpClient, alice_token: str, era: str) -> None:
    params = {"protocolVersion": era, "capabilities": {}, "clientInfo": CLIENT_INFO}
    answer = mcp.rpc("initialize", params, token=alice_token, era=era)
    assert answer.headers["content-type"] == "application/json"
    assert "mcp-session-id" not in answer.headers
    result = answer.json()["result"]
    assert result["protocolVersion"] == era
    assert result["serverInfo"]["name"] == "roboflow"
    assert "workspace_get" in result["instructions"]
    assert set(result["capabilities"]) <= {"tools", "experimental"}


@clause("P-M5.1")
def test_a_client_of_the_modern_era_discovers_the_server(mcp: McpClient, alice_token: str) -> None:
    answer = mcp.rpc("server/discover", token=alice_token)
    assert "mcp-session-id" not in answer.headers
    result = answer.json()["result"]
    assert result["supportedVersions"] == [MODERN]
    assert "workspace_get" in result["instructions"]


@clause("P-M5.2")
@pytest.mark.parametrize("era", ERAS)
def test_every_request_stands_for_itself(mcp: McpClient, alice_token: str, era: str) -> None:
    # No handshake came before, and a session id that another server gave out does not matter: any node can answer.
    answer = mcp.rpc("tools/list", token=alice_token, era=era, headers={"Mcp-Session-Id": "of-another-server"})
    assert answer.status_code == 200
    assert "mcp-session-id" not in answer.headers


@clause("MCP-HTTP-server-validation")
def test_the_headers_of_the_modern_era_must_fit_the_body(mcp: McpClient, alice_token: str) -> None:
    for headers in ({"Mcp-Method": "ping"}, {"Mcp-Name": "projects_list"}):
        params = {"name": "workspace_get", "arguments": {}}
        answer = mcp.rpc("tools/call", params, token=alice_token, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == -32020


@clause("MCP-HTTP-protocol-version-header/a")
def test_an_unknown_version_is_told_the_known_ones(mcp: McpClient, alice_token: str) -> None:
    answer = mcp.rpc("tools/list", token=alice_token, headers={"MCP-Protocol-Version": "2099-01-01"})
    assert answer.status_code == 400


@clause("MCP-HTTP-protocol-version-header/b")
@pytest.mark.parametrize("era", ERAS)
def test_an_unknown_method_is_a_json_rpc_error(mcp: McpClient, alice_token: str, era: str) -> None:
    answer = mcp.rpc("prompts/list", token=alice_token, era=era)
    assert answer.json()["error"]["code"] == -32601
    assert answer.status_code == (404 if era == MODERN else 200)


@clause("MCP-HTTP-sending-messages")
@pytest.mark.parametrize("era", ERAS)
def test_a_notification_is_taken_and_dropped(mcp: McpClient, alice_token: str, era: str) -> None:
    headers = {"MCP-Protocol-Version": era, "Content-Type": "application/json", "Accept": "application/json"}
    message = '{"jsonrpc": "2.0", "method": "notifications/initialized"}'
    assert mcp.send(headers=headers | credential(alice_token), content=message).status_code == 202


@clause("P-M4.1", "P-M4.4")
@pytest.mark.parametrize("era", ERAS)
def test_each_person_sees_the_tools_that_the_role_allows(
    mcp: McpClient, alice_token: str, bob_token: str, carol_token: str, era: str
) -> None:
    assert mcp.tool_names(token=alice_token, era=era) == EVERY_TOOL == sorted(EVERY_TOOL)
    assert mcp.tool_names(token=bob_token, era=era) == BOBS_TOOLS
    assert mcp.tool_names(token=carol_token, era=era) == EVERY_TOOL


def test_a_change_of_role_changes_the_list_at_once(mcp: McpClient, bob: User, bob_token: str) -> None:
    Membership.objects.filter(user=bob).update(role="admin")
    assert mcp.tool_names(token=bob_token) == EVERY_TOOL


@clause("P-M4.2")
def test_what_lacks_only_a_scope_is_shown_with_it(mcp: McpClient, alice: User, acme: Workspace) -> None:
    answer = mcp.rpc("tools/list", token=builders.make_token(alice, acme, ["project:read"]))
    tools = {tool["name"]: tool for tool in answer.json()["result"]["tools"]}
    assert sorted(tools) == EVERY_TOOL
    assert tools["projects_list"]["_meta"] == {"com.roboflow/required_scopes": ["project:read"]}
    assert tools["projects_create"]["_meta"] == {
        "com.roboflow/required_scopes": ["project:create"],
        "com.roboflow/missing_scopes": ["project:create"],
    }


@clause("P-M4.2")
def test_what_lacks_a_scope_is_hidden_where_a_deployment_says_so(
    mcp: McpClient, alice: User, acme: Workspace, settings: Any
) -> None:
    settings.MCP_TOOL_VISIBILITY = "granted"
    token = builders.make_token(alice, acme, ["project:read"])
    assert mcp.tool_names(token=token) == ["projects_get", "projects_list", "trash_list"]


@clause("P-M4.3")
def test_what_lacks_a_scope_is_hidden_from_api_keys(mcp: McpClient, alice: User, acme: Workspace) -> None:
    key = builders.make_api_key(alice, acme, ["workspace:read"])
    assert mcp.tool_names(key=key) == ["workspace_get"]


@clause("P-M4.4")
def test_the_list_may_be_kept_by_nobody_else(mcp: McpClient, alice_token: str) -> None:
    result = mcp.rpc("tools/list", token=alice_token).json()["result"]
    assert (result["cacheScope"], result["ttlMs"]) == ("private", 0)


@pytest.mark.parametrize("era", ERAS)
def test_an_unknown_tool_is_invalid_parameters(mcp: McpClient, alice_token: str, era: str) -> None:
    error = mcp.call("projects_explode", token=alice_token, era=era).json()["error"]
    assert (error["code"], error["message"]) == (-32602, "Unknown tool: projects_explode")


@pytest.mark.parametrize("mode", ["legacy", "auto", MODERN])
def test_the_sdks_own_client_lists_and_calls_tools(
    mcp: McpClient, alice: User, acme: Workspace, alice_token: str, mode: str
) -> None:
    async def use() -> None:
        transport = httpx2.ASGITransport(app=mcp.app)
        async with (
            httpx2.AsyncClient(transport=transport, headers=credential(alice_token)) as http,
            Client(streamable_http_client("http://testserver/mcp", http_client=http), mode=mode) as client,
        ):
            assert [tool.name for tool in (await client.list_tools()).tools] == EVERY_TOOL
            result = await client.call_tool("workspace_get", {})
            assert result.structured_content["granted_scopes"] == sorted(WORKSPACE_SCOPES)
            # The client holds errors against the output schema too.
            refused = await client.call_tool("projects_get", {"project_id": "acme/none"})
            assert refused.is_error
            assert refused.structured_content["code"] == "not_found"

    mcp.portal.call(use)


def test_the_scopes_of_the_first_challenge_open_what_people_start_with(
    mcp: McpClient, alice: User, acme: Workspace
) -> None:
    token = builders.make_token(alice, acme, BASELINE)
    for tool in ("workspace_get", "projects_list", "trash_list"):
        mcp.result(tool, token=token)


def test_a_request_that_came_past_the_door_learns_nothing(mcp: McpClient) -> None:
    async def use() -> None:
        async with Client(build_server()) as client:
            with pytest.raises(MCPError, match="Internal server error"):
                await client.list_tools()

    mcp.portal.call(use)
