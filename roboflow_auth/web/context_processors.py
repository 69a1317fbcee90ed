"""What every template may use."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from roboflow_auth.accounts.second_factor import can_have_passkeys
from roboflow_auth.core.public_url import Resource, public_url_of, resource_url
from roboflow_auth.core.request_context import current_request


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the addresses of the MCP server and this page, the id in the log, the app that waits, if passkeys work."""
    return {
        "mcp_url": resource_url(public_url_of(request), Resource.MCP),
        "page_address": page_address(request),
        "passkeys_work": can_have_passkeys(request),
        "request_id": current_request().request_id,
        "waiting_client": getattr(request, "waiting_client", None),
    }


def page_address(request: HttpRequest) -> str:
    """Return the address at which this page can be seen again, empty where there is none.

    The answer to a form that was sent to its own page, with what is wrong in it, is seen again where the form stood.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if (came_from.netloc, came_from.path) != (request.get_host(), request.path):
        return ""
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
