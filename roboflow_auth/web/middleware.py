"""Django middleware of the pages: what waits while a person signs in, and what was deleted while they wrote."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from roboflow_auth.accounts.adapter import WAITING_PATH_KEY
from roboflow_auth.core.languages import language_for
from roboflow_auth.core.removal import is_gone
from roboflow_auth.oauth.authorization.device import device_path
from roboflow_auth.oauth.authorization.waiting import WaitingClient, find_waiting_client
from roboflow_auth.web.views.errors import page_not_found

log = structlog.get_logger(__name__)

_ACCOUNT_PAGES = "/accounts/"
# The session keeps it, and strangers get one too: a request as long as this fits no address line anyway (P-L2).
_MAX_PATH = 16 * 1024


class WaitingClientMiddleware:
    """Lets the account pages name the app that waits, and keeps its request through every detour (pages.md)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set `request.waiting_client` on account pages, and let their forms be redirected to where its answer goes."""
        if not request.path.startswith(_ACCOUNT_PAGES):
            return self.get_response(request)
        request.waiting_client = client = self._waiting_client(request)  # type: ignore[attr-defined]
        if client is not None:
            # The sign-in speaks as the question after it will.
            translation.activate(language_for(request, client.ui_locales))
        response = self.get_response(request)
        if client is not None:
            # Chromium enforces form-action on every redirect that follows the sign-in form, up to the client's own.
            response._csp_update = {"form-action": [client.form_action]}  # type: ignore[attr-defined]
        return response

    def _waiting_client(self, request: HttpRequest) -> WaitingClient | None:
        path = request.POST.get("next") or request.GET.get("next") or ""
        if len(path) > _MAX_PATH:
            return None
        client = find_waiting_client(path or str(request.session.get(WAITING_PATH_KEY, "")))
        if path and client is not None:
            request.session[WAITING_PATH_KEY] = path
        elif path == device_path():
            # A device waits, and nobody knows yet which one. Nothing but this path is kept of it.
            request.session[WAITING_PATH_KEY] = path
        return client


class GoneMiddleware:
    """Answers as for an address at which nothing is, where somebody deleted what a page was just changing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Return the page for nothing, or leave `exception` to be answered as a fault of ours."""
        if not is_gone(exception):
            return None
        log.warning("A page came too late", exc_info=exception)
        return page_not_found(request)
