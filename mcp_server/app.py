"""The ASGI app for /mcp: verifier and door in front, the SDK's session manager behind, stateless and in plain JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mcp_server.door import Door
from mcp_server.errors import out_of_service
from mcp_server.exchange import MAX_BODY_BYTES
from mcp_server.server import build_server
from mcp_server.store import Store

# The door knows the hosts and origins that are let in (P-M5), so the SDK need not ask once more.
_CHECKED_AT_THE_DOOR = TransportSecuritySettings(enable_dns_rebinding_protection=False)


class Sessions:
    """The SDK's session manager of the running lifespan. One can run once only, so each lifespan builds its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def run(self, _app: object) -> AsyncIterator[None]:
        """Serve for the length of a block."""
        # P-M5: nothing is kept between requests, so that any node can answer any of them.
        manager = StreamableHTTPSessionManager(
            build_server(),
            json_response=True,
            stateless=True,
            security_settings=_CHECKED_AT_THE_DOOR,
            max_request_body_size=MAX_BODY_BYTES,
        )
        async with self._store.running(), manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the SDK. Raises a 503 `Refusal` outside of a lifespan."""
        if self._manager is None:
            raise out_of_service()
        await self._manager.handle_request(scope, receive, send)


def build_app() -> ASGIApp:
    """Return the app; it answers HTTP requests, whatever their path, and the server's lifespan."""
    store = Store()
    sessions = Sessions(store)
    return Router(default=Door(sessions, store), lifespan=sessions.run, redirect_slashes=False)
