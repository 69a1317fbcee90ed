"""A Content-Type may name any codec; the body is UTF-8, and nothing fails."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

from roboflow_auth.asgi import application as asgi
from roboflow_auth.core.charset import without_charset
from roboflow_auth.wsgi import application as wsgi

FORM = "application/x-www-form-urlencoded"
CODECS = ("rot13", "hex", "zlib", "idna", "undefined", "utf-16", '"rot13"', "no-such")
BODY = "grant_type=password&a=\u00e9".encode()


def by_wsgi(content_type: str) -> int:
    """Return the status with which the WSGI application answers."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/oauth/token",
        "HTTP_HOST": "testserver",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(BODY)),
        "wsgi.input": io.BytesIO(BODY),
        "wsgi.url_scheme": "http",
    }
    list(wsgi(environ, lambda status, _: statuses.append(status)))
    return int(statuses[0][:3])


def by_asgi(content_type: str) -> int:
    """Return the status with which the ASGI application answers."""
    sent: list[dict[str, Any]] = []
    bodies = [BODY]

    async def receive() -> dict[str, Any]:
        if not bodies:
            # As a server does while the answer is awaited and nobody hangs up.
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": bodies.pop(), "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"host", b"testserver"), (b"content-type", content_type.encode())]
    scope = {"type": "http", "method": "POST", "path": "/oauth/token", "query_string": b"", "headers": headers}
    asyncio.run(asgi(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("answer", [by_wsgi, by_asgi])
def test_any_codec_is_answered_like_none(answer: Any, codec: str) -> None:
    assert answer(f"{FORM}; charset={codec}") == answer(FORM) == 401


@pytest.mark.parametrize(
    "sent, passed",
    [
        ("text/plain; charset=rot13", "text/plain"),
        ("multipart/form-data; CHARSET = x ; boundary=b", "multipart/form-data; boundary=b"),
        ("application/json", "application/json"),
    ],
)
def test_nothing_but_the_charset_is_left_out(sent: str, passed: str) -> None:
    assert without_charset(sent) == passed
