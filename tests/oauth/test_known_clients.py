"""Badges: whom people see vouched for, who is only known by a host, and whose name is a claim."""

from __future__ import annotations

from typing import Any

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.clients import ClientView, show_client
from roboflow_auth.oauth.known_clients.lookup import find_by_name, list_known_clients
from roboflow_auth.oauth.known_clients.names import fold_name
from roboflow_auth.oauth.known_clients.shipping import shipped_list
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.registration import narrow_metadata
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import Journey, signed_in
from tests.oauth.registrations import REAL_CLIENTS, RealClient, registered

pytestmark = pytest.mark.django_db

CLAUDE_CALLBACK = "https://claude.ai/api/mcp/auth_callback"
EVIL = "https://evil.example/callback"
CLAUDE_ID = "https://claude.ai/oauth/mcp-oauth-client-metadata"
CLAUDE_CODE_ID = "https://claude.ai/oauth/claude-code-client-metadata"


def show(name: str, redirect_uri: str, **fields: Any) -> ClientView:
    """Return what people see of a client that registered `name` and `redirect_uri`."""
    return show_client(
        Client(name=name, redirect_uris=redirect_uri, **{"registration_source": "dcr", **fields}), redirect_uri
    )


def show_document(client_id: str, name: str, redirect_uri: str) -> ClientView:
    """Return what people see of a client with a metadata document."""
    return show(name, redirect_uri, client_id=client_id, registration_source="cimd")


def test_staff_vouch_for_a_name_and_a_logo() -> None:
    metadata = {"logo_uri": "https://app.example/logo.png"}
    view = show("Shelf counter", EVIL, is_verified=True, metadata=metadata)
    assert view == ClientView("Shelf counter", "verified", logo_url="https://app.example/logo.png")


@clause("P-C8.2")
@pytest.mark.parametrize("name", ["Claude", "claude.ai", "Claude Desktop"])
def test_a_known_client_whose_answers_reach_only_its_vendor_is_verified(name: str) -> None:
    assert show(name, CLAUDE_CALLBACK) == ClientView("Claude", "verified", "claude.ai")


@pytest.mark.parametrize(
    "name, redirect_uri",
    [
        ("ChatGPT", "https://chatgpt.com/connector/oauth/aBc_dEf-123"),
        ("ChatGPT", "https://chatgpt.com/connector_platform_oauth_redirect"),
        ("Cursor", "https://www.cursor.com/agents/mcp/oauth/callback"),
        ("Visual Studio Code", "https://vscode.dev/redirect"),
    ],
)
def test_others_are_verified_by_where_their_answers_go_too(name: str, redirect_uri: str) -> None:
    assert show(name, redirect_uri).badge == "verified"


@clause("P-C8.2")
@pytest.mark.parametrize(
    "name, redirect_uri",
    [
        ("Claude Code", "http://localhost:54545/callback"),
        ("Claude Code (roboflow)", "http://127.0.0.1:54545/callback"),
        ("Codex", "http://127.0.0.1:40404/callback/a1B2c3D4e5F6"),
        ("opencode", "http://127.0.0.1:19876/mcp/oauth/callback"),
        ("Visual Studio Code", "http://127.0.0.1:51000/"),
        ("Gemini CLI MCP Client", "http://localhost:41411/oauth/callback"),
        ("MCP Inspector", "http://127.0.0.1:6274/oauth/callback"),
        ("Cursor", "cursor://anysphere.cursor-mcp/oauth/callback"),
        ("Claude Code (roboflow)", "claude://claude.ai/mcp-auth-callback/sdk"),
        ("Somebody", "https://somebody.example/callback"),
        ("", "https://somebody.example/callback"),
    ],
)
def test_a_name_whose_answers_anybody_could_get_is_unverified_but_no_lie(name: str, redirect_uri: str) -> None:
    view = show(name, redirect_uri)
    assert (view.badge, view.warning, view.logo_url) == ("unverified", "", "")
    assert view.name


@clause("P-C8.3")
@pytest.mark.parametrize(
    "name, redirect_uri",
    [
        ("Claude", EVIL),
        ("Claude", "http://127.0.0.1:5555/callback"),
        ("CLAUDE", EVIL),
        ("CIaude", EVIL),
        ("Сlаudе", EVIL),
        ("C l a u d e", EVIL),
        ("Claude (desktop)", EVIL),
        ("Claude Code ", EVIL),
        (" claude\u00a0CODE", EVIL),
        ("Claude\u200bCode", EVIL),
        ("Cl\u3164aude Code", EVIL),
        ("Ｃｌａｕｄｅ　Ｃｏｄｅ", EVIL),
        ("𝐂𝐥𝐚𝐮𝐝𝐞", EVIL),
        ("🅲laude", EVIL),
        ("✅ Claude Code", EVIL),
        ("Claude‐Code (official server)", EVIL),
        ("Ꮯodex", EVIL),
        ("mcporter", EVIL),
        ("FastMCP Client", EVIL),
        ("mcp-remote", EVIL),
        ("mcpc", EVIL),
        ("Gemini CLI", EVIL),
        ("ChatGPT", EVIL),
        ("ChatGPT", "https://chatgpt.com/connector/oauth/a/b"),
        ("ChatGPT", "https://chatgpt.com/connector/oauth/"),
        ("ChatGPT", "https://chatgpt.com/connector/oauth/.."),
        ("ChatGPT", "https://chatgpt.com/connector/oauth/a?b"),
        ("ChatGPT", "https://chatgpt.com.evil.example/connector/oauth/a"),
        ("Cursor", EVIL),
        ("Codex", "http://127.0.0.1:40404/elsewhere"),
        ("Visual Studio Code", "https://vscode.dev.evil.example/redirect"),
    ],
)
def test_a_borrowed_name_is_unverified_and_warned_of(name: str, redirect_uri: str) -> None:
    view = show(name, redirect_uri)
    assert view.badge == "unverified"
    known = find_by_name(name)
    assert known is not None
    assert f"calls itself {known.name}" in view.warning


@pytest.mark.parametrize(
    "name, resembled",
    [
        ("Claude Code Pro", "Claude Code"),
        ("Claude by Anthropic", "Claude"),
        ("C l a u d e  Code for Teams", "Claude Code"),
        ("Claude: mobile", "Claude"),
        ("ChatGPT（Plus）", "ChatGPT"),
        ("Сursоr IDE", "Cursor"),
    ],
)
def test_a_name_that_only_begins_like_a_known_one_is_warned_of_too(name: str, resembled: str) -> None:
    view = show(name, EVIL)
    assert view.badge == "unverified"
    assert f"begins like that of {resembled}" in view.warning


@pytest.mark.parametrize("name", ["Cursory notes", "Claudette", "Codexa", "My Claude", "Encoder", "", "🙂"])
def test_a_name_that_is_another_word_is_not_warned_of(name: str) -> None:
    assert show(name, EVIL).warning == ""


@pytest.mark.parametrize(
    "name, redirect_uri",
    [
        ("mcporter (roboflow)", "http://127.0.0.1:40001/callback"),
        ("mcpc", "http://localhost:8000/callback"),
        ("MCP CLI Proxy", "http://localhost:19103/oauth/callback"),
        ("FastMCP Client", "http://localhost:53111/callback"),
        ("Gemini CLI", "http://localhost:7777/oauth/callback"),
        ("MCP Inspector", "http://localhost:6274/oauth/callback/debug"),
        ("Windsurf", "http://127.0.0.1:1/anything"),
    ],
)
def test_tools_that_live_on_the_persons_machine_are_never_verified(name: str, redirect_uri: str) -> None:
    assert show(name, redirect_uri) == ClientView(name, "unverified")


@clause("P-C8.3")
def test_the_warning_stands_on_the_page(carol: User, bob: User, alice: User, acme: Workspace) -> None:
    client = builders.make_client(name="Claude", redirect_uris=EVIL)
    for user in (alice, bob, carol):
        html = Journey(client, signed_in(user), EVIL).ask().content.decode()
        assert "calls itself Claude" in html


def test_a_metadata_document_identifies_its_client_by_its_host() -> None:
    view = show_document("https://app.example/client.json", "Shelf counter", "http://127.0.0.1:5555/callback")
    assert view == ClientView("Shelf counter", "identified", "app.example")


def test_the_vendors_own_document_is_verified_where_the_answer_reaches_the_vendor_only() -> None:
    web = show_document(CLAUDE_ID, "Claude", CLAUDE_CALLBACK)
    assert web == ClientView("Claude", "verified", "claude.ai")
    for anybodys in ("http://localhost:54545/callback", "claude://claude.ai/mcp-auth-callback/sdk"):
        view = show_document(CLAUDE_CODE_ID, "Claude Code", anybodys)
        assert view == ClientView("Claude Code", "identified", "claude.ai")
    new = show_document("https://docs.claude.ai/oauth/new", "Claude Code", "http://localhost:54545/callback")
    assert new == ClientView("Claude Code", "identified", "docs.claude.ai")


@clause("P-C8.3")
@pytest.mark.parametrize("redirect_uri", [EVIL, "http://localhost:54545/callback"])
@pytest.mark.parametrize("host", ["evil.example", "claude.ai.evil.example", "evilclaude.ai"])
def test_a_document_elsewhere_under_a_borrowed_name_is_warned_of(host: str, redirect_uri: str) -> None:
    view = show_document(f"https://{host}/client.json", "Claude Code", redirect_uri)
    assert view.badge == "unverified"
    assert "calls itself Claude Code" in view.warning


def test_a_document_that_points_at_a_vendor_is_not_that_vendor() -> None:
    view = show_document("https://evil.example/client.json", "Shelf counter", CLAUDE_CALLBACK)
    assert view == ClientView("Shelf counter", "identified", "evil.example")


@clause("P-C8.1")
@pytest.mark.parametrize("real", REAL_CLIENTS, ids=lambda real: real.name)
def test_no_real_client_is_warned_of(real: RealClient) -> None:
    members = registered(real.body)
    client = Client.objects.get(client_id=members["client_id"])
    for redirect_uri in client.redirect_uri_list:
        assert show_client(client, redirect_uri).warning == ""


@clause("P-C8.1")
@pytest.mark.parametrize("slug", [entry["slug"] for entry in shipped_list()[1]])
def test_the_catalogue_agrees_with_itself(slug: str) -> None:
    (known,) = [known for known in list_known_clients() if known.slug == slug]
    assert all(find_by_name(alias) == known for alias in known.names)
    assert find_by_name(known.name) == known
    for client_id in known.client_ids:
        document = known.document(client_id)
        metadata = narrow_metadata(document, default_method=AuthMethod.NONE)
        assert list(metadata.redirect_uris) == document["redirect_uris"]
        assert show_document(client_id, known.name, document["redirect_uris"][0]).warning == ""


@pytest.mark.parametrize(
    "one, other", [("Claude", "CIaude"), ("Cursor", "Ϲursоr"), ("Codex", "ＣＯＤＥＸ"), ("VS Code", "vs-c0de")]
)
def test_names_that_look_alike_are_one_name(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_the_names_of_two_known_clients_do_not_look_alike() -> None:
    folded = [{fold_name(alias) for alias in known.names} for known in list_known_clients()]
    assert len(set().union(*folded)) == sum(map(len, folded))
