"""Endpoints that programs call: what middleware does for pages is left out for them.

They know their callers by what stands in the request itself. So nothing reads a cookie for them, opens a session, looks
for a language or wants a CSRF token, and a browser that is signed in has no more rights there than anybody else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import translation

# RFC 9110 §8.6: a length would speak of an answer that is not there.
_WITHOUT_CONTENT = (204, 304)

View = TypeVar("View", bound=Callable[..., Any])


def machine_endpoint(view: View) -> View:
    """Mark `view` as an endpoint for programs."""
    view.is_for_machines = True  # type: ignore[attr-defined]
    return view


class MachineEndpointMiddleware:
    """Calls endpoints for programs at once; all other requests go through the middleware below, which is for pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a program, or pass a person on."""
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if not getattr(match.func, "is_for_machines", False):
            return self.get_response(request)
        request.resolver_match = match
        # What the last request of this thread spoke is no concern of programs.
        translation.deactivate()
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        if response.status_code not in _WITHOUT_CONTENT:
            response["Content-Length"] = str(len(response.content))
        return response
