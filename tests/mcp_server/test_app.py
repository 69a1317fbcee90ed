"""The application, its lifespan, and what stands beside it (P-M5)."""

from __future__ import annotations

import pytest

from mcp_server.app import build_app
from tests.clauses import clause
from tests.mcp_server.client import McpClient, running


@pytest.mark.django_db(transaction=True)
def test_a_server_may_start_the_application_again(mcp: McpClient, alice_token: str) -> None:
    app = build_app()
    client = McpClient(mcp.portal, app)
    for _ in range(2):
        with mcp.portal.wrap_async_context_manager(running(app)):
            assert client.rpc("tools/list", token=alice_token).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_lifespan_the_service_is_unavailable(mcp: McpClient, alice_token: str) -> None:
    answer = McpClient(mcp.portal, build_app()).rpc("tools/list", token=alice_token)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["error"]["data"] == {"code": "temporarily_unavailable"}


@pytest.mark.django_db(transaction=True)
def test_a_trailing_slash_is_the_same_address(mcp: McpClient, alice_token: str) -> None:
    assert mcp.rpc("tools/list", token=alice_token, path="/mcp/").status_code == 200


@pytest.mark.parametrize("path", ["/mcp/.well-known/openid-configuration", "/mcpx", "/mcp/x"])
@pytest.mark.django_db(transaction=True)
def test_everything_else_goes_to_django(mcp: McpClient, path: str) -> None:
    answer = mcp.send("GET", path=path)
    assert answer.status_code in {200, 404}
    assert "www-authenticate" not in answer.headers


@clause("P-M5.3")
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT", "PATCH"])
@pytest.mark.django_db(transaction=True)
def test_whoever_is_known_learns_that_only_post_is_answered(mcp: McpClient, alice_token: str, method: str) -> None:
    answer = mcp.send(method, headers={"Authorization": f"Bearer {alice_token}", "Accept": "text/event-stream"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    if method != "HEAD":
        assert answer.json()["error"] == "method_not_allowed"
