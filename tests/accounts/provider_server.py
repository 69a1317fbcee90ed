"""An OpenID provider that says whatever a test wants: a real server on a free port of this machine."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client as Browser

from roboflow_auth.accounts.sign_in_settings import sign_in_settings

CLIENT_ID = "roboflow"
NEW = {"email": "dana@acme.example", "email_verified": True, "name": "Dana Ito"}


@dataclass
class Provider:
    """What the provider says: the ID token's claims, UserInfo, and changes to its metadata. `asked` is what it got."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    broken: dict[str, bytes] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def person(self, subject: str, **told: Any) -> None:
        """Answer from now on that the person is `subject`, of whom UserInfo tells `told`."""
        self.told = {"sub": subject, **told}
        self.claims = {"sub": subject}

    def answer(self, path: str) -> Any:
        """Return what the provider says at `path`."""
        if path == "/.well-known/openid-configuration":
            places = {name: f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")}
            return {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer}/jwks",
                **{f"{name}_endpoint": place for name, place in places.items()},
                **self.metadata,
            }
        if path == "/token":
            return {"access_token": "opaque", "token_type": "Bearer", "id_token": self._id_token()}
        return self.told

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 600, **self.claims}
        parts = (json.dumps(part).encode() for part in ({"alg": "RS256", "kid": "1"}, claims))
        return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), "c2ln"])


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Serve a provider until the block ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            body = provider.broken.get(path) or json.dumps(provider.answer(path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            provider.asked.append(parse_qs(self.rfile.read(length).decode()))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def go_to(browser: Browser, path: str, **form: str) -> dict[str, str]:
    """Press a button that leads to the provider; return the parameters of the authorization request."""
    page = browser.post(path, form)
    assert page.status_code == 200, page
    query = parse_qs(urlsplit(page.context["target"]).query)
    return {name: values[0] for name, values in query.items()}


def come_back(browser: Browser, request: dict[str, str], **answer: str) -> Any:
    """Return from the provider with a code for `request`, or with another `answer`."""
    path = urlsplit(request["redirect_uri"]).path
    return browser.get(path, {"state": request["state"], **(answer or {"code": "a-code"})})


def sign_in_there(browser: Browser, **form: str) -> Any:
    """Go through the whole sign-in at the provider."""
    return come_back(browser, go_to(browser, "/accounts/oidc/acme/login/?process=login", **form))


def trust(settings: Any, provider: Provider, *, trust: bool | list[str], **more: Any) -> None:
    """Say in the settings how far the provider is believed."""
    known = {"id": "acme", "name": "Acme", "issuer": provider.issuer, "client_id": CLIENT_ID, "client_secret": "s"}
    found = sign_in_settings([{**known, "trust_email": trust, **more}], is_development=True)
    settings.SOCIALACCOUNT_PROVIDERS = found["SOCIALACCOUNT_PROVIDERS"]
