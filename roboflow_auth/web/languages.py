"""Which language a page speaks. What programs call is English, whatever languages they say they accept.

The person's own choice, kept in a cookie, goes first; then what the app wished for in its authorization request
(OpenID Connect Core §3.1.2.1); then what the browser accepts (RFC 9110 §12.5.4).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation

from roboflow_auth.core.languages import language_for

_FOR_PROGRAMS = re.compile(r"/(api/v1/(?!docs)|oauth/(?!authorize|logout)|\.well-known/|mcp/)")


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, which would also translate what programs read, and knows nothing of what apps wish for."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the language of the answer."""
        if _FOR_PROGRAMS.match(request.path):
            translation.activate(settings.LANGUAGE_CODE)
            return
        super().process_request(request)
        if request.path == reverse("oauth:authorize"):
            translation.activate(language_for(request, _wishes(request)))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say what the answer was chosen by; what programs read does not depend on any of it."""
        return response if _FOR_PROGRAMS.match(request.path) else super().process_response(request, response)


def _wishes(request: HttpRequest) -> str:
    # As it came, and not through request.GET, which refuses some queries: that is for the endpoint to do.
    try:
        query = parse_qs(request.META.get("QUERY_STRING", ""), max_num_fields=100)
    except ValueError:
        return ""
    return str(query.get("ui_locales", [""])[0])[:100]
