"""Error answers of Django's handlers: a page for people, JSON where programs call.

A page has a human sentence, the reference id and a way back. OAuth endpoints and well-known documents answer in the
format of RFC 6749 §5.2, the API with problem details (RFC 9457).
"""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes

from roboflow_auth.core.http import no_store
from roboflow_auth.core.problems import (
    INVALID_REQUEST,
    NOT_FOUND,
    PERMISSION_DENIED,
    SERVER_ERROR,
    Problem,
    answer_problem,
)
from roboflow_auth.core.request_context import current_request
from roboflow_auth.web.refusals import lacking_role

log = structlog.get_logger(__name__)

# The longest that a limit of the account pages lasts for one account.
_RETRY_AFTER_SECONDS = 300
_OAUTH_PATHS = ("/oauth/", "/.well-known/", "/mcp/")
# Among them, where people are.
_PAGES = ("/oauth/authorize", "/oauth/logout")
_API_PATHS = ("/api/",)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django refused to read."""
    return _answer(request, INVALID_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer someone who may not see this, and say which role may where that is what they lack."""
    lacking = lacking_role(request.user, exception.__cause__) if exception else None
    return _answer(request, PERMISSION_DENIED, lacking=lacking)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address at which nothing is; people who typed a slash too many at its end, or too few, are led on."""
    other = request.path.removesuffix("/") if request.path.endswith("/") else f"{request.path}/"
    is_unknown = not request.resolver_match and not _is_for_programs(request)
    if is_unknown and request.method in ("GET", "HEAD") and is_valid_path(other):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(escape_leading_slashes(f"{other}?{query}" if query else other))
    return _answer(request, NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours. The page needs neither the database nor context processors: they may be the fault."""
    if _is_for_programs(request):
        return _answer(request, SERVER_ERROR)
    request_id = current_request().request_id
    try:
        return HttpResponse(render_to_string("500.html", {"request_id": request_id}), status=500)
    except Exception:
        # Templates and static files may be the fault too; the reference must still be shown.
        log.exception("The error page could not be rendered")
        text = f"{SERVER_ERROR.title}. Reference: {request_id}\n"
        return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer someone who tried too often, for example to sign in."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that came without its CSRF token; `reason` is for the log, not for people."""
    log.info("A form was refused", reason=reason)
    return render(request, "403_csrf.html", status=403)


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith(_API_PATHS) or _is_for_oauth_clients(request)


def _is_for_oauth_clients(request: HttpRequest) -> bool:
    return request.path.startswith(_OAUTH_PATHS) and not request.path.startswith(_PAGES)


def _answer(request: HttpRequest, problem: Problem, **context: object) -> HttpResponse:
    if request.path.startswith(_API_PATHS):
        return answer_problem(problem)
    if _is_for_oauth_clients(request):
        description = f"{problem.title}. Reference {current_request().request_id}."
        return no_store(JsonResponse({"error": problem.code, "error_description": description}, status=problem.status))
    return render(request, f"{problem.status}.html", context, status=problem.status)
