"""One process that serves everything: /mcp and the server's lifespan go to mcp_server, the rest to Django."""

from __future__ import annotations

import os
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application

from roboflow_auth.core.bodies import BoundedBodies
from roboflow_auth.core.entrance import AsgiEntrance

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roboflow_auth.settings")

# Static files are served by middleware that reads them synchronously; they are small, and cached for good.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

_django = AsgiEntrance(BoundedBodies(get_asgi_application()))

# These reach the models, which exist once Django is set up.
from mcp_server.app import build_app  # noqa: E402
from roboflow_auth.core.public_url import RESOURCE_PATHS, Resource  # noqa: E402

_mcp = build_app()
_MCP_PATHS = frozenset({RESOURCE_PATHS[Resource.MCP], RESOURCE_PATHS[Resource.MCP] + "/"})


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]) -> None:
    """Answer one request, or run the lifespan. A trailing slash is no other address: a redirect would lose the body."""
    if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in _MCP_PATHS):
        await _mcp(scope, receive, send)
    else:
        await _django(scope, receive, send)
