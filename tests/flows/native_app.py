"""An app that speaks OAuth and MCP in bare HTTP, for what no finished client would let a test do."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from tests.support.browser import Callback
from tests.support.servers import Server


@dataclass
class NativeApp:
    """A public client of one `server`. Every request may go to another address, as through a load balancer: `at`."""

    server: Server
    callback: Callback
    scope: str = "workspace:read project:read offline_access"
    client_id: str = ""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    def register(self) -> str:
        """Register, and return the client ID."""
        metadata = {
            "client_name": "Native app",
            "redirect_uris": [self.callback.uri],
            "token_endpoint_auth_method": "none",
        }
        self.client_id = str(self._post("/oauth/register", json=metadata).raise_for_status().json()["client_id"])
        return self.client_id

    def authorization_url(self, resource: str = "/mcp") -> str:
        """Return where the person must go to allow access to `resource`, a path."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.client_id or self.register(),
            "redirect_uri": self.callback.uri,
            "scope": self.scope,
            "state": secrets.token_urlsafe(),
            "resource": self.server.url + resource,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.server.url}/oauth/authorize?{urlencode(query)}"

    def redeem(self, at: Server | None = None, headers: dict[str, str] | None = None) -> httpx.Response:
        """Send the code that came back to the token endpoint, with `headers` such as a proof."""
        body = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": self.callback.answers[-1]["code"],
            "redirect_uri": self.callback.uri,
            "code_verifier": self.verifier,
        }
        return self._post("/oauth/token", at, headers, data=body)

    def tokens(self) -> dict[str, Any]:
        """Return the token response for the code that came back."""
        return dict(self.redeem().raise_for_status().json())

    def refresh(self, token: str, at: Server | None = None) -> httpx.Response:
        """Send a refresh token to the token endpoint."""
        body = {"grant_type": "refresh_token", "client_id": self.client_id, "refresh_token": token}
        return self._post("/oauth/token", at, data=body)

    def revoke(self, token: str, at: Server | None = None) -> None:
        """Give a token back (RFC 7009)."""
        self._post("/oauth/revoke", at, data={"client_id": self.client_id, "token": token}).raise_for_status()

    def call_tool(self, headers: dict[str, str], at: Server | None = None) -> httpx.Response:
        """Call workspace_get with a credential."""
        params = {"name": "workspace_get", "arguments": {}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        sent = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25", **headers}
        return self._post("/mcp", at, json=message, headers=sent)

    def _post(
        self, path: str, at: Server | None = None, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        # Another process answers for the same address: the Host header says which one the app meant.
        own_host = {"Host": urlsplit(self.server.url).netloc}
        return httpx.post((at or self.server).url + path, headers={**own_host, **(headers or {})}, timeout=30, **body)


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries an access token."""
    return {"Authorization": f"Bearer {token}"}
