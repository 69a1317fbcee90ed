"""An enterprise: its identity provider, the app that its people use, and what the provider signs for them."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client as Browser
from jwcrypto import jwk

from roboflow_auth.oauth.models import AuthMethod, Client, TrustedIssuer
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.assertions import KEY, public, sign
from tests.oauth.journeys import ISSUER, make_secret_client, post_form

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
IDP = "https://idp.acme.example"


@dataclass
class Enterprise:
    """An app with a secret, and the identity provider that signs for its people by `key`."""

    client: Client
    raw_secret: str
    issuer: TrustedIssuer
    key: jwk.JWK = field(default_factory=lambda: KEY)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return the claims of a good assertion about Alice, with `changes`; None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": IDP,
            "sub": "U019488227",
            "email": "alice@demo.local",
            "aud": ISSUER,
            "client_id": self.client.client_id,
            "resource": f"{ISSUER}/mcp",
            "scope": "project:read image:read",
            "jti": uuid.uuid4().hex,
            "iat": now,
            "exp": now + 300,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any] | None = None, alg: str = "ES256", **header: Any) -> str:
        """Return an assertion with `claims`, good ones unless given, signed by the provider's key."""
        members = {"typ": "oauth-id-jag+jwt", **header}
        return sign(self.claims() if claims is None else claims, self.key, alg, **members)

    def assertion(self, **changes: Any) -> str:
        """Return a good assertion about Alice, with `changes` to its claims."""
        return self.sign(self.claims(**changes))

    def present(self, assertion: str | None, *, headers: dict[str, str] | None = None, **parameters: str | None) -> Any:
        """Bring an assertion to the token endpoint, as the app."""
        body = {
            "grant_type": GRANT,
            "assertion": assertion,
            "client_id": str(self.client.client_id),
            "client_secret": self.raw_secret or None,
            **parameters,
        }
        sent = {name: value for name, value in body.items() if value is not None}
        return post_form(Browser(), "/oauth/token", sent, headers=headers or {})

    def token(self, **changes: Any) -> str:
        """Return the access token that a good assertion buys, with `changes` to its claims."""
        response = self.present(self.assertion(**changes))
        assert response.status_code == 200, response.content
        return str(response.json()["access_token"])


def make_enterprise(workspace: Workspace, **fields: Any) -> Enterprise:
    """Return an enterprise whose keys are pinned and that speaks for the people of `workspace`."""
    client, raw_secret = make_secret_client(AuthMethod.POST)
    fields = {"name": "Acme", "issuer": IDP, "pinned_keys": public(KEY)["keys"], **fields}
    issuer = TrustedIssuer.objects.create(workspace=workspace, **fields)
    issuer.clients.add(client)
    return Enterprise(client, raw_secret, issuer)


def refusal(response: Any) -> tuple[int, str]:
    """Return the status and the code of an answer that is a refusal."""
    return response.status_code, response.json().get("error", "")
