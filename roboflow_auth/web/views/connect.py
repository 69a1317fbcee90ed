"""How to connect an app: steps for each well-known one, with this server's address in them; for anybody to read."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from roboflow_auth.core.public_url import Resource, is_loopback_host, public_url_of, resource_url
from roboflow_auth.web.setups import list_setups


@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    """Show the steps for the app that is chosen, or for the first one."""
    mcp_url = resource_url(public_url_of(request), Resource.MCP)
    setups = list_setups(mcp_url)
    wanted = request.GET.get("client", "")
    setup = next((setup for setup in setups if setup.slug == wanted), setups[0])
    is_out_of_reach = setup.needs_internet and is_loopback_host(urlsplit(mcp_url).netloc)
    return render(request, "web/connect.html", {"setups": setups, "setup": setup, "is_out_of_reach": is_out_of_reach})
