"""Which protected resource a request is for (RFC 8707; protocol.md P-A4)."""

from __future__ import annotations

from urllib.parse import urlsplit

from roboflow_auth.core.public_url import Resource, resource_url
from roboflow_auth.oauth.errors import InvalidTarget
from roboflow_auth.oauth.models import Client

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_LENGTH = 2048


def requested_resource(client: Client, issuer: str, resources: str) -> Resource:
    """Return the resource that the space-separated URIs `resources` name; without any, the client's default.

    Those that are not ours are skipped as long as one is (RFC 8707 §2 lets a client name several). Raises
    `InvalidTarget` when none is ours, when they disagree, or when the client may not ask for it.
    """
    allowed = [resource for resource in Resource if resource.value in client.resources]
    if resources:
        named = {found for uri in resources.split(" ") if (found := _find(issuer, uri)) is not None}
    else:
        named = set(allowed[:1])
    if len(named) != 1:
        raise InvalidTarget("The resource is not one of this server's, or several were named.")
    resource = named.pop()
    if resource not in allowed:
        raise InvalidTarget("This app may not ask for access to this resource.")
    return resource


def check_same_resource(client: Client, issuer: str, resources: str, granted: Resource) -> None:
    """Return when a token request names the resource that was granted, or none. Raises `InvalidTarget` otherwise."""
    if resources and requested_resource(client, issuer, resources) is not granted:
        raise InvalidTarget("The grant was issued for another resource.")


def _find(issuer: str, uri: str) -> Resource | None:
    folded = _fold(uri)
    if folded is None:
        return None
    for resource in Resource:
        if folded == _fold(resource_url(issuer, resource)):
            return resource
    # P-A4: the bare origin means /mcp.
    return Resource.MCP if folded == _fold(issuer) else None


def _fold(uri: str) -> tuple[str, str, int, str] | None:
    """Return what makes two resource URIs the same: scheme, host, port and path, or None for a malformed one."""
    # RFC 8707 §2: no fragment. A query or user information is never part of our identifiers.
    if len(uri) > _MAX_LENGTH or any(character in uri for character in "#?@\\"):
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.hostname is None or port is None:
        return None
    return (parts.scheme, parts.hostname.rstrip("."), port, parts.path.rstrip("/"))
