"""How often one connection or API key may call /mcp (P-L1)."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.rate_limits import LimitName, check, forget_counts
from roboflow_auth.oauth.models import AccessToken, Connection
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.mcp_server.client import ERAS, McpClient
from tests.support.limits import set_limits, stand_on, wait_of
from tests.support.postgres import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@clause("P-L1.4", "P-L1.6")
@pytest.mark.parametrize("era", ERAS)
def test_a_connection_calls_so_often_and_another_one_goes_on(
    mcp: McpClient, settings: Any, alice_token: str, bob_token: str, era: str
) -> None:
    set_limits(settings, mcp="2/minute")
    assert [mcp.call("workspace_get", token=alice_token, era=era).status_code for _ in range(2)] == [200, 200]
    rows = AuditEvent.objects.count()
    refused = mcp.call("workspace_get", token=alice_token, era=era, headers={"Origin": "http://localhost:6274"})
    wait = wait_of(refused)
    assert refused.json() == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {
            "code": -32603,
            "message": f"Too many requests. Try again in {wait} s.",
            "data": {"code": "rate_limited", "retry_after_seconds": wait},
        },
    }
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
    assert "www-authenticate" not in refused.headers
    assert AuditEvent.objects.count() == rows
    assert mcp.call("workspace_get", token=bob_token, era=era).status_code == 200


def test_all_tokens_of_a_connection_share_one_count(mcp: McpClient, settings: Any, alice_token: str) -> None:
    set_limits(settings, mcp="1/minute")
    second = builders.make_token_of(Connection.objects.get())
    assert mcp.rpc("tools/list", token=alice_token).status_code == 200
    wait_of(mcp.rpc("tools/list", token=second))


def test_each_api_key_has_its_own_count(mcp: McpClient, settings: Any, alice: User, acme: Workspace) -> None:
    set_limits(settings, mcp="1/minute")
    one, other = (builders.make_api_key(alice, acme, ["workspace:read"]) for _ in range(2))
    assert mcp.rpc("tools/list", key=one).status_code == 200
    wait_of(mcp.rpc("tools/list", key=one))
    assert mcp.rpc("tools/list", key=other).status_code == 200


def test_a_credential_that_is_not_live_is_challenged_whatever_the_count(
    mcp: McpClient, settings: Any, alice_token: str
) -> None:
    set_limits(settings, mcp="1/minute")
    for _ in range(2):
        mcp.rpc("tools/list", token=alice_token)
    AccessToken.objects.all().delete()
    assert mcp.rpc("tools/list", token=alice_token).status_code == 401


@clause("P-L1.7")
def test_in_redis_calls_are_counted_for_all_processes(
    mcp: McpClient, settings: Any, alice_token: str, redis_url: str
) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
    stand_on(settings, redis_url)
    set_limits(settings, mcp="2/minute")
    connection = Connection.objects.get()
    # Another process, which is not an event loop.
    check(LimitName.MCP, f"connection:{connection.pk}")
    assert mcp.rpc("tools/list", token=alice_token).status_code == 200
    wait_of(mcp.rpc("tools/list", token=alice_token))
    forget_counts()
    wait_of(mcp.rpc("tools/list", token=alice_token))


def test_while_redis_is_away_calls_are_counted_by_the_process_alone(
    mcp: McpClient, settings: Any, alice_token: str
) -> None:
    stand_on(settings, f"redis://127.0.0.1:{free_port()}/0")
    set_limits(settings, mcp="2/minute")
    assert [mcp.rpc("tools/list", token=alice_token).status_code for _ in range(2)] == [200, 200]
    wait_of(mcp.rpc("tools/list", token=alice_token))
