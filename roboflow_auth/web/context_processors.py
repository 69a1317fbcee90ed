"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from roboflow_auth.core.public_url import Resource, public_url_of, resource_url
from roboflow_auth.core.request_context import current_request


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the address of the MCP server, the id under which this request is logged, and the app that waits."""
    return {
        "mcp_url": resource_url(public_url_of(request), Resource.MCP),
        "request_id": current_request().request_id,
        "waiting_client": getattr(request, "waiting_client", None),
    }
