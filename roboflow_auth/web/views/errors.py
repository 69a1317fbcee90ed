"""Error answers of Django's handlers: a page for people, JSON where programs call.

A page has a human sentence, the reference id and a way back. OAuth endpoints and well-known documents answer in the
format of RFC 6749 §5.2, the API with problem details (RFC 9457).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from roboflow_auth.core.http import no_store
from roboflow_auth.core.request_context import current_request

_OAUTH_PATHS = ("/oauth/", "/.well-known/", "/mcp/")
_API_PATHS = ("/api/",)
_CODES = {400: "invalid_request", 403: "permission_denied", 404: "not_found", 500: "server_error"}
_TITLES = {400: "Bad request", 403: "Not allowed", 404: "Not found", 500: "Something broke on our side"}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django refused to read."""
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer someone who may not see this."""
    return _answer(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address at which nothing is."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours. The page needs neither the database nor the request's context processors."""
    return _answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came without its CSRF token; `reason` is for the log, not for people."""
    return render(request, "403_csrf.html", status=403)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    request_id = current_request().request_id
    if request.path.startswith(_API_PATHS):
        problem = {"type": "about:blank", "title": _TITLES[status], "status": status, "code": _CODES[status]}
        body = {**problem, "request_id": request_id}
        return no_store(JsonResponse(body, status=status, content_type="application/problem+json"))
    if request.path.startswith(_OAUTH_PATHS):
        members = {"error": _CODES[status], "error_description": f"{_TITLES[status]}. Reference {request_id}."}
        return no_store(JsonResponse(members, status=status))
    if status == 500:
        return HttpResponse(render_to_string("500.html", {"request_id": request_id}), status=500)
    return render(request, f"{status}.html", status=status)
