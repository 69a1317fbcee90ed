"""The page of an app that waits for staff (protocol.md P-C9) or for the admins of a workspace, and the way on once they
answered.

It reloads itself, so that the same request goes on to the question or back to the app, and nothing has to begin anew.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect

from roboflow_auth.accounts.adapter import WAITING_PATH_KEY
from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.authorization.answers import error_answer, form_action_source
from roboflow_auth.oauth.authorization.approval import ask_staff
from roboflow_auth.oauth.authorization.device import go_to_answered_page
from roboflow_auth.oauth.authorization.inquiry import Inquiry, inquire
from roboflow_auth.oauth.authorization.page import shown_answer, shown_client
from roboflow_auth.oauth.authorization.pending import (
    WAIT,
    HandleRefused,
    find_request,
    find_waiting,
    keep_waiting,
    kept_request,
    sign_handle,
    signed_in_person,
    wait_for_workspace,
    waits_for,
)
from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.device_codes import deny_device
from roboflow_auth.oauth.endpoints.consent import show_consent
from roboflow_auth.oauth.endpoints.refusal import expired_page, turned_away_page
from roboflow_auth.oauth.errors import AccessDenied
from roboflow_auth.oauth.models import AuthorizationRequest, Client, DeviceCode
from roboflow_auth.oauth.rules.client_policy import Standing, standing_of
from roboflow_auth.oauth.workspace_apps.requests import ask_admins, is_admin
from roboflow_auth.oauth.workspace_apps.rules import Welcome

_SOON, _LATER = 5, 30
_IMPATIENT_FOR = timedelta(minutes=5)


def begin_waiting(
    request: HttpRequest, user: User, client: Client, validated: ValidatedRequest, device: DeviceCode | None = None
) -> HttpResponse:
    """Ask staff, and return the way to the page that waits for them."""
    ask_staff(user, client, validated.redirect_uri)
    request.session.pop(WAITING_PATH_KEY, None)
    return _go_to_waiting(keep_waiting(request, user, client, validated, device), status=302)


@csrf_protect
def ask_workspace(request: HttpRequest) -> HttpResponse:
    """Put the person's wish before the admins of the workspace they chose, and lead to the page that waits for them."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    handle = request.POST.get("handle", "")
    try:
        user = signed_in_person(request)
        row = find_request(request, user, handle)
    except HandleRefused:
        return expired_page(request)
    validated = kept_request(row)
    if standing_of(row.client, validated.redirect_uri) is not Standing.MAY_ASK:
        # The handle of a request that waits for staff is no way past them.
        return expired_page(request)
    inquiry = inquire(user, row.client, validated, request.POST.get("workspace", ""))
    membership = inquiry.question.membership
    if membership is None or inquiry.welcome is not Welcome.ASKS:
        # The rule changed since the page was shown, so it is shown as things are now.
        return show_consent(request, inquiry, handle)
    ask_admins(user, row.client, validated.redirect_uri, membership.workspace)
    wait_for_workspace(row, membership.workspace.slug)
    return _go_to_waiting(handle, status=303)


def waiting(request: HttpRequest) -> HttpResponse:
    """Show that nobody has answered yet, or go on as they did."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        user = signed_in_person(request)
        row = find_waiting(request, user, request.GET.get("handle", ""))
    except HandleRefused:
        return expired_page(request)
    return _go_on(request, user, row, kept_request(row))


def _go_to_waiting(handle: str, *, status: int) -> HttpResponse:
    response = HttpResponseRedirect(f"{reverse('oauth:waiting')}?{urlencode({'handle': handle})}")
    response.status_code = status
    return response


def _go_on(request: HttpRequest, user: User, row: AuthorizationRequest, validated: ValidatedRequest) -> HttpResponse:
    if row.client.is_disabled:
        if row.device is not None:
            deny_device(row.device, user)
            return go_to_answered_page(request, row.client, is_allowed=False)
        # The client and its redirect URI were checked before staff said no, so the app may be told (RFC 6749 §4.1.2.1).
        error = AccessDenied("The staff of this server denied the app.")
        return error_answer(validated.redirect_uri, error, state=validated.state, issuer=validated.issuer)
    standing = standing_of(row.client, validated.redirect_uri)
    if standing is Standing.TURNED_AWAY:
        return turned_away_page(request, row.client)
    inquiry = inquire(user, row.client, validated, waits_for(row)) if standing is Standing.MAY_ASK else None
    if inquiry is not None and not _waits_for_admins(row, inquiry):
        return show_consent(request, inquiry, sign_handle(row))
    if row.created_at + WAIT <= timezone.now():
        return expired_page(request)
    return _waiting_page(request, row, validated, _whom(user, inquiry))


def _waits_for_admins(row: AuthorizationRequest, inquiry: Inquiry) -> bool:
    return bool(waits_for(row)) and inquiry.welcome is Welcome.ASKS


def _whom(user: User, inquiry: Inquiry | None) -> dict[str, Any]:
    """Return what the page says of who is asked; without an `inquiry` that is staff."""
    membership = inquiry.question.membership if inquiry else None
    if membership is None:
        return {"account": {"email": user.email}}
    return {
        "account": {"email": user.email},
        "workspace": {"name": membership.workspace.name, "slug": membership.workspace.slug},
        "may_answer": is_admin(membership),
    }


def _waiting_page(
    request: HttpRequest, row: AuthorizationRequest, validated: ValidatedRequest, whom: dict[str, Any]
) -> HttpResponse:
    context = {
        "client": shown_client(row.client, validated.redirect_uri),
        "client_id": row.client.client_id,
        "answer": shown_answer(validated.redirect_uri),
        "handle": sign_handle(row),
        "action_url": reverse("oauth:authorize"),
        "check_url": request.get_full_path(),
        **whom,
    }
    response = render(request, "oauth/waiting.html", context)
    # No script: the browser asks again by itself, often at first and then less.
    is_new = timezone.now() - row.created_at < _IMPATIENT_FOR
    response["Refresh"] = str(_SOON if is_new else _LATER)
    # P-A9: who stops waiting is redirected to the app.
    response._csp_update = {"form-action": [form_action_source(validated.redirect_uri)]}  # type: ignore[attr-defined]
    return response
