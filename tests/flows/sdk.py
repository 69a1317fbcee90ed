"""The client of the `mcp` package, with its own OAuth provider, and a place to keep what that provider must keep."""

from __future__ import annotations

import queue
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
import httpx2
from anyio.from_thread import BlockingPortal
from mcp.client.auth import OAuthClientProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

from tests.support.browser import Callback

Result = TypeVar("Result")

WAIT_SECONDS = 30


@dataclass
class Keychain:
    """What a client keeps between two starts: its registration and its tokens. `issued` counts token responses."""

    registration: OAuthClientInformationFull | None = None
    tokens: OAuthToken | None = None
    issued: int = 0

    async def get_tokens(self) -> OAuthToken | None:
        """Return the tokens, if there are any."""
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep the tokens of the latest response."""
        self.tokens = tokens
        self.issued += 1

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Return the registration, if there is one."""
        return self.registration

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep the registration."""
        self.registration = client_info


@dataclass
class SdkClient:
    """An app that knows the address of an MCP server and nothing else; it runs in the event loop behind `portal`.

    `mode` is the SDK's: `legacy` for the era of the handshake, or a version of the modern era. It registers as `name`.
    """

    portal: BlockingPortal
    mcp_url: str
    callback: Callback
    mode: str
    keychain: Keychain = field(default_factory=Keychain)
    opened: queue.Queue[str] = field(default_factory=queue.Queue)
    name: str = ""

    def __post_init__(self) -> None:
        """Make the provider, which knows when the token expires as long as it lives."""
        metadata = {"client_name": self.name or f"Python SDK ({self.mode})", "redirect_uris": [self.callback.uri]}
        self._provider = OAuthClientProvider(
            self.mcp_url, OAuthClientMetadata.model_validate(metadata), self.keychain, self._open, self._answer
        )

    def start(self, use: Callable[[Client], Awaitable[Result]]) -> Future[Result]:
        """Connect and do what `use` does with the connection, while the caller plays the person."""
        self.visit: Future[Any] = self.portal.start_task_soon(self._connect, use)
        return self.visit

    def start_call(self, tool: str, arguments: dict[str, Any] | None = None) -> Future[Any]:
        """Connect and call one tool."""
        return self.start(lambda client: client.call_tool(tool, arguments or {}))

    def call(self, tool: str, arguments: dict[str, Any] | None = None) -> Any:
        """Connect and call one tool, with nobody at the browser."""
        return self.start_call(tool, arguments).result(WAIT_SECONDS)

    def scopes(self) -> set[str]:
        """Return the scopes of the tokens that the client has."""
        assert self.keychain.tokens
        return set((self.keychain.tokens.scope or "").split())

    def believe_the_token_expired(self) -> None:
        """Put the end of the access token into the past, as far as the client knows."""
        self._provider.context.token_expiry_time = 1.0

    def wanted_url(self) -> str:
        """Return the next address for which the client wants a browser; if it gave up before, raise what it raised."""
        while self.opened.empty() and not self.visit.done():
            wait([self.visit], timeout=0.05)
        if self.opened.empty():
            raise AssertionError("The client wanted no browser.") from self.visit.exception()
        return self.opened.get()

    async def _connect(self, use: Callable[[Client], Awaitable[Result]]) -> Result:
        async with (
            httpx2.AsyncClient(auth=self._provider, timeout=WAIT_SECONDS) as http,
            Client(streamable_http_client(self.mcp_url, http_client=http), mode=self.mode) as client,
        ):
            return await use(client)

    async def _open(self, url: str) -> None:
        self._seen = len(self.callback.answers)
        self.opened.put(url)

    async def _answer(self) -> AuthorizationCodeResult:
        with anyio.fail_after(WAIT_SECONDS):
            while len(self.callback.answers) == self._seen:
                await anyio.sleep(0.02)
        return AuthorizationCodeResult.model_validate(self.callback.answers[-1])
