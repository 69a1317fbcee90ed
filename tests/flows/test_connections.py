"""What real servers and clients do with one connection, which no test inside one process can show."""

from __future__ import annotations

import socket
import time
from http.client import HTTPResponse
from urllib.parse import urlsplit

import pytest

from tests.support.servers import Server

pytestmark = pytest.mark.flows

BODY = b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}'


def test_a_challenge_leaves_the_connection_usable_though_the_body_came_late(demo_server: Server) -> None:
    # Clients write headers and body apart, discover our metadata on the same connection, and fail where it is cut.
    host = urlsplit(demo_server.url).netloc
    head = (
        f"POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        connection.sendall(head.encode())
        time.sleep(0.2)
        connection.sendall(BODY)
        assert read_status(connection) == 401
        time.sleep(0.2)
        connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert read_status(connection) == 200


def read_status(connection: socket.socket) -> int:
    """Read one whole answer and return its status."""
    with HTTPResponse(connection) as answer:
        answer.begin()
        answer.read()
        return answer.status
