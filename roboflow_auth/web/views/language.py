"""The language switch at the foot of every page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from roboflow_auth.accounts.languages import remember_language


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language in a cookie, and for mails with the person; go back to `next`, if it is a page of ours."""
    response: HttpResponseBase = set_language(request)
    chosen = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen is not None and request.user.is_authenticated:
        remember_language(request.user, chosen.value)
    return response
