"""A Content-Type may say anything, a query may be of any bytes: the body is UTF-8, and nothing fails."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

from roboflow_auth.asgi import application as asgi
from roboflow_auth.core.entrance import plain_content_type
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


def by_asgi(*content_types: str, query: bytes = b"") -> int:
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

    headers = [(b"host", b"testserver"), *((b"content-type", value.encode()) for value in content_types)]
    scope = {"type": "http", "method": "POST", "path": "/oauth/token", "query_string": query, "headers": headers}
    asyncio.run(asgi(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("answer", [by_wsgi, by_asgi])
def test_any_codec_is_answered_like_none(answer: Any, codec: str) -> None:
    assert answer(f"{FORM}; charset={codec}") == answer(FORM) == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "parameter",
    ["charset*=no-such''x", "x*=idna''%20%20", "x*=rot13''x", 'x="\\', "x*0=a; x*1*=b", "*=1", 'boundary="a', ";;"],
)
@pytest.mark.parametrize("answer", [by_wsgi, by_asgi])
def test_no_parameter_of_a_content_type_fails_the_request(answer: Any, parameter: str) -> None:
    assert answer(f"{FORM}; {parameter}") == answer(FORM) == 401


@pytest.mark.django_db(transaction=True)
def test_two_content_types_are_none_that_is_taken() -> None:
    assert by_asgi(FORM, "application/json; x*=no-such''x") == 400


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", [b"\xff\xfe", b"client_id=\xff", b"%ff=%zz", b"\x00"])
def test_a_query_of_any_bytes_gets_the_answer_of_its_endpoint(query: bytes) -> None:
    assert by_asgi(FORM, query=query) == 401


@pytest.mark.parametrize(
    "sent, passed",
    [
        ("text/plain; charset=rot13", "text/plain"),
        ("multipart/form-data; CHARSET = x ; boundary=b", 'multipart/form-data; boundary="b"'),
        ('multipart/form-data; boundary="a b"; x=1', 'multipart/form-data; boundary="a b"'),
        ('multipart/form-data; boundary="a\\"b"', "multipart/form-data"),
        ("application/json", "application/json"),
        ("", ""),
    ],
)
def test_the_media_type_and_a_forms_boundary_are_all_that_goes_on(sent: str, passed: str) -> None:
    assert plain_content_type(sent) == passed
