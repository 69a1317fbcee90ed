"""The device authorization endpoint: a device begins here, and tells its person where to go (RFC 8628 §3.1, §3.2)."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from roboflow_auth.core.http import client_address, read_form
from roboflow_auth.core.public_url import public_url_of
from roboflow_auth.core.rate_limits import LimitName, address_key, check
from roboflow_auth.oauth.client_resolution import resolve_client
from roboflow_auth.oauth.device_codes import INTERVAL_SECONDS, LIFETIME_SECONDS, begin_device, shown_user_code
from roboflow_auth.oauth.errors import UnauthorizedClient, UnknownClient
from roboflow_auth.oauth.models import Client
from roboflow_auth.oauth.responses import json_endpoint
from roboflow_auth.oauth.rules.client_auth import caller_key, identify_client
from roboflow_auth.oauth.rules.client_policy import Standing, standing_of
from roboflow_auth.oauth.rules.redirect_uri import DEVICE
from roboflow_auth.oauth.rules.resource import requested_resource
from roboflow_auth.oauth.rules.scope import requested_scopes


@json_endpoint("POST")
def device_authorization(request: HttpRequest) -> dict[str, Any]:
    """Give a device its code and the one that it shows. Two statements."""
    # RFC 8707 §2: resource may be repeated.
    parameters = read_form(request, repeatable=frozenset({"resource"}))
    address = client_address(request)
    client = identify_client(request, parameters, partial(_find_client, address))
    _check_limits(client, address)
    _check_standing(client)
    issuer = public_url_of(request)
    resource = requested_resource(client, issuer, parameters.get("resource", ""))
    new = begin_device(client, resource, requested_scopes(client, parameters.get("scope", "")))
    shown = shown_user_code(new.user_code)
    page = issuer + reverse("oauth:device")
    return {
        "device_code": new.raw_device_code,
        "user_code": shown,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?{urlencode({'user_code': shown})}",
        "expires_in": LIFETIME_SECONDS,
        "interval": INTERVAL_SECONDS,
    }


def _find_client(address: str, client_id: str) -> Client | None:
    """Return the client, whose metadata document is fetched as at the authorization endpoint: here its person begins.

    Raises `RateLimited`.
    """
    try:
        return resolve_client(client_id, address)
    except UnknownClient:
        return None


def _check_limits(client: Client, address: str) -> None:
    # P-L1: each call leaves a row behind.
    check(LimitName.DEVICE_ADDRESS, address_key(address))
    check(LimitName.DEVICE_CLIENT, caller_key(client, address))


def _check_standing(client: Client) -> None:
    if not client.may_use(Client.GRANT_DEVICE_CODE):
        raise UnauthorizedClient("The client did not register the device grant.")
    if standing_of(client, DEVICE) is Standing.TURNED_AWAY:
        # P-C9: nobody is sent to a page that could only turn them away.
        raise UnauthorizedClient("Only apps that the staff of this server know may connect, and this one is none.")
