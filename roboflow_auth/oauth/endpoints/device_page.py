"""Where a person tells which device waits for them (RFC 8628 §3.3; protocol.md P-T6).

They type its code, or come by a link that holds it and say that their device shows the same; then they are asked as for
any other app. Codes are short, so every look-up of one is counted.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from roboflow_auth.accounts.adapter import WAITING_PATH_KEY
from roboflow_auth.accounts.models import User
from roboflow_auth.core.errors import TooManyRequests
from roboflow_auth.core.http import client_address
from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.core.rate_limits import LimitName, address_key, check
from roboflow_auth.core.request_context import current_request
from roboflow_auth.core.text import is_printable
from roboflow_auth.oauth.authorization.codes import record_denial
from roboflow_auth.oauth.authorization.device import device_path, device_request, go_to_answered_page, last_answer
from roboflow_auth.oauth.authorization.page import shown_client
from roboflow_auth.oauth.authorization.pending import keep_request
from roboflow_auth.oauth.authorization.sign_in import ask_to_sign_in
from roboflow_auth.oauth.device_codes import (
    deny_device,
    find_open_device,
    fold_user_code,
    read_signed_user_code,
    shown_user_code,
    sign_user_code,
)
from roboflow_auth.oauth.endpoints.refusal import turned_away_page
from roboflow_auth.oauth.endpoints.waiting import begin_waiting
from roboflow_auth.oauth.models import DeviceCode
from roboflow_auth.oauth.rules.client_policy import Standing, standing_of
from roboflow_auth.oauth.rules.redirect_uri import DEVICE

_MAX_SHOWN = 30


def device(request: HttpRequest) -> HttpResponse:
    """Ask for the code that a device shows, and lead to the question about its app."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    user = request.user
    try:
        if not user.is_authenticated:
            return _ask_to_sign_in(request)
        request.session.pop(WAITING_PATH_KEY, None)
        return _take(request, user) if request.method == "POST" else _show(request)
    except TooManyRequests as error:
        return _busy_page(request, error.retry_after_seconds)


def device_answered(request: HttpRequest) -> HttpResponse:
    """Say that the answer is on its way, and send the person back to their device."""
    answered = last_answer(request)
    if answered is None:
        return HttpResponseRedirect(reverse("oauth:device"))
    return render(request, "oauth/device/answered.html", answered)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    user_code, waiting = _look_up(request, request.GET)
    return ask_to_sign_in(request, device_path(sign_user_code(user_code) if waiting else ""))


def _show(request: HttpRequest) -> HttpResponse:
    user_code, waiting = _look_up(request, request.GET)
    if waiting is not None:
        return _compare_page(request, user_code, waiting)
    is_unknown = bool({"user_code", "code"} & request.GET.keys())
    return _code_page(request, typed=request.GET.get("user_code", ""), is_unknown=is_unknown)


def _take(request: HttpRequest, user: User) -> HttpResponse:
    user_code, waiting = _look_up(request, request.POST)
    if waiting is None:
        return _code_page(request, typed=request.POST.get("user_code", ""), is_unknown=True)
    decision = request.POST.get("decision", "")
    if decision == "different":
        return _deny(request, user, waiting)
    # RFC 8628 §5.4: whoever typed the code has it before them. Whoever came by a link has to say so.
    if not request.POST.get("user_code") and decision != "same":
        return _compare_page(request, user_code, waiting)
    return _go_on(request, user, waiting)


def _look_up(request: HttpRequest, parameters: QueryDict) -> tuple[str, DeviceCode | None]:
    """Return the code of `parameters` (letters only) and the device that waits behind it.

    `user_code` is what somebody typed or scanned, `code` what this server had found already and signed. Raises
    `TooManyRequests`.
    """
    typed = parameters.get("user_code", "")
    user_code = fold_user_code(typed) if typed else read_signed_user_code(parameters.get("code", ""))
    if not user_code:
        return "", None
    if typed:
        # RFC 8628 §5.1: before the look-up, so that the right guess is held back like the wrong ones.
        check(LimitName.USER_CODE_ADDRESS, address_key(client_address(request)))
    if request.user.is_authenticated:
        # Signed or not, or people would guess without an account and go on with one.
        check(LimitName.USER_CODE_PERSON, str(request.user.pk))
    return user_code, find_open_device(user_code)


def _go_on(request: HttpRequest, user: User, waiting: DeviceCode) -> HttpResponse:
    """Lead the person to the question, or to the page that waits for staff (P-C9)."""
    validated = device_request(waiting, public_url_of(request))
    standing = standing_of(waiting.client, DEVICE)
    if standing is Standing.TURNED_AWAY:
        return turned_away_page(request, waiting.client)
    if standing is Standing.WAITS:
        return begin_waiting(request, user, waiting.client, validated, waiting)
    handle = keep_request(request, user, waiting.client, validated, waiting)
    # That page goes on to the question at once where staff have nothing to say.
    return HttpResponse(status=303, headers={"Location": f"{reverse('oauth:waiting')}?{urlencode({'handle': handle})}"})


def _deny(request: HttpRequest, user: User, waiting: DeviceCode) -> HttpResponse:
    with transaction.atomic():
        deny_device(waiting, user)
        record_denial(waiting.client, str(user.subject), user.email)
    return go_to_answered_page(request, waiting.client, is_allowed=False)


def _code_page(request: HttpRequest, *, typed: str, is_unknown: bool) -> HttpResponse:
    sentence = _("No device waits with this code. Look at the code again. If it is older than ten minutes, start anew.")
    # What was typed stays, to be put right, unless it is nothing that people type.
    shown = typed if len(typed) <= _MAX_SHOWN and is_printable(typed) else ""
    context = {"errors": [sentence] if is_unknown else [], "typed": shown}
    return render(request, "oauth/device/code.html", context, status=422 if is_unknown else 200)


def _compare_page(request: HttpRequest, user_code: str, waiting: DeviceCode) -> HttpResponse:
    context = {
        "client": shown_client(waiting.client, DEVICE),
        "shown_code": shown_user_code(user_code),
        "signed_code": sign_user_code(user_code),
        "asked_from": waiting.address,
        "asked_at": waiting.created_at,
        "is_new": timezone.now() - waiting.created_at < timedelta(minutes=1),
    }
    return render(request, "oauth/device/compare.html", context)


def _busy_page(request: HttpRequest, retry_after_seconds: int) -> HttpResponse:
    context = {
        "title": _("Too many codes"),
        "sentence": _("You, or somebody on your network, tried too many codes. Wait a few minutes, then try again."),
        "reference": current_request().request_id,
    }
    response = render(request, "oauth/error.html", context, status=429)
    response["Retry-After"] = str(retry_after_seconds)
    return response
