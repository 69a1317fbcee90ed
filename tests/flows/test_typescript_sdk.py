"""`@modelcontextprotocol/sdk` from npm, in the small application of node/sdk_client.mjs."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.flows.desk import Desk, NodeClients
from tests.flows.person import Person
from tests.support.servers import Server

pytestmark = [pytest.mark.flows, pytest.mark.browser]

Starter = Callable[[str, dict[str, str]], None]

PROJECT = {"project_name": "Crates", "project_type": "object-detection", "annotation": "crates"}


@pytest.fixture
def start(desk: Desk, node_clients: NodeClients, demo_server: Server) -> Starter:
    """Return a function that starts the application, to call one tool."""

    def start(tool: str, arguments: dict[str, str]) -> None:
        desk.start(node_clients.command("sdk_client.mjs", demo_server.mcp_url, tool, json.dumps(arguments)))

    return start


def test_the_sdk_gets_from_the_address_to_a_tools_result(start: Starter, desk: Desk, alice_at_browser: Person) -> None:
    start("workspace_get", {})
    alice_at_browser.allow(desk.wanted_url(), workspace="Acme Robotics")
    output = desk.finish()
    assert {"workspace_get", "projects_create"} <= set(output["tools"])
    assert output["result"]["structuredContent"]["workspace"] == "acme"


def test_bob_is_told_that_his_role_is_too_small(start: Starter, desk: Desk, bob_at_browser: Person) -> None:
    start("projects_create", PROJECT)
    bob_at_browser.allow(desk.wanted_url())
    output = desk.finish()
    assert output["result"]["isError"]
    assert output["result"]["structuredContent"]["code"] == "permission_denied"
    assert len(desk.opened()) == 1
