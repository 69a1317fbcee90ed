"""Fetching a metadata document from a URL that anybody may have written.

The toolkit's fetcher brings the checks of the URL, of every resolved address (private, mapped, NAT64, 6to4, Teredo) and
of the document. Added here: one deadline that a dripping server can't stretch, an operator's egress proxy, and for
tests under DEBUG a further certificate authority and loopback addresses.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from oauth2_provider.cimd import (
    CIMDError,
    SafeMetadataFetcher,
    _resolve_and_validate,
    _validate_client_id_url,
)

TIMEOUT_SECONDS = 5.0
_MAX_LENGTH = 2048
_URL = re.compile(r"https://[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_ENCODED_DOT = re.compile(r"%2e", re.IGNORECASE)


class DocumentFetcher(SafeMetadataFetcher):  # type: ignore[misc]
    """Fetches one document, in five seconds and five kilobytes, following no redirects."""

    def fetch(self, client_id: str) -> tuple[dict[str, Any], int]:
        """Return the document at `client_id` and for how many seconds it may be kept. Raises `CIMDError`."""
        url = check_document_url(client_id)
        started_at = time.monotonic()
        connection = _connection(url)
        try:
            with _deadline(connection, TIMEOUT_SECONDS - (time.monotonic() - started_at)):
                path = url.path + (f"?{url.query}" if url.query else "")
                connection.request("GET", path, headers={"Host": url.netloc, "Accept": "application/json"})
                document: tuple[dict[str, Any], int] = self._read_document(connection.getresponse())
                return document
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise CIMDError(f"could not fetch the document: {error}") from error
        finally:
            connection.close()


def check_document_url(client_id: str) -> SplitResult:
    """Return the parts of a URL that may name a metadata document (CIMD §3). Raises `CIMDError`."""
    if len(client_id) > _MAX_LENGTH or not _URL.fullmatch(client_id):
        raise CIMDError("the client ID is not a well-formed https URL of 2048 characters at the most")
    try:
        _validate_client_id_url(_ENCODED_DOT.sub(".", client_id))
        url = urlsplit(client_id)
    except ValueError as error:
        raise CIMDError("the client ID is not a well-formed URL") from error
    if "@" in url.netloc:
        raise CIMDError("the client ID holds a user name")
    return url


def _connection(url: SplitResult) -> http.client.HTTPSConnection:
    """Return a connection, not yet open, that can reach the document's host and nothing inside our own network."""
    host, port = url.hostname or "", url.port or 443
    context = ssl.create_default_context(cafile=settings.CIMD_EXTRA_CA_FILE or None)
    if settings.CIMD_EXTRA_CA_FILE:
        context.load_default_certs()
    if settings.CIMD_EGRESS_PROXY:
        # The operator's proxy resolves the name and is the guard of its own network.
        proxy = urlsplit(settings.CIMD_EGRESS_PROXY)
        connection = http.client.HTTPSConnection(
            proxy.hostname or "", proxy.port or 3128, timeout=TIMEOUT_SECONDS, context=context
        )
        connection.set_tunnel(host, port)
        return connection
    address = _safe_address(host, port)
    connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
    # Only this very address was checked: a second look-up could be answered with another one (DNS rebinding).
    # The certificate is still checked against the host name.
    connection._create_connection = lambda *_, **__: socket.create_connection(  # type: ignore[attr-defined]
        (address, port), timeout=TIMEOUT_SECONDS
    )
    return connection


def _safe_address(host: str, port: int) -> str:
    if settings.CIMD_ALLOW_LOOPBACK:
        return str(socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0][4][0])
    return str(_resolve_and_validate(host, port)[0])


@contextmanager
def _deadline(connection: http.client.HTTPSConnection, seconds: float) -> Iterator[None]:
    """Cut `connection` off after `seconds`, however slowly its other end sends."""

    def cut() -> None:
        sock = connection.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    timer = threading.Timer(max(seconds, 0.0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
