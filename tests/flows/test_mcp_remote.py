"""`mcp-remote`, which lends clients that know only local servers a way to ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.flows.desk import Desk, NodeClients
from tests.flows.person import Person
from tests.flows.sdk import WAIT_SECONDS
from tests.support.servers import Server

pytestmark = [pytest.mark.flows, pytest.mark.browser]

Start = Callable[[Callable[[Client], Awaitable[Any]]], Future[Any]]


@pytest.fixture
def start(portal: BlockingPortal, desk: Desk, node_clients: NodeClients, demo_server: Server) -> Start:
    """Return a function that starts the proxy and does something with it, as a desktop app would."""
    node, *arguments = node_clients.command("node_modules/mcp-remote/dist/proxy.js", demo_server.mcp_url)
    parameters = StdioServerParameters(command=node, args=arguments, env=desk.environment, cwd=desk.home)

    async def connect(use: Callable[[Client], Awaitable[Any]]) -> Any:
        with (desk.home / "errors").open("a") as errors:
            async with Client(stdio_client(parameters, errlog=errors), mode="legacy") as client:
                return await use(client)

    return lambda use: portal.start_task_soon(connect, use)


async def call_tools(client: Client) -> tuple[set[str], Any]:
    """Return the names of the tools, and the structured result of one."""
    tools = {tool.name for tool in (await client.list_tools()).tools}
    return tools, (await client.call_tool("workspace_get", {})).structured_content


def test_the_proxy_gets_from_the_address_to_a_tools_result(start: Start, desk: Desk, alice_at_browser: Person) -> None:
    visit = start(call_tools)
    alice_at_browser.allow(desk.wanted_url(), workspace="Acme Robotics")
    tools, workspace = visit.result(WAIT_SECONDS)
    assert {"workspace_get", "projects_create"} <= tools
    assert (workspace["workspace"], workspace["role"]) == ("acme", "owner")
    # Started once more it has tokens, and does not ask again.
    assert start(call_tools).result(WAIT_SECONDS) == (tools, workspace)
    assert len(desk.opened()) == 1


def test_carol_sees_nothing_of_acme_through_it(start: Start, desk: Desk, carol_at_browser: Person) -> None:
    visit = start(lambda client: client.call_tool("projects_get", {"project_id": "acme/warehouse-shelves"}))
    carol_at_browser.allow(desk.wanted_url())
    refused = visit.result(WAIT_SECONDS)
    assert refused.is_error
    assert refused.structured_content["code"] == "not_found"
