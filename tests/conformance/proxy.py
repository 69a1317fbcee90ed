"""A reverse proxy that signs its clients in: it adds a bearer token to each request on the way to an MCP server.

The conformance suite has no way to send a token, and /mcp answers nobody without one. Everything else goes through as
it came, in both directions, so that what the suite judges is the server and never the proxy. The one exception is the
proxy's own name in Host, which the server would rightly take for a foreign one; any other Host, and every Origin, is
the server's to judge.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.servers import Server

_TIMEOUT_SECONDS = 30
_CHUNK = 65536

# RFC 9110 §7.6.1: these speak of one connection only, and a proxy has two.
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})


@contextmanager
def running_proxy(server: Server, token: str) -> Iterator[str]:
    """Run a proxy before `server` on a free port of this machine; return its address, without a trailing slash."""
    proxy = _Proxy(server, token)
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{proxy.netloc}"
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join(5)


class _Proxy(ThreadingHTTPServer):
    # A connection that a client keeps open must not keep the tests from ending.
    daemon_threads = True
    block_on_close = False

    def __init__(self, server: Server, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.netloc = f"127.0.0.1:{self.server_port}"
        self.behind = urlsplit(server.url).netloc
        self.token = token


class _Handler(BaseHTTPRequestHandler):
    server: _Proxy

    def do_GET(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def do_DELETE(self) -> None:
        self._forward()

    def do_OPTIONS(self) -> None:
        self._forward()

    def _forward(self) -> None:
        connection = HTTPConnection(self.server.behind, timeout=_TIMEOUT_SECONDS)
        try:
            self._send_on(connection)
            self._send_back(connection.getresponse())
        finally:
            connection.close()

    def _send_on(self, connection: HTTPConnection) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in _end_to_end(self.headers.items()):
            connection.putheader(name, self._own_name_replaced(name, value))
        connection.putheader("Authorization", f"Bearer {self.server.token}")
        connection.endheaders(body)

    def _own_name_replaced(self, name: str, value: str) -> str:
        if name.lower() == "host" and urlsplit(f"//{value}").port == self.server.server_port:
            return self.server.behind
        return value

    def _send_back(self, response: HTTPResponse) -> None:
        # HTTP/1.0, the handler's default: the end of the connection is the end of the body, so streams work too.
        self.send_response_only(response.status, response.reason)
        for name, value in _end_to_end(response.getheaders()):
            self.send_header(name, value)
        self.end_headers()
        while chunk := response.read1(_CHUNK):
            self.wfile.write(chunk)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def _end_to_end(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]
