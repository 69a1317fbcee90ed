"""The store on the event loop says what the ORM says, and a database that went away is a moment's trouble."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from mcp_server.store import POOL_NAME
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import Connection, Session
from roboflow_auth.oauth.principals import TOKEN_ROWS, find_principal, principal_of
from tests.clauses import clause
from tests.mcp_server.client import McpClient
from tests.support.patience import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_the_statement_finds_who_the_orm_finds(alice_token: str) -> None:
    checksums = [hash_secret(alice_token), "0" * 64]
    sql, parameters = TOKEN_ROWS.for_driver(checksums=checksums, resource="mcp", now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        [row] = cursor.fetchall()
    assert principal_of(dict(zip(names, row, strict=True))) == find_principal(alice_token, Resource.MCP)


def test_a_use_is_noted_once_a_minute(mcp: McpClient, alice_token: str) -> None:
    mcp.result("workspace_get", token=alice_token)
    # Nobody's answer waits for it.
    noted = eventually(lambda: Session.objects.get().last_used_at)
    assert eventually(lambda: Connection.objects.get().last_used_at) == noted
    mcp.result("workspace_get", token=alice_token)
    time.sleep(0.1)
    assert Session.objects.get().last_used_at == noted


def test_noting_a_use_waits_for_nobody_who_holds_the_connection(mcp: McpClient, alice_token: str) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"]) as other:
        # Whoever changes the connection meanwhile, such as the person who narrows it, holds nobody up.
        other.execute("SELECT 1 FROM oauth_connection FOR UPDATE")
        mcp.result("workspace_get", token=alice_token)
        eventually(lambda: Session.objects.get().last_used_at)
        assert Connection.objects.get().last_used_at is None


@clause("P-M6.1")
def test_each_of_many_calls_leaves_its_row_before_it_is_answered(mcp: McpClient, alice_token: str) -> None:
    def call(_: int) -> int:
        answer = mcp.call("workspace_get", token=alice_token)
        return AuditEvent.objects.filter(request_id=answer.headers["x-request-id"], outcome="allowed").count()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(call, range(64))) == [1] * 64
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.tool, event.workspace, event.via) == ("view_workspace", "workspace_get", "acme", "mcp")
    assert (event.actor_email, event.client_name, event.target) == ("alice@demo.local", "Test client", "acme")


def test_connections_that_were_cut_cost_one_503_each_at_the_most(mcp: McpClient, alice_token: str) -> None:
    mcp.result("workspace_get", token=alice_token)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND application_name = %s",
            [connection.settings_dict["NAME"], POOL_NAME],
        )
    statuses = [mcp.call("workspace_get", token=alice_token).status_code for _ in range(12)]
    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200


def test_a_row_that_can_not_be_written_is_no_answer(mcp: McpClient, alice_token: str) -> None:
    mcp.result("workspace_get", token=alice_token)
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"]) as other:
        other.execute("ALTER TABLE audit_auditevent ADD CONSTRAINT none_more CHECK (id < 0) NOT VALID")
        other.commit()
        try:
            answer = mcp.call("workspace_get", token=alice_token)
        finally:
            other.execute("ALTER TABLE audit_auditevent DROP CONSTRAINT none_more")
            other.commit()
    assert answer.status_code == 500
    assert "acme" not in answer.text.replace("acme_", "")
    assert answer.headers["x-request-id"] in answer.text
