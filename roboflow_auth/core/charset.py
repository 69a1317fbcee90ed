"""The charset of a request's body: UTF-8, whatever its sender says (RFC 8259 §8.1, WHATWG URL §5).

Django takes any codec of Python's that a Content-Type names, among them ones that decode no text at all, and fails
before the application sees the request. So the parameter goes no further than the entry of each server.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)

AsgiApplication = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Any]], Awaitable[None]]
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def without_charset(content_type: str) -> str:
    """Return a Content-Type as it is, but for its charset."""
    return _CHARSET.sub("", content_type)


class Utf8Asgi:
    """An ASGI app in front of another one, which is told of no charset."""

    def __init__(self, app: AsgiApplication) -> None:
        self._app = app

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]
    ) -> None:
        """Pass a request on."""
        headers = [
            (name, without_charset(value.decode("latin-1")).encode("latin-1") if name == b"content-type" else value)
            for name, value in scope["headers"]
        ]
        await self._app({**scope, "headers": headers}, receive, send)


class Utf8Wsgi:
    """A WSGI app in front of another one, which is told of no charset."""

    def __init__(self, app: WsgiApplication) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on."""
        content_type = without_charset(environ.get("CONTENT_TYPE", ""))
        return self._app({**environ, "CONTENT_TYPE": content_type}, start_response)
