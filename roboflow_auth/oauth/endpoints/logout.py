"""Signing out at a client's wish (OpenID Connect RP-Initiated Logout 1.0; protocol.md P-O1).

It ends the browser session at this site. Connections live on: what an agent may do does not hang on a cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from roboflow_auth.core.http import MalformedBody, no_store, read_bytes, single_parameters
from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.oauth.authorization.answers import form_action_source
from roboflow_auth.oauth.id_token import read_id_token_hint
from roboflow_auth.oauth.stored_clients import find_client

_CONFIRMED = "confirmed"


@csrf_exempt
def end_session(request: HttpRequest) -> HttpResponse:
    """Sign the person out, and send the browser back to the client when it registered that address.

    An ID token of the person who is signed in proves that the wish comes from their client; without one they are asked.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    try:
        parameters = single_parameters(_raw_parameters(request))
    except MalformedBody:
        parameters = {}
    hint = read_id_token_hint(parameters.get("id_token_hint", ""), public_url_of(request))
    target = _registered_target(parameters, hint)
    if request.method == "POST" and _CONFIRMED in parameters:
        return _confirmed(request, target)
    user = request.user
    if user.is_authenticated and not (hint and hint.get("sub") == str(user.subject)):
        return _confirmation(request, parameters, target)
    return _sign_out(request, target)


@csrf_protect
def _confirmed(request: HttpRequest, target: str) -> HttpResponse:
    return _sign_out(request, target)


def _raw_parameters(request: HttpRequest) -> bytes:
    if request.method == "POST":
        read_bytes(request)
        return request.POST.urlencode().encode()
    return request.META.get("QUERY_STRING", "").encode("utf-8", "replace")


def _registered_target(parameters: Mapping[str, str], hint: Mapping[str, Any] | None) -> str:
    """Return where to send the browser: an address that the client registered for this, or nowhere (§3)."""
    client_id = str(hint["aud"]) if hint else parameters.get("client_id", "")
    client = find_client(client_id) if client_id else None
    wanted = parameters.get("post_logout_redirect_uri", "")
    if client is None or wanted not in client.post_logout_redirect_uris.split():
        return ""
    state = parameters.get("state", "")
    separator = "&" if urlsplit(wanted).query else "?"
    return f"{wanted}{separator}{urlencode({'state': state})}" if state else wanted


def _confirmation(request: HttpRequest, parameters: Mapping[str, str], target: str) -> HttpResponse:
    hidden = {name: value for name, value in parameters.items() if name != "csrfmiddlewaretoken"}
    response = render(request, "oauth/logout.html", {"parameters": hidden, "host": urlsplit(target).netloc})
    if target:
        response._csp_update = {"form-action": [form_action_source(target)]}  # type: ignore[attr-defined]
    return response


def _sign_out(request: HttpRequest, target: str) -> HttpResponse:
    logout(request)
    response = HttpResponse(status=303)
    response["Location"] = target or "/"
    return no_store(response)
