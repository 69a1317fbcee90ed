"""The `mcp` package's own client with its own OAuth provider, in both eras of the protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from anyio.from_thread import BlockingPortal
from mcp.client.client import Client

from tests.clauses import clause
from tests.flows.person import Person
from tests.flows.sdk import WAIT_SECONDS, SdkClient
from tests.mcp_server.client import MODERN
from tests.support.browser import Callback
from tests.support.servers import Server

pytestmark = [pytest.mark.flows, pytest.mark.browser]

PROJECT = {"project_name": "Pallets", "project_type": "object-detection", "annotation": "pallets"}
ACMES_PROJECT = "acme/warehouse-shelves"
ERAS = ("legacy", MODERN)
# A client of the handshake era, one that knows no other than the modern one, and one that finds out.
MODES = ("legacy", MODERN, "auto")


@pytest.fixture
def make_client(portal: BlockingPortal, demo_server: Server, callback: Callback) -> Callable[[str], SdkClient]:
    """Return a function that makes a client which has never seen the server, in a mode."""
    return lambda mode: SdkClient(portal, demo_server.mcp_url, callback, mode)


async def look_around(client: Client) -> tuple[str, set[str], dict[str, Any], dict[str, Any]]:
    """Return the version spoken, the names of the tools, and the results of two of them."""
    tools = {tool.name for tool in (await client.list_tools()).tools}
    workspace = await client.call_tool("workspace_get", {})
    projects = await client.call_tool("projects_list", {})
    assert not workspace.is_error
    assert not projects.is_error
    return client.protocol_version, tools, workspace.structured_content, projects.structured_content


@clause("P-M5.1")
@pytest.mark.parametrize("mode", MODES)
def test_a_client_that_knows_only_the_address_gets_to_a_tools_result(
    make_client: Callable[[str], SdkClient], alice_at_browser: Person, mode: str
) -> None:
    client = make_client(mode)
    visit = client.start(look_around)
    alice_at_browser.allow(client.wanted_url(), workspace="Acme Robotics")
    version, tools, workspace, projects = visit.result(WAIT_SECONDS)
    assert version == ("2025-11-25" if mode == "legacy" else MODERN)
    assert {"workspace_get", "projects_list", "projects_create"} <= tools
    assert (workspace["workspace"], workspace["role"]) == ("acme", "owner")
    assert projects["total"] == len(projects["projects"]) > 1
    assert alice_at_browser.consents == 1


@pytest.mark.parametrize("mode", ERAS)
def test_an_expired_token_is_refreshed_without_the_person(
    make_client: Callable[[str], SdkClient], alice_at_browser: Person, mode: str
) -> None:
    client = make_client(mode)
    visit = client.start_call("workspace_get")
    alice_at_browser.allow(client.wanted_url(), workspace="Acme Robotics")
    visit.result(WAIT_SECONDS)
    first = client.keychain.tokens
    client.believe_the_token_expired()
    assert not client.call("workspace_get").is_error
    second = client.keychain.tokens
    assert first
    assert second
    assert client.keychain.issued == 2
    assert first.access_token != second.access_token
    assert first.refresh_token != second.refresh_token
    assert client.opened.empty()


@clause("P-M3.1")
@pytest.mark.parametrize("mode", ERAS)
def test_a_missing_scope_leads_to_a_second_consent_and_then_the_call_works(
    make_client: Callable[[str], SdkClient], alice_at_browser: Person, mode: str
) -> None:
    client = make_client(mode)
    visit = client.start_call("projects_list")
    alice_at_browser.allow(client.wanted_url(), workspace="Acme Robotics", only=["project:read"])
    assert not visit.result(WAIT_SECONDS).is_error
    assert client.scopes() == {"project:read", "offline_access"}
    visit = client.start_call("projects_create", PROJECT)
    url = client.wanted_url()
    assert {"project:read", "project:create"} <= set(parse_qs(urlsplit(url).query)["scope"][0].split())
    alice_at_browser.allow(url)
    result = visit.result(WAIT_SECONDS)
    assert result.structured_content["name"] == "Pallets"
    assert "project:create" in client.scopes()
    assert alice_at_browser.consents == 2


@pytest.mark.parametrize("mode", ERAS)
def test_bob_is_told_that_his_role_is_too_small_and_asked_for_nothing(
    make_client: Callable[[str], SdkClient], bob_at_browser: Person, mode: str
) -> None:
    client = make_client(mode)
    visit = client.start_call("workspace_get")
    bob_at_browser.allow(client.wanted_url())
    assert visit.result(WAIT_SECONDS).structured_content["role"] == "labeler"
    refused = client.call("projects_create", PROJECT)
    assert refused.is_error
    assert refused.structured_content["code"] == "permission_denied"
    assert client.opened.empty()


@pytest.mark.parametrize("mode", ERAS)
def test_carol_sees_nothing_of_acme(
    make_client: Callable[[str], SdkClient], carol_at_browser: Person, mode: str
) -> None:
    client = make_client(mode)
    visit = client.start(look_around)
    carol_at_browser.allow(client.wanted_url())
    *_, workspace, projects = visit.result(WAIT_SECONDS)
    assert workspace["workspace"] == "carol"
    assert {project["id"].partition("/")[0] for project in projects["projects"]} == {"carol"}
    refused = client.call("projects_get", {"project_id": ACMES_PROJECT})
    assert refused.is_error
    assert refused.structured_content["code"] == "not_found"
    assert client.opened.empty()
