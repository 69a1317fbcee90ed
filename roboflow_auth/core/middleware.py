"""Django middleware: the request's context, the own-host rule, sessions, and the headers every page carries."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from roboflow_auth.core.http import client_address
from roboflow_auth.core.public_url import is_own_host, public_url
from roboflow_auth.core.request_context import RequestContext, request_scope

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_SESSION_KEY = re.compile(r"[0-9a-z]{8,40}")
_HEALTH_PATHS = frozenset({"/healthz", "/readyz"})


class RequestContextMiddleware:
    """Names the request, for logs, audit rows and the reference id of error pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the request's id in `X-Request-Id`."""
        via = "api" if request.path.startswith("/api/") else "oauth" if request.path.startswith("/oauth/") else "web"
        # The Host is read as it came: one that is not ours is refused further in, and must not fail here.
        issuer = public_url(request.scheme or "http", request.META.get("HTTP_HOST", ""))
        context = RequestContext(
            via=via, address=client_address(request), issuer=issuer, user_agent=request.META.get("HTTP_USER_AGENT", "")
        )
        with request_scope(context):
            response = self.get_response(request)
        response["X-Request-Id"] = context.request_id
        return response


class OwnHostMiddleware:
    """Refuses a Host that is not PUBLIC_URL's (P-I3), but for health checks, which come by address."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 400 to a foreign Host before anything is built from it."""
        if request.path in _HEALTH_PATHS:
            # Whoever asks for health may come by an address that ALLOWED_HOSTS does not know.
            request.META["HTTP_HOST"] = urlsplit(settings.PUBLIC_URL).netloc
        elif not is_own_host(_host_of(request)):
            return HttpResponse("This server does not answer under that Host.\n", status=400, content_type="text/plain")
        return self.get_response(request)


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's own, which would ask the database for whatever key a cookie carries: PostgreSQL takes no NUL bytes."""

    def process_request(self, request: HttpRequest) -> None:
        """Open the session of the cookie; one that can't be a session's key is as good as none."""
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not _SESSION_KEY.fullmatch(key):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)


class PageHeadersMiddleware:
    """Pages are for one person: they are not stored, and features of the browser they don't use are off (P-A9)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers to every HTML answer that did not choose its own."""
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            if not response.has_header("Cache-Control"):
                add_never_cache_headers(response)
                response["Cache-Control"] = "no-store, private"
            response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        return response


def _host_of(request: HttpRequest) -> str:
    # Without a Host header (HTTP/1.0) the server's own name stands in, which is nobody's public name by accident.
    return str(request.META.get("HTTP_HOST", request.META.get("SERVER_NAME", "")))
