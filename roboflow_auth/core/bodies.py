"""How much of a request's body is taken in before the application sees any of it (protocol.md P-L2).

Django's ASGI handler reads a body to its end first, and writes what it can't hold in memory to the disk. A body that
comes in chunks announces no length, so without this limit one stranger could fill the disk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

# The largest thing that anybody may send is an image of 20 MB, with its form around it.
MAX_BODY_BYTES = 24 * 1024 * 1024

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class BoundedBodies:
    """An ASGI app in front of another one, for which a longer body is one that was broken off."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass a request on; answer 413 when its body turned out too long."""
        left = MAX_BODY_BYTES

        async def counted() -> Any:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            return message if left >= 0 else {"type": "http.disconnect"}

        await self._app(scope, counted, send)
        if left < 0:
            await _refuse(send)


async def _refuse(send: Send) -> None:
    # What is still to come of the body is not waited for, so the connection can't be used again.
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
