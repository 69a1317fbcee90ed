"""Which Hosts and browser origins may reach /mcp, against DNS rebinding (P-M5), and CORS for those that may (P-X1)."""

from __future__ import annotations

import re

from django.conf import settings
from starlette.datastructures import Headers

from mcp_server.errors import Refusal
from roboflow_auth.core.public_url import is_own_host

_LOOPBACK_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")

_PREFLIGHT = {
    # The methods that are refused stand here too: a client in a browser should read our 405, not a network error.
    "Access-Control-Allow-Methods": "POST, GET, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "authorization, dpop, content-type, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id"
    ),
    "Access-Control-Max-Age": "86400",
}
_EXPOSED = "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After, DPoP-Nonce"


def check_host(headers: Headers) -> None:
    """Raise `Refusal` unless the request has one Host, and it is ours. A server may pass on requests without any."""
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not is_own_host(hosts[0]):
        raise Refusal(403, "invalid_host", "This server does not answer under that Host.")


def check_origin(headers: Headers, issuer: str) -> str:
    """Return the origin of the page that sent the request, empty outside browsers. Raises `Refusal` for a foreign one.

    Our own origin, loopback ones and MCP_ALLOWED_ORIGINS pass; `null` is foreign.
    """
    origins = headers.getlist("origin")
    if not origins:
        return ""
    origin = origins[0].lower()
    allowed = {issuer.lower(), *(str(known).lower().rstrip("/") for known in settings.MCP_ALLOWED_ORIGINS)}
    if len(origins) > 1 or not (origin in allowed or _LOOPBACK_ORIGIN.fullmatch(origin)):
        raise Refusal(403, "invalid_origin", "This server does not answer pages of that origin.")
    return origins[0]


def cors_headers(origin: str) -> dict[str, str]:
    """Return the headers that let a page of `origin`, which passed `check_origin`, read an answer."""
    if not origin:
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _EXPOSED}


def is_preflight(method: str, headers: Headers) -> bool:
    """Return whether a request is a browser's question before the real one; it carries no credential."""
    return method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def preflight_headers() -> dict[str, str]:
    """Return the answer to that question, besides `cors_headers`."""
    return dict(_PREFLIGHT)
