"""The page of an app that waits for staff, and the way on once they answered (protocol.md P-C9).

It reloads itself, so that the same request goes on to the question or back to the app, and nothing has to begin anew.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from roboflow_auth.accounts.adapter import WAITING_PATH_KEY
from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.authorization.answers import error_answer, form_action_source
from roboflow_auth.oauth.authorization.approval import ask_staff
from roboflow_auth.oauth.authorization.device import go_to_answered_page
from roboflow_auth.oauth.authorization.inquiry import inquire
from roboflow_auth.oauth.authorization.page import shown_answer, shown_client
from roboflow_auth.oauth.authorization.pending import (
    WAIT,
    HandleRefused,
    find_waiting,
    keep_waiting,
    kept_request,
    sign_handle,
)
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.device_codes import deny_device
from roboflow_auth.oauth.endpoints.consent import show_consent
from roboflow_auth.oauth.endpoints.refusal import expired_page, turned_away_page
from roboflow_auth.oauth.errors import AccessDenied
from roboflow_auth.oauth.models import AuthorizationRequest, Client, DeviceCode
from roboflow_auth.oauth.rules.client_policy import Standing, standing_of

_SOON, _LATER = 5, 30
_IMPATIENT_FOR = timedelta(minutes=5)


def begin_waiting(
    request: HttpRequest, user: User, client: Client, validated: ValidatedRequest, device: DeviceCode | None = None
) -> HttpResponse:
    """Ask staff, and return the way to the page that waits for them."""
    ask_staff(user, client, validated.redirect_uri)
    request.session.pop(WAITING_PATH_KEY, None)
    handle = keep_waiting(request, user, client, validated, device)
    return HttpResponseRedirect(f"{reverse('oauth:waiting')}?{urlencode({'handle': handle})}")


def waiting(request: HttpRequest) -> HttpResponse:
    """Show that staff have not answered yet, or go on as they did."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    user = request.user
    try:
        if not user.is_authenticated:
            raise HandleRefused("signed out")
        row = find_waiting(request, user, request.GET.get("handle", ""))
    except HandleRefused:
        return expired_page(request)
    return _go_on(request, user, row, kept_request(row))


def _go_on(request: HttpRequest, user: User, row: AuthorizationRequest, validated: ValidatedRequest) -> HttpResponse:
    if row.client.is_disabled:
        if row.device is not None:
            deny_device(row.device, user)
            return go_to_answered_page(request, row.client, is_allowed=False)
        # The client and its redirect URI were checked before staff said no, so the app may be told (RFC 6749 §4.1.2.1).
        error = AccessDenied("The staff of this server denied the app.")
        return error_answer(validated.redirect_uri, error, state=validated.state, issuer=validated.issuer)
    standing = standing_of(row.client, validated.redirect_uri)
    if standing is Standing.MAY_ASK:
        return show_consent(request, inquire(user, row.client, validated), sign_handle(row))
    if standing is Standing.TURNED_AWAY:
        return turned_away_page(request, row.client)
    if row.created_at + WAIT <= timezone.now():
        return expired_page(request)
    return _waiting_page(request, user, row, validated)


def _waiting_page(
    request: HttpRequest, user: User, row: AuthorizationRequest, validated: ValidatedRequest
) -> HttpResponse:
    context = {
        "client": shown_client(row.client, validated.redirect_uri),
        "client_id": row.client.client_id,
        "answer": shown_answer(validated.redirect_uri),
        "account": {"email": user.email},
        "handle": sign_handle(row),
        "action_url": reverse("oauth:authorize"),
        "check_url": request.get_full_path(),
    }
    response = render(request, "oauth/waiting.html", context)
    # No script: the browser asks again by itself, often at first and then less.
    is_new = timezone.now() - row.created_at < _IMPATIENT_FOR
    response["Refresh"] = str(_SOON if is_new else _LATER)
    # P-A9: who stops waiting is redirected to the app.
    response._csp_update = {"form-action": [form_action_source(validated.redirect_uri)]}  # type: ignore[attr-defined]
    return response
