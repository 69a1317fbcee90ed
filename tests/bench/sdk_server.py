"""The bare MCP SDK as an ASGI application: one tool, one token that never changes, stateless and in plain JSON."""

from __future__ import annotations

import os

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from pydantic import AnyHttpUrl

from tests.bench.mcp_answer import TOKEN, workspace_get


class StaticTokens:
    """Knows one token."""

    def __init__(self, resource: str) -> None:
        self._known = {TOKEN: AccessToken(token=TOKEN, client_id="bench", scopes=["read"], resource=resource)}

    async def verify_token(self, token: str) -> AccessToken | None:
        """Return what `token` stands for."""
        return self._known.get(token)


def build() -> MCPServer[None]:
    """Return the server."""
    url = os.environ["PUBLIC_URL"]
    auth = AuthSettings(
        issuer_url=AnyHttpUrl(url), resource_server_url=AnyHttpUrl(f"{url}/mcp"), required_scopes=["read"]
    )
    server: MCPServer[None] = MCPServer(
        "bench", token_verifier=StaticTokens(f"{url}/mcp"), auth=auth, log_level="WARNING"
    )
    server.tool()(workspace_get)
    return server


application = build().streamable_http_app(stateless_http=True, json_response=True)
