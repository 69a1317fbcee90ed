"""The metadata documents of real clients: what stands in them, and how each of these clients then asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.oauth.registrations import CODE_AND_REFRESH, metadata

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class RealDocument:
    """A document by the path at which it stands at its vendor, and the redirect URI that its client asks with."""

    name: str
    path: str
    document: dict[str, Any]
    redirect_uri: str


REAL_DOCUMENTS = (
    RealDocument(
        "claude_web",
        "/oauth/mcp-oauth-client-metadata",
        metadata(
            "Claude",
            "https://claude.ai/api/mcp/auth_callback",
            "https://claude.com/api/mcp/auth_callback",
            grant_types=[*CODE_AND_REFRESH, JWT_BEARER],
        ),
        "https://claude.ai/api/mcp/auth_callback",
    ),
    RealDocument(
        "claude_code",
        "/oauth/claude-code-client-metadata",
        metadata("Claude Code", "http://localhost/callback", "http://127.0.0.1/callback"),
        "http://localhost:54545/callback",
    ),
    # One document for each connector; its path has the same id as the redirect URI.
    RealDocument(
        "chatgpt",
        "/oauth/aBc_dEf-123/client.json",
        {
            "client_name": "ChatGPT",
            "redirect_uris": ["https://chatgpt.com/connector/oauth/aBc_dEf-123"],
            "grant_types": CODE_AND_REFRESH,
            "response_types": ["code"],
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        },
        "https://chatgpt.com/connector/oauth/aBc_dEf-123",
    ),
    RealDocument(
        "codex",
        "/oauth/codex/client.json",
        metadata("Codex", "http://127.0.0.1/callback", "http://localhost/callback"),
        "http://127.0.0.1:39211/callback",
    ),
    RealDocument(
        "vs_code",
        "/oauth/client-metadata.json",
        metadata(
            "Visual Studio Code",
            "https://vscode.dev/redirect",
            "https://insiders.vscode.dev/redirect",
            "http://127.0.0.1/",
            "http://127.0.0.1:33418/",
            grant_types=[*CODE_AND_REFRESH, "urn:ietf:params:oauth:grant-type:device_code"],
            application_type="native",
        ),
        "http://127.0.0.1:50123/",
    ),
    RealDocument(
        "opencode",
        "/oauth/opencode/client.json",
        metadata("opencode", "http://127.0.0.1:19876/mcp/oauth/callback"),
        "http://127.0.0.1:19876/mcp/oauth/callback",
    ),
    # Clients for developers, who put their own document where they want.
    RealDocument(
        "developers_own",
        "/client.json",
        metadata("Agent", "http://127.0.0.1:6274/oauth/callback", application_type="native"),
        "http://127.0.0.1:6274/oauth/callback",
    ),
)
