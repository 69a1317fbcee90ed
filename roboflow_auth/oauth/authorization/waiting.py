"""Which app waits while a person signs in (pages.md, "Sign-in")."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.urls import reverse

from roboflow_auth.oauth.authorization.answers import form_action_source
from roboflow_auth.oauth.authorization.request import is_text
from roboflow_auth.oauth.clients import may_answer_at, show_client
from roboflow_auth.oauth.rules.redirect_uri import is_private_scheme, is_this_machine
from roboflow_auth.oauth.stored_clients import find_client


@dataclass(frozen=True, slots=True)
class WaitingClient:
    """The app's name and where its answer goes: `host` is empty for apps on the person's own machine.

    `form_action` is the CSP source of the answer: a sign-in that needs no consent is redirected there at once.
    """

    name: str
    host: str
    form_action: str


def find_waiting_client(path: str) -> WaitingClient | None:
    """Return the app behind an authorization request's path and query, or None for any other path.

    A client's own claim is shown only with a redirect URI that it registered. Nothing is fetched.
    """
    address, _, query = path.partition("?")
    if address != reverse("oauth:authorize") or not is_text(query):
        return None
    try:
        parameters = parse_qs(query, max_num_fields=100)
    except ValueError:
        return None
    client = find_client(parameters.get("client_id", [""])[0])
    redirect_uri = parameters.get("redirect_uri", [""])[0]
    if client is None or not may_answer_at(client, redirect_uri):
        return None
    is_local = is_this_machine(redirect_uri) or is_private_scheme(redirect_uri)
    host = "" if is_local else urlsplit(redirect_uri).netloc
    return WaitingClient(show_client(client, redirect_uri).name, host, form_action_source(redirect_uri))
