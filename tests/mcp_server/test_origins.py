"""Hosts, origins and CORS (P-M5, P-X1, P-I3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clauses import clause
from tests.mcp_server.client import McpClient

PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


@clause("P-M5.4", "P-I3.2")
@pytest.mark.parametrize("host", ["evil.example", "testserver:81", "testserver.evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_host_is_refused(mcp: McpClient, host: str) -> None:
    answer = mcp.send(headers={"Host": host})
    assert answer.status_code == 403
    assert answer.json()["error"] == "invalid_host"
    assert "www-authenticate" not in answer.headers


def test_a_request_without_host_or_with_two_is_refused(mcp: McpClient) -> None:
    assert mcp.send(headers=[("Host", "testserver"), ("Host", "evil.example")]).status_code == 403

    sent: list[dict[str, Any]] = []

    async def request() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/mcp",
            "headers": [],
            "client": None,
            "query_string": b"",
        }
        await mcp.app(scope, receive, send)

    mcp.portal.call(request)
    assert sent[0]["status"] == 403


@clause("P-I3.1")
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST"])
def test_in_development_the_loopback_spelling_that_was_typed_stands_in_the_challenge(mcp: McpClient, host: str) -> None:
    answer = mcp.send(headers={"Host": host})
    assert answer.status_code == 401
    metadata = f"http://{host.lower()}/.well-known/oauth-protected-resource/mcp"
    assert f'resource_metadata="{metadata}"' in answer.headers["www-authenticate"]


@clause("P-I3.2")
def test_in_production_a_loopback_host_is_foreign(mcp: McpClient, settings: Any) -> None:
    settings.DEVELOPMENT = False
    assert mcp.send(headers={"Host": "127.0.0.1:8000"}).status_code == 403
    assert mcp.send().status_code == 401


@clause("P-M5.4", "P-X1.2", "MCP-HTTP-security-endpoint")
@pytest.mark.parametrize("origin", [
    "https://evil.example", "null", "", "http://localhost.evil.example", "http://localhost@evil.example", "file://",
    "http://localhost:80/path", "http://127.0.0.2", "https://app.example.evil.example",
])  # fmt: skip
def test_a_foreign_origin_is_refused_and_may_not_read_why(mcp: McpClient, settings: Any, origin: str) -> None:
    settings.MCP_ALLOWED_ORIGINS = ["https://app.example"]
    for method, headers in (("POST", {}), ("OPTIONS", PREFLIGHT)):
        answer = mcp.send(method, headers={"Origin": origin, **headers})
        assert answer.status_code == 403
        assert answer.json()["error"] == "invalid_origin"
        assert "access-control-allow-origin" not in answer.headers


@clause("P-X1.2")
@pytest.mark.parametrize("origin", [
    "http://localhost", "http://localhost:5173", "https://127.0.0.1:8443", "http://[::1]:3000", "https://app.example",
    "http://testserver",
])  # fmt: skip
def test_a_known_origin_may_read_the_challenge(mcp: McpClient, settings: Any, origin: str) -> None:
    settings.MCP_ALLOWED_ORIGINS = ["https://app.example"]
    answer = mcp.send(headers={"Origin": origin})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["vary"] == "Origin"
    assert answer.headers["access-control-expose-headers"] == (
        "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After, DPoP-Nonce"
    )
    assert "access-control-allow-credentials" not in answer.headers


@clause("P-X1.2")
def test_a_preflight_is_answered_without_credential(mcp: McpClient) -> None:
    answer = mcp.send("OPTIONS", headers={"Origin": "http://localhost:5173", **PREFLIGHT})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"].split(", ") == [
        "authorization", "dpop", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-session-id",
        "last-event-id",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_answers_of_the_sdk_have_the_same_headers(mcp: McpClient, alice_token: str) -> None:
    answer = mcp.rpc("tools/list", token=alice_token, headers={"Origin": "http://localhost:5173"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "access-control-allow-origin" not in mcp.rpc("tools/list", token=alice_token).headers
    assert mcp.rpc("tools/list", token=alice_token).headers["vary"] == "Origin"
