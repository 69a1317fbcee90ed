"""A device's wish as an authorization request like any other, and the person's way out (RFC 8628 §3.1, §3.3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from roboflow_auth.oauth.authorization.request import ValidatedRequest
from roboflow_auth.oauth.models import Client, DeviceCode
from roboflow_auth.oauth.rules.redirect_uri import DEVICE

# Where the browser session keeps the last answer, for the page that says so.
_ANSWERED_KEY = "answered_device"


def device_path(signed_code: str = "") -> str:
    """Return the path of the page for devices, with a code that was found already."""
    query = f"?{urlencode({'code': signed_code})}" if signed_code else ""
    return reverse("oauth:device") + query


def device_request(device: DeviceCode, issuer: str) -> ValidatedRequest:
    """Return what `device` asks for, as the consent page and the connection know it.

    DEVICE stands for the redirect URI, so that what people allow a device is no agreement about any other place. There
    is no PKCE: nothing passes through the browser that it could protect.
    """
    return ValidatedRequest(
        client_id=device.client.client_id,
        redirect_uri=DEVICE,
        issuer=issuer,
        state="",
        resource=device.resource,
        scopes=tuple(device.scope.split()),
        code_challenge="",
        nonce="",
        prompts=(),
        max_age=None,
        ui_locales="",
        asked_from=device.address,
    )


def go_to_answered_page(request: HttpRequest, client: Client, *, is_allowed: bool) -> HttpResponse:
    """Return the way to the page that sends the person back to their device."""
    request.session[_ANSWERED_KEY] = {"name": client.display_name, "is_allowed": is_allowed}
    return HttpResponse(status=303, headers={"Location": reverse("oauth:device_answered")})


def last_answer(request: HttpRequest) -> dict[str, Any] | None:
    """Return the `name` of the app that was last answered in this browser, and whether it `is_allowed`."""
    answered: dict[str, Any] | None = request.session.get(_ANSWERED_KEY)
    return answered
