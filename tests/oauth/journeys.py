"""A client's way through the authorization server, step by step, over the real endpoints."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client as Browser

from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.accounts.models import User
from roboflow_auth.core.secrets import SecretKind, hash_secret, make_secret
from roboflow_auth.oauth.models import AuthMethod, Client
from tests import builders

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ISSUER = "http://testserver"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def signed_in(user: User) -> Browser:
    """Return a browser in which `user` is signed in; CSRF is enforced, as in a real one."""
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(user, BACKEND)
    return browser


@dataclass
class Journey:
    """One client and one person. `browser` carries the person's session; token requests carry none."""

    client: Client
    browser: Browser
    redirect_uri: str = "http://127.0.0.1:5555/callback"
    raw_secret: str = ""
    machine: Browser = field(default_factory=lambda: Browser(enforce_csrf_checks=True))

    def query(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of a good authorization request; a change to None leaves one out."""
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(BASELINE),
            "state": "opaque-state",
            "resource": f"{ISSUER}/mcp",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def ask(self, **changes: str | None) -> Any:
        """Send the browser to the authorization endpoint."""
        return self.browser.get("/oauth/authorize", self.query(**changes))

    def decide(self, page: Any, **choices: Any) -> Any:
        """Answer the consent page as the form would: by default allow all of it for 90 days."""
        html = page.content.decode()
        form: dict[str, Any] = {
            "handle": field_value(html, "handle"),
            "csrfmiddlewaretoken": field_value(html, "csrfmiddlewaretoken"),
            "decision": "allow",
            "duration": "90",
            **({"workspace": workspace} if (workspace := chosen_workspace(page)) else {}),
            **({"level": level} if (level := highest_level(page)) else {}),
            **choices,
        }
        return self.browser.post("/oauth/authorize", form)

    def code(self, choices: dict[str, Any] | None = None, **changes: str | None) -> str:
        """Return the code of a whole consent, with `choices` in the form and `changes` in the request."""
        page = self.ask(**changes)
        response = page if page.status_code == 303 else self.decide(page, **(choices or {}))
        assert response.status_code == 303, (response.status_code, response.content[:2000])
        return parameters_of(self.destination(response))["code"]

    def destination(self, response: Any) -> str:
        """Return where the answer goes: where a 303 leads, or the page that opens an app with a scheme of its own."""
        location = str(response["Location"])
        if not location.startswith("/oauth/authorize/answered"):
            return location
        return str(self.browser.get(location)["Refresh"]).removeprefix("0; url=")

    def redeem(self, code: str, **changes: str | None) -> Any:
        """Send a code to the token endpoint."""
        parameters: dict[str, str | None] = {
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
            "resource": f"{ISSUER}/mcp",
            **changes,
        }
        return self.token(grant_type="authorization_code", **parameters)

    def refresh(self, raw_token: str, **changes: str | None) -> Any:
        """Send a refresh token to the token endpoint."""
        return self.token(grant_type="refresh_token", refresh_token=raw_token, **changes)

    def token(self, **parameters: str | None) -> Any:
        """Send `parameters` to the token endpoint as this client; None leaves one out, a later one wins."""
        return self.post("/oauth/token", **parameters)

    def post(self, path: str, **parameters: str | None) -> Any:
        """Send a form to `path` as this client."""
        body = {"client_id": self.client.client_id, "client_secret": self.raw_secret or None, **parameters}
        sent = {name: value for name, value in body.items() if value is not None}
        return post_form(self.machine, path, sent, headers=self.headers(path))

    def headers(self, path: str) -> dict[str, str]:
        """Return the headers of a form to `path`; clients that prove a key have some."""
        return {}

    def tokens(self, choices: dict[str, Any] | None = None, **changes: str | None) -> dict[str, Any]:
        """Return the token response of a whole sign-in."""
        response = self.redeem(self.code(choices, **changes))
        assert response.status_code == 200, response.content
        tokens: dict[str, Any] = response.json()
        return tokens


def post_form(machine: Browser, path: str, body: dict[str, str], **headers: Any) -> Any:
    """Send an urlencoded form to `path`."""
    return machine.post(path, urlencode(body), content_type="application/x-www-form-urlencoded", **headers)


def answer_of(response: HttpResponse | Any) -> dict[str, str]:
    """Return the parameters with which a 303 goes back to the client."""
    assert response.status_code == 303, (response.status_code, response.content[:2000])
    return parameters_of(response["Location"])


def parameters_of(address: str) -> dict[str, str]:
    """Return the parameters in the query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def login_target(response: Any) -> str:
    """Return the path to which the sign-in page will come back."""
    return str(parse_qs(urlsplit(response["Location"]).query)["next"][0])


def field_value(html: str, name: str) -> str:
    """Return the value of the hidden field `name`."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, html[:3000]
    return found.group(1)


def chosen_workspace(page: Any) -> str:
    """Return the workspace that the page offers alone or has preselected."""
    shown = page.context["workspaces"]
    selected = [workspace for workspace in shown if workspace["selected"]]
    return str(selected[0]["slug"]) if selected else ""


def highest_level(page: Any) -> str:
    """Return the level that gives everything the page offers, the preselected one."""
    selected = [level for level in page.context["levels"] if level["selected"]]
    return str(selected[0]["value"]) if selected else ""


def make_secret_client(method: AuthMethod = AuthMethod.BASIC) -> tuple[Client, str]:
    """Return a client with a secret, and the secret."""
    raw_secret = make_secret(SecretKind.CLIENT_SECRET)
    client = builders.make_client(
        client_type=Client.CLIENT_CONFIDENTIAL, auth_method=method, client_secret=hash_secret(raw_secret)
    )
    return client, raw_secret


def basic(client_id: str, secret: str, scheme: str = "Basic") -> dict[str, str]:
    """Return an Authorization header."""
    return {"Authorization": f"{scheme} {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"}
