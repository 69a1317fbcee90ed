"""A client of the ASGI application that speaks bare HTTP, in either era of the protocol, and blocks while it waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal
from mcp_types import CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY, PROTOCOL_VERSION_META_KEY

MODERN = "2026-07-28"
HANDSHAKE_ERA = ("2025-03-26", "2025-06-18", "2025-11-25")
ERAS = (*HANDSHAKE_ERA, MODERN)

CLIENT_INFO = {"name": "test", "version": "1"}


@asynccontextmanager
async def running(app: Any) -> AsyncIterator[None]:
    """Run the lifespan of an ASGI app for the length of a block, as a server does."""
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, events.get, answers.put))
    await events.put({"type": "lifespan.startup"})
    assert (await answers.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await events.put({"type": "lifespan.shutdown"})
        assert (await answers.get())["type"] == "lifespan.shutdown.complete"
        await task


def credential(token: str = "", key: str = "") -> dict[str, str]:
    """Return the header that carries an access token or an API key, or no header."""
    if token:
        return {"Authorization": f"Bearer {token}"}
    return {"x-api-key": key} if key else {}


class McpClient:
    """Sends requests to `app` in the event loop behind `portal`; every method returns the whole HTTP answer."""

    def __init__(self, portal: BlockingPortal, app: Any) -> None:
        self.portal = portal
        self.app = app

    def send(
        self,
        method: str = "POST",
        *,
        path: str = "/mcp",
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
        content: Any = None,
        url: str = "http://testserver",
    ) -> httpx.Response:
        """Send one HTTP request."""

        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True, client=("127.0.0.1", 4711))
            async with httpx.AsyncClient(transport=transport, base_url=url) as client:
                return await client.request(method, path, headers=headers, content=content)

        return self.portal.call(request)

    def rpc(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        *,
        token: str = "",
        key: str = "",
        era: str = MODERN,
        headers: Mapping[str, str] | None = None,
        path: str = "/mcp",
    ) -> httpx.Response:
        """Send one JSON-RPC request as a client of `era` does."""
        body = dict(params or {})
        sent = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        sent["MCP-Protocol-Version"] = era
        if era == MODERN:
            body["_meta"] = {
                PROTOCOL_VERSION_META_KEY: era,
                CLIENT_CAPABILITIES_META_KEY: {},
                CLIENT_INFO_META_KEY: CLIENT_INFO,
            }
            sent["Mcp-Method"] = method
            if "name" in body:
                sent["Mcp-Name"] = str(body["name"])
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": body}
        sent |= credential(token, key) | dict(headers or {})
        return self.send(path=path, headers=sent, content=json.dumps(message))

    def call(self, tool: str, arguments: Mapping[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Call a tool; the options are those of `rpc`."""
        return self.rpc("tools/call", {"name": tool, "arguments": dict(arguments or {})}, **options)

    def result(self, tool: str, arguments: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Call a tool that succeeds, and return its structured content."""
        answer = self.call(tool, arguments, **options)
        assert answer.status_code == 200, answer.text
        result = answer.json()["result"]
        assert not result.get("isError"), result
        structured: dict[str, Any] = result["structuredContent"]
        return structured

    def error(self, tool: str, arguments: Mapping[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Call a tool whose result is an error, and return the error."""
        answer = self.call(tool, arguments, **options)
        assert answer.status_code == 200, answer.text
        # P-M3: new scopes would not help, so there is no challenge.
        assert "www-authenticate" not in answer.headers
        result = answer.json()["result"]
        assert result["isError"], result
        error: dict[str, Any] = result["structuredContent"]
        assert error["message"] in result["content"][0]["text"]
        return error

    def tool_names(self, **options: Any) -> list[str]:
        """Return the names in `tools/list`."""
        return [tool["name"] for tool in self.rpc("tools/list", **options).json()["result"]["tools"]]
