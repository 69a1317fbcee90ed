"""Attacks on the MCP server itself: stolen sessions, and tokens that are passed on (MCP security best practices)."""

from __future__ import annotations

import re

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.types import Receive, Scope, Send

from mcp_server.door import Door
from mcp_server.store import Store
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.mcp_server.client import McpClient
from tests.oauth.journeys import signed_in


def test_a_session_id_is_no_credential(mcp: McpClient) -> None:
    """Session hijacking: whoever knows or guesses the id of a session acts as the person in it."""
    for session_id in ("1", "of-alice", "00000000-0000-0000-0000-000000000000"):
        assert mcp.rpc("tools/list", headers={"Mcp-Session-Id": session_id}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_browsers_session_is_no_credential_at_the_mcp_server(mcp: McpClient, alice: User, acme: Workspace) -> None:
    """Session hijacking, DNS rebinding: a page that reaches the server with the person's cookies acts as the person."""
    cookie = f"sessionid={signed_in(alice).cookies['sessionid'].value}"
    assert mcp.rpc("tools/list", headers={"Cookie": cookie}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_a_session_id_does_not_lend_one_person_the_work_of_another(
    mcp: McpClient, alice_token: str, carol_token: str
) -> None:
    """Session hijacking: the id of somebody else's session beside one's own token changes nothing."""
    headers = {"Mcp-Session-Id": "of-alice"}
    assert mcp.result("workspace_get", token=alice_token, headers=headers)["workspace"] == "acme"
    assert mcp.result("workspace_get", token=carol_token, headers=headers)["workspace"] == "carol"


@pytest.mark.django_db(transaction=True)
def test_no_credential_passes_the_door(mcp: McpClient, alice: User, acme: Workspace) -> None:
    """Token passthrough: what has the caller's token can send it on to whatever it calls in turn."""
    seen: list[tuple[bytes, bytes]] = []

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def call(*credential: str) -> None:
        store = Store()
        headers = {"Cookie": "sessionid=1", "Content-Type": "application/json", credential[0]: credential[1]}
        async with store.running(), AsyncClient(transport=ASGITransport(app=Door(behind, store))) as client:
            answer = await client.post("http://testserver/mcp", json={"method": "tools/list"}, headers=headers)
            assert answer.status_code == 200

    mcp.portal.call(call, "Authorization", f"Bearer {builders.make_token(alice, acme)}")
    mcp.portal.call(call, "X-Api-Key", builders.make_api_key(alice, acme))
    assert b"content-type" in {name for name, _ in seen}
    assert not re.search(rb"rfoa_|rfk_", repr(seen).encode())
