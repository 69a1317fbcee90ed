"""One HTTP request at /mcp: what is known of it, and how it is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any

import anyio
import structlog
from django.db import DatabaseError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from mcp_server.errors import Refusal
from mcp_server.origins import cors_headers
from mcp_server.store import Store
from mcp_server.threads import in_django
from mcp_server.verifier import SECRET_HEADERS
from roboflow_auth.access.principal import Principal
from roboflow_auth.audit.recorder import digest_arguments, record_refusal
from roboflow_auth.core.errors import InvalidInput
from roboflow_auth.core.http import forwarded_address
from roboflow_auth.core.public_url import public_url
from roboflow_auth.core.request_context import RequestContext, request_scope

MAX_BODY_BYTES = 4 * 1024 * 1024

# How much of a body that nobody wants is waited for, so that the connection can be used again.
_UNWANTED_BYTES = 64 * 1024
_UNWANTED_SECONDS = 2

CALL_TOOL = "call_tool"
"""The action in the audit row of a call that never got as far as one tool."""

UNKNOWN_TOOL = "unknown"
"""What stands in that row for a tool that there is none of."""

_IN_SCOPE = "mcp_server.exchange"
_ADDRESS_LENGTH = 45
_TOOL_LENGTH = 64

log = structlog.get_logger(__name__)


class Exchange:
    """A request and its answer. `principal` is set once the door knows it; `owes_row` while a tool call left no row."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, store: Store) -> None:
        self.headers = Headers(scope=scope)
        self.method = str(scope["method"])
        self.issuer = public_url(scope.get("scheme") or "http", self.headers.get("host", ""))
        # By which the client called, without the query; the path is one of the two spellings of this resource's.
        self.address = self.issuer + str(scope["path"])
        peer = (scope.get("client") or ("", 0))[0]
        address = forwarded_address(peer, ", ".join(self.headers.getlist("x-forwarded-for")))
        self.context = RequestContext(via="mcp", address=address[:_ADDRESS_LENGTH], issuer=self.issuer)
        self.origin = ""
        self.principal: Principal | None = None
        self.owes_row = False
        self.is_answered = False
        self._is_body_read = False
        self._scope = scope
        self._store = store
        self._receive = receive
        self._send = send

    def current(self) -> AbstractContextManager[RequestContext]:
        """Make this the request that logs and audit rows speak of, for the length of a block."""
        return request_scope(self.context)

    def note_call(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Remember that this is a call of the tool `name`, which must leave an audit row."""
        self.owes_row = True
        self.context.tool = name.replace("\x00", "")[:_TOOL_LENGTH]
        self.context.arguments_digest = digest_arguments(arguments)

    def defer_rows(self) -> None:
        """Let the rows of a call that changes nothing be written with those of others, before the answer goes out."""
        if self._store.keeps_rows_for_groups:
            self.context.deferred_rows = []

    async def read_body(self) -> bytes:
        """Return the body. Raises `Refusal` (413) beyond 4 MiB, however it was announced."""
        if self._announced_bytes() > MAX_BODY_BYTES:
            raise _too_large()
        body = bytearray()
        while True:
            body += await self._read_chunk()
            if len(body) > MAX_BODY_BYTES:
                raise _too_large()
            if self._is_body_read:
                return bytes(body)

    def without_secrets(self) -> Scope:
        """Return the ASGI scope for what comes after the door: this exchange is in it, the credential is not (P-M7)."""
        headers = [(name, value) for name, value in self._scope["headers"] if name.lower() not in SECRET_HEADERS]
        return {**self._scope, "headers": headers, _IN_SCOPE: self}

    def replay(self, body: bytes) -> Receive:
        """Return a `receive` that gives out `body`, which was read already, and then what still comes."""
        left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return left.pop() if left else await self._receive()

        return receive

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with `refusal`, unless an answer is on its way already."""
        if not self.is_answered:
            # A client that sends headers and body apart would find the connection cut under its next request: the
            # server cannot go on with one on which half a body is still to come (RFC 9112 §9.3, §9.6).
            closing = {} if await self._skip_body() else {"Connection": "close"}
            await self.answer(refusal.status, {**refusal.headers, **closing}, refusal.body)

    async def answer(self, status: int, headers: Mapping[str, str], body: Mapping[str, Any] | None = None) -> None:
        """Send a whole answer, as JSON if there is a body."""
        content = b"" if body is None else json.dumps(body).encode()
        start: Message = {"type": "http.response.start", "status": status, "headers": []}
        sent = MutableHeaders(scope=start)
        sent.update(headers)
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent["Content-Length"] = str(len(content))
        await self.send(start)
        # RFC 9110 §9.3.2: an answer to HEAD has the headers only.
        await self.send({"type": "http.response.body", "body": b"" if self.method == "HEAD" else content})

    async def send(self, message: Message) -> None:
        """Pass an ASGI message on to the server; the headers that every answer has are added here."""
        if message["type"] == "http.response.start":
            await self._settle()
            self.is_answered = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.context.request_id
            headers["Cache-Control"] = "no-store"
            headers.update(cors_headers(self.origin))
        await self._send(message)

    def _announced_bytes(self) -> int:
        announced = self.headers.get("content-length", "")
        return int(announced[:20]) if announced.isascii() and announced.isdigit() else 0

    async def _read_chunk(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self._is_body_read = not message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        return chunk

    async def _skip_body(self) -> bool:
        # Returns whether nothing of the body is left. A long or slow one is not waited for.
        left = _UNWANTED_BYTES
        if self._announced_bytes() > left:
            return self._is_body_read
        with suppress(ClientDisconnect), anyio.move_on_after(_UNWANTED_SECONDS):
            while not self._is_body_read and left >= 0:
                left -= len(await self._read_chunk())
        return self._is_body_read

    async def _settle(self) -> None:
        # What the SDK refused on its own, such as a call without a name, leaves its row here, before the answer (P-M6).
        if self.owes_row and self.principal is not None:
            self.owes_row = False
            error = InvalidInput("The call was malformed.")
            try:
                await in_django(record_refusal, self.principal, CALL_TOOL, error)
            except DatabaseError:
                log.exception("A malformed tool call could not be written to the audit log")
        if self.context.deferred_rows:
            rows, self.context.deferred_rows = self.context.deferred_rows, None
            await self._store.write(rows)


def exchange_of(scope: Scope) -> Exchange:
    """Return the exchange that the door put into an ASGI scope."""
    exchange: Exchange = scope[_IN_SCOPE]
    return exchange


def _too_large() -> Refusal:
    return Refusal(413, "payload_too_large", f"The request body is larger than {MAX_BODY_BYTES} bytes.")
