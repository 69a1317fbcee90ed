"""/mcp: whatever body, header and argument, in both eras of the protocol."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types import CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY, PROTOCOL_VERSION_META_KEY

from mcp_server.registry import list_tools
from tests.fuzz.effort import effort
from tests.fuzz.hostile import documents, header_values, texts, values
from tests.mcp_server.client import CLIENT_INFO, ERAS, MODERN, McpClient

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("tools/call", "tools/list", "initialize", "ping", "server/discover", "resources/list", "prompts/get", "x")
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def assert_answered(answer: httpx.Response, token: str) -> None:
    """Fail unless `answer` is JSON in the words of JSON-RPC or of RFC 6750, without the token in it."""
    assert answer.status_code != 500, answer.text
    assert answer.status_code < 500, answer.text
    assert token not in answer.text
    if not answer.content:
        return
    assert answer.headers["content-type"].startswith("application/json"), answer.text
    members = answer.json()
    if "jsonrpc" in members:
        assert {"result", "error"} & members.keys(), members
    else:
        assert members.keys() == {"error", "error_description"}, members


def message_for(method: str, params: dict[str, Any], era: str) -> dict[str, Any]:
    """Return a good request of `era`."""
    if era == MODERN:
        meta = {
            PROTOCOL_VERSION_META_KEY: era,
            CLIENT_CAPABILITIES_META_KEY: {},
            CLIENT_INFO_META_KEY: CLIENT_INFO,
        }
        params = {**params, "_meta": meta}
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def headers_for(token: str, method: str, name: str, era: str) -> dict[str, str]:
    """Return the headers that go with it."""
    sent = {**JSON, "Authorization": f"Bearer {token}", "MCP-Protocol-Version": era}
    return {**sent, "Mcp-Method": method, "Mcp-Name": name} if era == MODERN else sent


@effort
@given(data=st.data())
@pytest.mark.parametrize("era", ERAS)
def test_any_body_is_answered(mcp: McpClient, alice_token: str, era: str, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(METHODS))
    good = message_for(method, {"name": "workspace_get", "arguments": {}}, era)
    body = data.draw(documents(good, ("params", "method", "id", "jsonrpc", "result", "error")))
    headers = headers_for(alice_token, method, "workspace_get", era)
    assert_answered(mcp.send(headers=headers, content=body), alice_token)


@effort
@given(data=st.data())
@pytest.mark.parametrize("tool", [tool.name for tool in list_tools()])
def test_any_argument_of_any_tool_is_answered(mcp: McpClient, alice_token: str, tool: str, data: st.DataObject) -> None:
    [described] = [one for one in list_tools() if one.name == tool]
    properties = tuple(described.input_schema["properties"])
    chosen = data.draw(st.lists(st.sampled_from((*properties, "unknown")), unique=True, max_size=4))
    arguments = ", ".join(f"{json.dumps(name)}: {data.draw(values())}" for name in chosen)
    message = message_for("tools/call", {"name": tool, "arguments": "@@"}, MODERN)
    body = json.dumps(message).replace('"@@"', "{" + arguments + "}").encode("utf-8", "surrogatepass")
    answer = mcp.send(headers=headers_for(alice_token, "tools/call", tool, MODERN), content=body)
    assert_answered(answer, alice_token)
    assert "INTERNAL" not in answer.text.upper() or "error" not in answer.json(), answer.text
    if answer.status_code == 200 and answer.json().get("result", {}).get("isError"):
        assert answer.json()["result"]["structuredContent"]["code"] != "internal_error", answer.text


@effort
@given(data=st.data())
def test_any_header_is_answered(mcp: McpClient, alice_token: str, data: st.DataObject) -> None:
    headers = headers_for(alice_token, "tools/call", "workspace_get", MODERN)
    names = st.sampled_from((*headers, "Origin", "x-api-key", "Mcp-Session-Id", "Last-Event-ID", "Host", "Cookie"))
    for name in data.draw(st.lists(names, min_size=1, max_size=2, unique=True)):
        headers[name] = data.draw(header_values)
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    body = json.dumps(message_for("tools/call", {"name": "workspace_get", "arguments": {}}, MODERN))
    method = data.draw(st.sampled_from(("POST", "POST", "POST", "GET", "DELETE", "OPTIONS", "HEAD", "PUT")))
    answer = mcp.send(method, headers=sent, content=body)  # type: ignore[arg-type]
    assert_answered(answer, alice_token)


@effort
@given(name=texts)
def test_any_name_of_a_tool_is_answered(mcp: McpClient, alice_token: str, name: str) -> None:
    body = json.dumps(message_for("tools/call", {"name": name, "arguments": {}}, "2025-11-25"))
    headers = headers_for(alice_token, "tools/call", "", "2025-11-25")
    assert_answered(mcp.send(headers=headers, content=body), alice_token)
