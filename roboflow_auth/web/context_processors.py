"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from roboflow_auth.accounts.second_factor import can_have_passkeys
from roboflow_auth.core.public_url import Resource, public_url_of, resource_url
from roboflow_auth.core.request_context import current_request


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the MCP server's address, the id in the log, the app that waits, and whether passkeys work here."""
    return {
        "mcp_url": resource_url(public_url_of(request), Resource.MCP),
        "passkeys_work": can_have_passkeys(request),
        "request_id": current_request().request_id,
        "waiting_client": getattr(request, "waiting_client", None),
    }
