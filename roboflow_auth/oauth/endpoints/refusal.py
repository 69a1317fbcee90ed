"""Pages for authorization requests that can't go on and must not redirect (protocol.md P-A2; pages.md)."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from roboflow_auth.core.request_context import current_request
from roboflow_auth.oauth.authorization.request import UnanswerableRequest
from roboflow_auth.oauth.errors import DeniedClient, RateLimited, UnapprovedClient
from roboflow_auth.oauth.models import Client

log = structlog.get_logger(__name__)

_SHOWN_LENGTH = 300


def refusal_page(request: HttpRequest, refusal: UnanswerableRequest) -> HttpResponse:
    """Return the page that says why nothing was sent anywhere, with the exact difference for the app's developer."""
    error = refusal.error
    if isinstance(error, RateLimited):
        return _busy_page(request, error)
    if isinstance(error, UnapprovedClient):
        client_id = request.GET.get("client_id", "")
        return turned_away_page(request, Client(client_id=client_id))
    log.info("authorization_unanswerable", error=error.error, description=error.description, detail=error.detail)
    context = {
        "title": _("This app can't connect"),
        "sentence": _sentence(refusal),
        "reference": current_request().request_id,
        "diff": _difference(refusal),
        "details": [
            {"label": _("Error"), "value": error.error},
            {"label": _("Explanation"), "value": error.description},
            {"label": _("Client ID"), "value": request.GET.get("client_id", "")[:_SHOWN_LENGTH]},
        ],
    }
    return render(request, "oauth/error.html", context, status=400)


def _busy_page(request: HttpRequest, error: RateLimited) -> HttpResponse:
    """Return the page for an app that is new here, while too many new ones are being looked up (P-L1)."""
    context = {
        "title": _("Too many new apps at once"),
        "sentence": _(
            "This app is new here, and too many new apps were connected from your network or by everybody together. "
            "Nothing is wrong with it or with you. Wait a little, then connect again."
        ),
        "reference": current_request().request_id,
    }
    response = render(request, "oauth/error.html", context, status=error.status)
    response["Retry-After"] = str(error.retry_after_seconds)
    return response


def turned_away_page(request: HttpRequest, client: Client) -> HttpResponse:
    """Return the page for an app that nobody at this server knows, where only known apps may connect (P-C9)."""
    log.info("authorization_turned_away", client_id=client.client_id, client_name=client.name)
    context = {
        "title": _("This app is not approved here"),
        "sentence": _(
            "Only apps that the staff of this server know may connect, and they don't know “%(name)s” yet. If you need "
            "it, send them the reference and the client ID below. Nothing was shared."
        )
        % {"name": client.display_name[:_SHOWN_LENGTH]},
        "reference": current_request().request_id,
        "details": [
            {"label": _("Name"), "value": client.display_name[:_SHOWN_LENGTH]},
            {"label": _("Client ID"), "value": client.client_id[:_SHOWN_LENGTH]},
        ],
        "details_title": _("What to send to the staff"),
    }
    return render(request, "oauth/error.html", context, status=403)


def expired_page(request: HttpRequest) -> HttpResponse:
    """Return the page for an answer to a question that is no longer open."""
    context = {
        "title": _("This question is no longer open"),
        "sentence": _(
            "You answered it already, it was waiting for too long, or you signed in anew. "
            "Nothing was shared by this click. Go back to the app and connect again."
        ),
        "reference": current_request().request_id,
    }
    return render(request, "oauth/error.html", context, status=400)


def _sentence(refusal: UnanswerableRequest) -> str:
    if refusal.client is not None:
        return _(
            "The app asked for the answer to be sent to an address that it has not registered, so nothing was sent. "
            "That can be a mistake of the app, or somebody pretending to be it."
        )
    if isinstance(refusal.error, DeniedClient):
        return _("The staff of this server have turned this app away, so it can't connect. Nothing was shared.")
    return _(
        "The app is not known here, or did not say who it is. If you have connected it before, remove the server in "
        "the app and add it again."
    )


def _difference(refusal: UnanswerableRequest) -> list[dict[str, str]]:
    if refusal.client is None:
        return []
    registered = "\n".join(refusal.client.redirect_uri_list[:10])
    return [{"name": "redirect_uri", "registered": registered, "received": refusal.redirect_uri[:_SHOWN_LENGTH]}]
