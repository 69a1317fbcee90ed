"""FastMCP with its in-memory OAuth provider as an ASGI application; it runs in an environment of its own.

Each process has a memory of its own, so the token is put there at the start.
"""

from __future__ import annotations

import os

from fastmcp import FastMCP
from fastmcp.server.auth.providers.in_memory import InMemoryOAuthProvider
from mcp.server.auth.provider import AccessToken

from tests.bench.mcp_answer import TOKEN, workspace_get

provider = InMemoryOAuthProvider(base_url=os.environ["PUBLIC_URL"])
provider.access_tokens[TOKEN] = AccessToken(token=TOKEN, client_id="bench", scopes=[])

server = FastMCP("bench", auth=provider)
server.tool(workspace_get)
application = server.http_app(stateless_http=True, json_response=True)
