"""Enterprise-managed authorization against a live server: staff set it up, a provider of its own signs, a tool answers.

The identity provider is a second server with its own certificate; nothing but its published keys ties the two together.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jwcrypto import jwk

from tests.clauses import clause
from tests.flows.native_app import bearer
from tests.oauth.assertions import ec_key, public, sign
from tests.support.documents import DocumentServer, answer, make_authority, running_document_server
from tests.support.servers import Server, running_servers

pytestmark = pytest.mark.flows

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


class Staff:
    """A member of staff with a browser that speaks bare HTTP."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.submit("/accounts/login/?next=/admin/", {"login": "staff@demo.local", "password": "demo-password"})

    def submit(self, path: str, fields: dict[str, Any]) -> str:
        """Send a form as its page has it, and return the page that comes next."""
        page = self.http.get(path)
        assert page.status_code == 200, page.text[:500]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text[:500]
        sent = self.http.post(
            path, data={**fields, "csrfmiddlewaretoken": token[1]}, headers={"Referer": str(self.http.base_url)}
        )
        assert sent.status_code == 200, sent.text[:500]
        assert "errorlist" not in sent.text, re.findall(r"errorlist[^>]*>.*?</ul>", sent.text)
        return sent.text

    def register_app(self, name: str, **fields: Any) -> tuple[str, str, str]:
        """Return the key of a new app in the admin, its client ID and its secret."""
        page = self.submit(
            "/admin/oauth/client/add/",
            {
                "name": name,
                "redirect_uris": "https://app.example/cb",
                "auth_method": "client_secret_post",
                "grant_types": ["authorization_code"],
                "resources": ["mcp", "api"],
                **fields,
            },
        )
        listed = self.http.get("/admin/oauth/client/", params={"q": name}).text
        key = re.search(r"/admin/oauth/client/(\d+)/change/", listed)
        secret = re.search(r"rfcs_[0-9A-Za-z]{49}", page)
        assert key
        assert secret
        client_id = re.search(r"\b[0-9a-f]{32}\b", self.http.get(key[0]).text)
        assert client_id
        return key[1], client_id[0], secret[0]

    def workspace_key(self) -> str:
        """Return the key of Acme in the admin."""
        found = re.search(
            r"/admin/workspaces/workspace/(\d+)/change/[^<]*<?",
            self.http.get("/admin/workspaces/workspace/?q=acme").text,
        )
        assert found
        return found[1]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DocumentServer, Path]]:
    """Return the identity provider's server and the file of the authority that vouches for it."""
    authority = make_authority(tmp_path_factory.mktemp("authority"))
    with running_document_server(authority) as running:
        yield running, authority.ca_file


@pytest.fixture(scope="module")
def server(provider: tuple[DocumentServer, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a live server to which the provider is within reach."""
    directory = tmp_path_factory.mktemp("server")
    settings = {"CIMD_EXTRA_CA_FILE": str(provider[1]), "CIMD_ALLOW_LOOPBACK": "1"}
    with running_servers(directory, settings=settings) as servers:
        yield servers[0]


@pytest.fixture
def staff(server: Server) -> Iterator[Staff]:
    """Return a member of staff who is signed in."""
    with httpx.Client(base_url=server.url, follow_redirects=True, timeout=30) as http:
        yield Staff(http)


def ask(server: Server, client: tuple[str, str, str], **parameters: str) -> httpx.Response:
    """Send a request to the token endpoint as `client`."""
    body = {"client_id": client[1], "client_secret": client[2], **parameters}
    return httpx.post(f"{server.url}/oauth/token", data=body, timeout=30)


def assertion(server: Server, provider: DocumentServer, client_id: str, key: jwk.JWK) -> str:
    """Return what the provider signs for Bob and the app."""
    now = int(time.time())
    claims = {
        "iss": provider.origin,
        "sub": "U42",
        "email": "bob@demo.local",
        "aud": server.url,
        "client_id": client_id,
        "resource": server.mcp_url,
        "scope": "project:read workspace:read",
        "jti": uuid.uuid4().hex,
        "iat": now,
        "exp": now + 300,
    }
    return sign(claims, key, typ="oauth-id-jag+jwt")


def who_is_there(server: Server, token: str) -> httpx.Response:
    """Call the tool that tells who one is."""
    headers = {
        **bearer(token),
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-11-25",
    }
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "workspace_get", "arguments": {}}}
    return httpx.post(server.mcp_url, json=message, headers=headers, timeout=30)


@clause("P-T6.5", "P-T6.6")
def test_from_the_providers_signature_to_a_tool_and_on_to_a_service_behind_it(
    server: Server, staff: Staff, provider: tuple[DocumentServer, Path]
) -> None:
    idp, key = provider[0], ec_key()
    app = staff.register_app("Acme assistant")
    gateway = staff.register_app("Gateway", serves_resource="mcp", may_exchange="on")
    staff.submit(
        "/admin/oauth/trustedissuer/add/",
        {
            "name": "Acme",
            "issuer": idp.origin,
            "workspace": staff.workspace_key(),
            "clients": [app[0]],
            "person_claim": "email",
            "jwks_uri": idp.serve("/keys", answer(json.dumps(public(key)).encode())),
        },
    )
    described = httpx.get(f"{server.url}/.well-known/oauth-authorization-server", timeout=30).json()
    assert described["authorization_grant_profiles_supported"] == ["urn:ietf:params:oauth:grant-profile:id-jag"]
    signed = assertion(server, idp, app[1], key)
    answered = ask(server, app, grant_type=JWT_BEARER, assertion=signed)
    assert answered.status_code == 200, answered.text
    token = answered.json()["access_token"]
    result = who_is_there(server, token).json()["result"]["structuredContent"]
    assert "acme" in json.dumps(result)
    assert ask(server, app, grant_type=JWT_BEARER, assertion=signed).json()["error"] == "invalid_grant"
    subject = {"subject_token": token, "subject_token_type": ACCESS_TOKEN, "scope": "workspace:read"}
    derived = ask(server, gateway, grant_type=EXCHANGE, **subject).json()["access_token"]
    assert who_is_there(server, derived).status_code == 200
    httpx.post(
        f"{server.url}/oauth/revoke", data={"client_id": app[1], "client_secret": app[2], "token": token}, timeout=30
    )
    assert [who_is_there(server, dead).status_code for dead in (token, derived)] == [401, 401]
