"""What no request may carry into Django: headers and queries on which it fails before the application sees them.

Django reads the parameters of a Content-Type with the parser of mail (RFC 2231) and takes any codec of Python's that
one names, among them ones that do not exist or decode no text at all. A body here is UTF-8, whatever its sender says
(RFC 8259 §8.1, WHATWG URL §5), so nothing but the media type and the boundary of a form goes further than this.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import quote_from_bytes

# RFC 2046 §5.1.1, in quotes or without.
_BOUNDARY = re.compile(
    r""";\s*boundary=(?P<quote>"?)(?P<boundary>[\w'()+,./:=? -]{1,70})(?P=quote)\s*(;|$)""", re.ASCII
)
_ASCII = bytes(range(0x80)).decode()

AsgiApplication = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Any]], Awaitable[None]]
WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def plain_content_type(content_type: str) -> str:
    """Return the media type of a Content-Type, with the boundary of a form and no other parameter."""
    media_type, _, parameters = content_type.partition(";")
    found = _BOUNDARY.search(f";{parameters}")
    return media_type.strip() + (f'; boundary="{found["boundary"]}"' if found else "")


class AsgiEntrance:
    """An ASGI app in front of Django's."""

    def __init__(self, app: AsgiApplication) -> None:
        self._app = app

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]
    ) -> None:
        """Pass a request on."""
        headers = [
            (name, _plain_bytes(value) if name == b"content-type" else value) for name, value in scope["headers"]
        ]
        # A query is ASCII (RFC 3986 §2); bytes that are not are escaped, and each endpoint says what it thinks of them.
        query = quote_from_bytes(scope["query_string"], safe=_ASCII).encode()
        await self._app({**scope, "headers": headers, "query_string": query}, receive, send)


class WsgiEntrance:
    """A WSGI app in front of Django's."""

    def __init__(self, app: WsgiApplication) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on."""
        content_type = plain_content_type(environ.get("CONTENT_TYPE", ""))
        return self._app({**environ, "CONTENT_TYPE": content_type}, start_response)


def _plain_bytes(content_type: bytes) -> bytes:
    return plain_content_type(content_type.decode("latin-1")).encode("latin-1")
