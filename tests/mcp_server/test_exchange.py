"""Bodies and the headers of every answer (P-M5, P-M7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from mcp_server.exchange import MAX_BODY_BYTES, Exchange
from mcp_server.store import Store
from tests.clauses import clause
from tests.mcp_server.client import McpClient, credential

JSON = {"Content-Type": "application/json", "Accept": "application/json"}


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        yield b" " * 65536
    yield b" " * (size % 65536)


@clause("P-M5.5", "P-L2.1")
@pytest.mark.django_db(transaction=True)
def test_a_body_of_more_than_4_mib_is_refused_however_it_comes(mcp: McpClient, alice_token: str) -> None:
    headers = JSON | credential(alice_token)
    for body in (b" " * (MAX_BODY_BYTES + 1), chunks(MAX_BODY_BYTES + 1)):
        answer = mcp.send(headers=headers, content=body)
        assert answer.status_code == 413
        assert answer.json()["error"] == "payload_too_large"


@pytest.mark.django_db(transaction=True)
def test_a_body_of_4_mib_is_read(mcp: McpClient, alice_token: str) -> None:
    ping = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'
    body = ping + b" " * (MAX_BODY_BYTES - len(ping))
    assert mcp.send(headers=JSON | credential(alice_token), content=body).json()["result"] == {}


def test_a_stranger_is_challenged_before_a_long_body_is_read(mcp: McpClient) -> None:
    for body in (b" " * (MAX_BODY_BYTES + 1), chunks(MAX_BODY_BYTES + 1)):
        answer = mcp.send(headers=JSON, content=body)
        assert answer.status_code == 401
        # What is left of the body makes the connection useless for a next request, so the client is told.
        assert answer.headers["connection"] == "close"


def test_a_stranger_who_sent_a_short_body_keeps_the_connection(mcp: McpClient) -> None:
    for body in (b"", b"{}", chunks(65536)):
        answer = mcp.send(headers=JSON, content=body)
        assert answer.status_code == 401
        assert "connection" not in answer.headers


@clause("P-M7.1")
def test_no_credential_and_no_proof_goes_past_the_door() -> None:
    names = [b"host", b"authorization", b"dpop", b"x-api-key", b"accept"]
    scope = {"type": "http", "method": "POST", "path": "/mcp", "headers": [(name, b"testserver") for name in names]}

    async def nothing(*_: Any) -> Any:
        return None

    passed_on = Exchange(scope, nothing, nothing, Store()).without_secrets()
    assert [name for name, _ in passed_on["headers"]] == [b"host", b"accept"]


@pytest.mark.django_db(transaction=True)
def test_a_client_that_leaves_within_its_body_gets_no_answer(mcp: McpClient, alice_token: str) -> None:
    sent: list[Any] = []

    async def request() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [
            (b"host", b"testserver"),
            (b"authorization", f"Bearer {alice_token}".encode()),
            (b"content-type", b"application/json"),
        ]
        await mcp.app({"type": "http", "method": "POST", "path": "/mcp", "headers": headers}, receive, send)

    mcp.portal.call(request)
    assert sent == []


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_every_answer_names_its_request_and_is_not_stored(mcp: McpClient, path: str) -> None:
    answers = [mcp.send(path=path), mcp.send("GET", path=path), mcp.send(path=path, headers={"Host": "evil.example"})]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
