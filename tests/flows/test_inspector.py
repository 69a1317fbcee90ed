"""MCP Inspector's command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.flows.desk import Desk, NodeClients
from tests.flows.person import Person
from tests.support.postgres import free_port
from tests.support.servers import Server

pytestmark = [pytest.mark.flows, pytest.mark.browser]

_INSPECTOR = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"


@pytest.fixture
def inspect(desk: Desk, node_clients: NodeClients, demo_server: Server) -> Callable[..., None]:
    """Return a function that starts the Inspector with a method and options."""
    callback = f"http://127.0.0.1:{free_port()}/oauth/callback"

    def inspect(method: str, *options: str) -> None:
        target = ("--server-url", demo_server.mcp_url, "--transport", "http", "--callback-url", callback)
        output = ("--method", method, "--format", "json")
        desk.start(node_clients.command(_INSPECTOR, "--cli", *target, *output, *options))

    return inspect


def test_the_inspector_lists_and_calls_tools(
    inspect: Callable[..., None], desk: Desk, alice_at_browser: Person
) -> None:
    inspect("tools/list")
    alice_at_browser.allow(desk.wanted_url(), workspace="Acme Robotics")
    listed = desk.finish()
    assert {"workspace_get", "projects_create"} <= {tool["name"] for tool in listed["result"]["tools"]}
    # It keeps its tokens, and with them it may speak the other era.
    inspect("tools/call", "--tool-name", "projects_list", "--protocol-era", "modern", "--use-stored-auth")
    called = desk.finish()
    assert called["result"]["structuredContent"]["total"] > 1
    assert len(desk.opened()) == 1


def test_bob_is_shown_what_his_role_can_do(inspect: Callable[..., None], desk: Desk, bob_at_browser: Person) -> None:
    inspect("tools/list")
    bob_at_browser.allow(desk.wanted_url())
    tools = {tool["name"] for tool in desk.finish()["result"]["tools"]}
    assert "projects_list" in tools
    assert "projects_create" not in tools
