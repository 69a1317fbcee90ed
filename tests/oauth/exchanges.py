"""Clients that exchange tokens, and whether a token still opens the doors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AuthMethod, Client
from roboflow_auth.oauth.principals import find_principal
from tests.oauth.journeys import Journey, make_secret_client, signed_in

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@dataclass(frozen=True, slots=True)
class Gateway:
    """A client with a secret that stands behind an app."""

    client: Client
    raw_secret: str

    @property
    def client_id(self) -> str:
        """Its ID."""
        return str(self.client.client_id)

    def journey(self, user: User) -> Journey:
        """Return its own way with `user`."""
        return Journey(self.client, signed_in(user), raw_secret=self.raw_secret)

    def post(self, path: str, **parameters: str | None) -> Any:
        """Send a form as this client."""
        return Journey(self.client, Browser(), raw_secret=self.raw_secret).post(path, **parameters)

    def exchange(self, subject: str, **changes: str | None) -> Any:
        """Ask for a token for `subject`; a change to None leaves a parameter out."""
        parameters = {"subject_token": subject, "subject_token_type": ACCESS_TOKEN, "grant_type": GRANT, **changes}
        return self.post("/oauth/token", **parameters)

    def introspect(self, token: str) -> dict[str, Any]:
        """Return what it reads about `token`."""
        described: dict[str, Any] = self.post("/oauth/introspect", token=token).json()
        return described


def make_gateway(**fields: Any) -> Gateway:
    """Return a client with a secret that may exchange tokens."""
    client, raw_secret = make_secret_client(AuthMethod.POST)
    for name, value in {"may_exchange": True, **fields}.items():
        setattr(client, name, value)
    client.save()
    return Gateway(client, raw_secret)


def is_live(token: str) -> bool:
    """Return whether `token` is good at /mcp."""
    return find_principal(token, Resource.MCP) is not None
