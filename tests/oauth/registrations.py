"""What real clients send to the registration endpoint (docs/interop.md), and what of it must come back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client as Machine

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client
from tests.oauth.journeys import Journey, signed_in

CODE_AND_REFRESH = ["authorization_code", "refresh_token"]
LOOPBACK = "http://127.0.0.1:5555/callback"


@dataclass(frozen=True, slots=True)
class RealClient:
    """One client's registration, and the members in which the answer differs from it."""

    name: str
    body: dict[str, Any]
    narrowed: dict[str, Any] = field(default_factory=dict)

    @property
    def expected(self) -> dict[str, Any]:
        """The members that the answer must have."""
        return {**self.body, **self.narrowed}


def metadata(name: str, *redirect_uris: str, **members: Any) -> dict[str, Any]:
    """Return a body as the MCP SDKs send it, with further `members`."""
    return {
        "client_name": name,
        "redirect_uris": list(redirect_uris),
        "grant_types": CODE_AND_REFRESH,
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        **members,
    }


REAL_CLIENTS = (
    RealClient(
        "claude_code",
        metadata("Claude Code (roboflow)", "http://localhost:54545/callback", application_type="native"),
    ),
    RealClient(
        "claude_desktop",
        metadata(
            "Claude",
            "https://claude.ai/api/mcp/auth_callback",
            "https://claude.com/api/mcp/auth_callback",
            grant_types=[*CODE_AND_REFRESH, "urn:ietf:params:oauth:grant-type:jwt-bearer"],
            scope="claudeai",
            client_uri="https://claude.ai",
        ),
        {"grant_types": CODE_AND_REFRESH, "scope": None},
    ),
    RealClient(
        "chatgpt",
        {
            "client_name": "ChatGPT",
            "redirect_uris": ["https://chatgpt.com/connector/oauth/aBc_dEf-123"],
            "grant_types": CODE_AND_REFRESH,
            "response_types": ["code"],
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        },
        {"token_endpoint_auth_method": "none", "token_endpoint_auth_methods_supported": None},
    ),
    RealClient(
        "codex",
        metadata("Codex", "http://127.0.0.1:39211/callback/a1B2c3D4e5F6", application_type="native"),
    ),
    RealClient(
        "cursor",
        metadata(
            "Cursor",
            "cursor://anysphere.cursor-mcp/oauth/callback",
            "https://www.cursor.com/agents/mcp/oauth/callback",
            "http://localhost:8787/callback",
            application_type="web",
        ),
    ),
    RealClient(
        "vs_code",
        metadata(
            "Visual Studio Code",
            "https://insiders.vscode.dev/redirect",
            "https://vscode.dev/redirect",
            "http://127.0.0.1/",
            "http://127.0.0.1:33418/",
            grant_types=[*CODE_AND_REFRESH, "urn:ietf:params:oauth:grant-type:device_code"],
            application_type="native",
            client_uri="https://code.visualstudio.com",
        ),
        {"grant_types": [*CODE_AND_REFRESH, "urn:ietf:params:oauth:grant-type:device_code"]},
    ),
    RealClient(
        "gemini_cli",
        metadata("Gemini CLI MCP Client", "http://localhost:41411/oauth/callback", scope="openid image:read no:such"),
        {"scope": "image:read openid"},
    ),
    RealClient(
        "opencode",
        metadata("OpenCode", "http://127.0.0.1:19876/mcp/oauth/callback", client_uri="https://opencode.ai"),
    ),
    RealClient(
        "mcp_remote",
        metadata(
            "MCP CLI Proxy",
            "http://localhost:19103/oauth/callback",
            client_uri="https://github.com/modelcontextprotocol/mcp-cli",
            software_id="2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
            software_version="0.1.29",
        ),
    ),
    RealClient(
        "mcp_inspector",
        metadata("MCP Inspector", "http://127.0.0.1:6274/oauth/callback", application_type="native"),
    ),
    RealClient(
        "py_mcp",
        {
            "client_name": "Python client",
            "redirect_uris": ["http://localhost:3030/callback"],
            "grant_types": CODE_AND_REFRESH,
            "response_types": ["code"],
            "application_type": "native",
        },
        {"token_endpoint_auth_method": "client_secret_basic"},
    ),
    RealClient(
        "use_mcp",
        metadata("Chat in a browser", "http://localhost:5173/oauth/callback", scope="project:read"),
    ),
    RealClient(
        "ts_sdk_v1",
        metadata(
            "Simple OAuth MCP Client",
            "http://localhost:8090/callback",
            token_endpoint_auth_method="client_secret_post",
        ),
    ),
    RealClient(
        "claude_desktop_code_tab",
        metadata("Claude Code (roboflow)", "claude://claude.ai/mcp-auth-callback/sdk", application_type="native"),
    ),
    # What it sends was not seen; this is what the other editors of its family do.
    RealClient("windsurf", metadata("Windsurf", "http://localhost:52718/oauth/callback")),
    RealClient("antigravity", metadata("Google Antigravity", "https://antigravity.google/oauth-callback")),
    RealClient("mcporter", metadata("mcporter (roboflow)", "http://127.0.0.1:49210/callback")),
    RealClient("mcpc", metadata("mcpc", "http://localhost:8000/callback")),
    RealClient("fastmcp", metadata("FastMCP Client", "http://localhost:49377/callback", application_type="native")),
    RealClient(
        "ts_sdk_v2",
        {
            "client_name": "TypeScript client",
            "redirect_uris": ["http://localhost:3000/callback"],
            "grant_types": CODE_AND_REFRESH,
            "response_types": ["code"],
            "application_type": "native",
        },
        {"token_endpoint_auth_method": "client_secret_basic"},
    ),
)


def register(body: dict[str, Any] | None = None, **changes: Any) -> Any:
    """Send a registration, by default one of a public loopback client, with `changes`; None leaves a member out."""
    document = {**(body or metadata("Test client", LOOPBACK)), **changes}
    present = {name: value for name, value in document.items() if value is not None}
    return Machine().post("/oauth/register", present, content_type="application/json")


def registered(body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Return the answer to a registration that succeeds."""
    response = register(body, **changes)
    assert response.status_code == 201, response.content
    members: dict[str, Any] = response.json()
    return members


def send(raw: bytes, content_type: str = "application/json") -> Any:
    """Send `raw` to the registration endpoint."""
    return Machine().generic("POST", "/oauth/register", raw, content_type=content_type)


def assert_refused(response: Any, *errors: str) -> None:
    """Fail unless `response` is a refusal as RFC 7591 §3.2.2 has it."""
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    members = response.json()
    assert members.keys() == {"error", "error_description"}
    assert members["error"] in (errors or ("invalid_client_metadata", "invalid_redirect_uri"))
    assert members["error_description"]


def registered_journey(members: dict[str, Any], user: User, redirect_uri: str) -> Journey:
    """Return the way of the client that was registered with the answer `members`."""
    client = Client.objects.get(client_id=members["client_id"])
    return Journey(client, signed_in(user), redirect_uri, members.get("client_secret", ""))
