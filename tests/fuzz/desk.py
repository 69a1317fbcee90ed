"""What there is to attack: clients, a code, tokens, a registration and a question that waits, all of them real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests import builders
from tests.oauth.journeys import ISSUER, VERIFIER, Journey, field_value, make_secret_client, signed_in
from tests.oauth.registrations import registered

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Desk:
    """Good requests to the authorization server, and the secrets in them, which no refusal may repeat."""

    journey: Journey
    secret_journey: Journey
    code_request: dict[str, str]
    refresh_request: dict[str, str]
    access_token: str
    registration: dict[str, Any]
    handle: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that the requests carry."""
        return (
            self.code_request["code"],
            self.refresh_request["refresh_token"],
            self.access_token,
            self.secret_journey.raw_secret,
            self.registration["registration_access_token"],
        )


def make_desk(user: User) -> Desk:
    """Return a desk at which `user` has allowed a public and a secret client."""
    journey = Journey(builders.make_client(), signed_in(user))
    client, raw_secret = make_secret_client()
    secret_journey = Journey(client, signed_in(user), raw_secret=raw_secret)
    tokens = journey.tokens(scope="openid profile email project:read offline_access")
    page = journey.ask(prompt="consent")
    client_id = journey.client.client_id
    return Desk(
        journey,
        secret_journey,
        {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "code": journey.code(prompt="consent"),
            "redirect_uri": journey.redirect_uri,
            "code_verifier": VERIFIER,
            "resource": f"{ISSUER}/mcp",
        },
        {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": tokens["refresh_token"], "scope": ""},
        tokens["access_token"],
        registered(token_endpoint_auth_method="client_secret_basic"),
        field_value(page.content.decode(), "handle"),
    )


def send(
    method: str, path: str, raw: str | bytes = b"", content_type: str = FORM, headers: dict[str, str] | None = None
) -> Any:
    """Send `raw` as it is from somewhere without cookies; a fault of ours is an exception, so that it can be read."""
    return send_from(Browser(enforce_csrf_checks=True), method, path, raw, content_type, headers)


def send_from(
    browser: Browser,
    method: str,
    path: str,
    raw: str | bytes = b"",
    content_type: str = FORM,
    headers: dict[str, str] | None = None,
) -> Any:
    """Send `raw` from `browser`, whose cookies go along."""
    content = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
    return browser.generic(method, path, content, content_type, headers=headers or {})
