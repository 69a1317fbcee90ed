"""The server's own identity: one byte string for issuer, audiences and links (protocol.md P-I1..P-I3)."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

# The whole header: an issuer is built from it, so nothing may stand before the name or after the port.
_LOOPBACK_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)


class Resource(StrEnum):
    """The two protected resources; every access token has exactly one as its audience (P-I2)."""

    MCP = "mcp"
    API = "api"


RESOURCE_PATHS = {Resource.MCP: "/mcp", Resource.API: "/api/v1"}


def public_url(scheme: str, host: str) -> str:
    """Return the issuer for a request that came to `host` (a Host header) over `scheme`.

    In development the loopback spelling that the user typed stands in for PUBLIC_URL, so that every document and
    token carries the same one; everywhere else the answer is PUBLIC_URL, whatever the Host header says.
    """
    if settings.DEVELOPMENT and is_loopback_host(host):
        return f"{scheme}://{host.lower()}"
    return str(settings.PUBLIC_URL)


def public_url_of(request: HttpRequest) -> str:
    """Return the issuer for a Django request."""
    return public_url(request.scheme or "http", request.get_host())


def resource_url(issuer: str, resource: Resource) -> str:
    """Return the identifier of `resource` under `issuer` (RFC 9728 §1.2), equal to the URL clients call."""
    return issuer + RESOURCE_PATHS[resource]


def resource_metadata_url(issuer: str, resource: Resource) -> str:
    """Return where the metadata of `resource` stands (RFC 9728 §3.1: well-known before the path)."""
    return f"{issuer}/.well-known/oauth-protected-resource{RESOURCE_PATHS[resource]}"


def is_loopback_host(host: str) -> bool:
    """Return whether a Host header (with or without port) names this machine by a loopback name."""
    return _LOOPBACK_HOST.fullmatch(host) is not None


def is_own_host(host: str) -> bool:
    """Return whether a Host header is one under which this server answers (P-I3, P-M5)."""
    if settings.DEVELOPMENT and is_loopback_host(host):
        return True
    return host.lower() == urlsplit(str(settings.PUBLIC_URL)).netloc.lower()
