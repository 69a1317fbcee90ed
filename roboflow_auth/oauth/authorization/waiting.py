"""Which app waits while a person signs in (pages.md, "Sign-in")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse

from roboflow_auth.oauth.authorization.answers import form_action_source
from roboflow_auth.oauth.authorization.device import device_path
from roboflow_auth.oauth.authorization.request import is_text
from roboflow_auth.oauth.clients import may_answer_at, show_client
from roboflow_auth.oauth.device_codes import find_open_device, read_signed_user_code
from roboflow_auth.oauth.rules.redirect_uri import DEVICE, is_private_scheme, is_this_machine
from roboflow_auth.oauth.stored_clients import find_client


@dataclass(frozen=True, slots=True)
class WaitingClient:
    """The app's name and where its answer goes: `host` is empty for apps on the person's own machine.

    `form_action` is the CSP source of the answer: a sign-in that needs no consent is redirected there at once.
    `ui_locales` are the languages that it wishes for (OpenID Connect Core §3.1.2.1), which may be none.
    """

    name: str
    host: str
    form_action: str
    ui_locales: str = ""


def find_waiting_client(path: str) -> WaitingClient | None:
    """Return the app behind the path and query of an authorization request, or of a device's; None for other paths.

    A client's own claim is shown only with a redirect URI that it registered, or for a device whose code was found
    already. Nothing is fetched.
    """
    address, _, query = path.partition("?")
    if address not in (reverse("oauth:authorize"), device_path()) or not is_text(query):
        return None
    try:
        parameters = parse_qs(query, max_num_fields=100)
    except ValueError:
        return None
    return _at_device(parameters) if address == device_path() else _at_redirect_uri(parameters)


def _at_device(parameters: Mapping[str, Sequence[str]]) -> WaitingClient | None:
    # Signed codes only: a page that names the app of any code would let people guess them.
    device = find_open_device(read_signed_user_code(parameters.get("code", [""])[0]))
    if device is None:
        return None
    return WaitingClient(show_client(device.client, DEVICE).name, "", form_action_source(DEVICE))


def _at_redirect_uri(parameters: Mapping[str, Sequence[str]]) -> WaitingClient | None:
    client = find_client(parameters.get("client_id", [""])[0])
    redirect_uri = parameters.get("redirect_uri", [""])[0]
    if client is None or not may_answer_at(client, redirect_uri):
        return None
    is_local = is_this_machine(redirect_uri) or is_private_scheme(redirect_uri)
    host = "" if is_local else urlsplit(redirect_uri).netloc
    name = show_client(client, redirect_uri).name
    wishes = parameters.get("ui_locales", [""])[0]
    return WaitingClient(name, host, form_action_source(redirect_uri), wishes)
