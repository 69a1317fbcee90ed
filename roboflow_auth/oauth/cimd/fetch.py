"""Fetching a metadata document from a URL that anybody may have written.

The toolkit's fetcher brings the checks of the URL and of the document, `guard` those of the addresses. Added here: one
deadline that nothing can stretch, an operator's egress proxy, and under DEBUG a further certificate authority.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from oauth2_provider.cimd import CIMDError, SafeMetadataFetcher, _validate_client_id_url

from roboflow_auth.core.databases import give_connection_back
from roboflow_auth.oauth.cimd.guard import check_name, find_addresses

TIMEOUT_SECONDS = 5.0
_MAX_LENGTH = 2048
_URL = re.compile(r"https://(?:[A-Za-z0-9\-._]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?/[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]*")
_ENCODED_DOT = re.compile(r"%2e", re.IGNORECASE)
_PROXY_PORT = 3128


class DocumentFetcher(SafeMetadataFetcher):
    """Fetches a document, and what it refers to: all in five seconds, each in five kilobytes, without redirects."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + TIMEOUT_SECONDS

    def fetch(self, client_id: str) -> tuple[dict[str, Any], int]:
        """Return the document at `client_id` and for how many seconds it may be kept. Raises `CIMDError`."""
        url = check_document_url(client_id)
        give_connection_back()
        deadline = _Deadline(self._ends_at)
        path = url.path + (f"?{url.query}" if url.query else "")
        headers = {"Host": url.netloc, "Accept": "application/json, application/*+json"}
        try:
            with closing(_connection(url, deadline)) as connection:
                connection.request("GET", path, headers=headers)
                document: tuple[dict[str, Any], int] = self._read_document(connection.getresponse())
            deadline.check()
            return document
        except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
            # A short document can be nested so deep that reading it needs more stack than there is.
            raise CIMDError(f"could not fetch the document: {type(error).__name__}: {error}") from error
        finally:
            deadline.close()


def check_document_url(client_id: str) -> SplitResult:
    """Return the parts of a URL that may name a metadata document (CIMD §3). Raises `CIMDError`."""
    if len(client_id) > _MAX_LENGTH or not _URL.fullmatch(client_id):
        raise CIMDError("the client ID is not a well-formed https URL with a path and 2048 characters at the most")
    try:
        _validate_client_id_url(_ENCODED_DOT.sub(".", client_id))
        return urlsplit(client_id)
    except ValueError as error:
        raise CIMDError("the client ID is not a well-formed URL") from error


class _Deadline:
    """Cuts connections off at one moment, however slowly their other ends look up, shake hands or send."""

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(max(0.0, ends_at - time.monotonic()), self._cut)
        self._timer.daemon = True
        self._timer.start()

    @property
    def seconds_left(self) -> float:
        """Seconds until the cut. Raises `TimeoutError` when it is over."""
        self.check()
        return self._ends_at - time.monotonic()

    def check(self) -> None:
        """Raise `TimeoutError` when it is over: what was read until then may be a part."""
        if time.monotonic() >= self._ends_at:
            raise TimeoutError("the server took too long")

    def watch(self, connected: socket.socket) -> socket.socket:
        """Return `connected`, which from now on is cut off in time."""
        # A second handle on the same connection: TLS takes the first one over while it shakes hands.
        self._sockets += [connected.dup(), connected]
        self.check()
        return connected

    def close(self) -> None:
        """Close what was watched."""
        self._timer.cancel()
        for watched in self._sockets:
            watched.close()

    def _cut(self) -> None:
        for watched in self._sockets[::2]:
            # The other end may have hung up by itself, or `close` may have come first.
            with suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)


def _connection(url: SplitResult, deadline: _Deadline) -> http.client.HTTPSConnection:
    """Return a connection, not yet open, that can reach the document's host and nothing inside our own network."""
    host, port = url.hostname or "", url.port or 443
    connection = http.client.HTTPSConnection(host, port, context=_tls_context())
    if settings.CIMD_EGRESS_PROXY:
        if not settings.CIMD_ALLOW_LOOPBACK:
            check_name(host)
        proxy = urlsplit(settings.CIMD_EGRESS_PROXY)
        # The operator's proxy resolves the name and is the guard of its own network.
        connection.set_tunnel(host, port)
        connect = _connector([proxy.hostname or ""], proxy.port or _PROXY_PORT, deadline)
    else:
        # Only these very addresses were checked: a second look-up could be answered with others (DNS rebinding). The
        # certificate is still checked against the host name.
        connect = _connector(find_addresses(host, port, deadline.seconds_left), port, deadline)
    connection._create_connection = connect  # type: ignore[attr-defined]
    return connection


def _connector(addresses: list[str], port: int, deadline: _Deadline) -> Callable[..., socket.socket]:
    """Return a function that connects to the first of `addresses` that answers."""

    def connect(*_: Any, **__: Any) -> socket.socket:
        failure: OSError | None = None
        for address in addresses:
            try:
                return deadline.watch(socket.create_connection((address, port), timeout=deadline.seconds_left))
            except OSError as error:
                failure = error
        raise failure or OSError("there is no address")

    return connect


def _tls_context() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.CIMD_EXTRA_CA_FILE or None)
    if settings.CIMD_EXTRA_CA_FILE:
        context.load_default_certs()
    return context
