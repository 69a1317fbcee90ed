"""One row for every call, and no fault of ours on the wire (P-M3, P-M6, P-M7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import AsyncConnection

from mcp_server.caller import Caller
from mcp_server.registry import find_tool, tool
from roboflow_auth.access.principal import Principal
from roboflow_auth.access.vocabulary import Action
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.audit.recorder import digest_arguments, record
from roboflow_auth.core.errors import Conflict
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import AccessToken, Session
from roboflow_auth.projects.models import Project
from roboflow_auth.projects.shapes import ProjectView
from roboflow_auth.workspaces.models import Workspace
from roboflow_auth.workspaces.selectors import view_caller
from roboflow_auth.workspaces.shapes import CallerView
from tests import builders
from tests.clauses import clause
from tests.mcp_server.client import ERAS, McpClient
from tests.oauth.assertions import KEY
from tests.oauth.proofs import bound, jkt_of
from tests.support.patience import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def lose_the_database(*_: Any, **__: Any) -> None:
    """Stand in for a cursor whose connection is gone."""
    raise OperationalError("connection to 10.0.0.7 refused")


def rows() -> list[tuple[str, str, str, str]]:
    """Return action, tool, outcome and reason of the calls, in order."""
    events = AuditEvent.objects.filter(via="mcp").order_by("id")
    return list(events.values_list("action", "tool", "outcome", "reason"))


@clause("P-M6.1")
@pytest.mark.parametrize("era", ERAS)
def test_an_allowed_call_leaves_one_row_that_tells_all_but_values(
    mcp: McpClient, alice: User, alice_token: str, shelves: ProjectView, era: str
) -> None:
    arguments = {"project_id": shelves.id}
    answer = mcp.call("projects_get", arguments, token=alice_token, era=era)
    [event] = AuditEvent.objects.filter(via="mcp")
    assert (event.action, event.tool, event.outcome) == ("view_project", "projects_get", "allowed")
    assert (event.workspace, event.actor_email, event.target) == ("acme", alice.email, "acme/shelves")
    assert event.client_name == "Test client"
    assert event.client_id
    assert event.connection_id
    assert event.session_id
    assert event.address == "127.0.0.1"
    assert event.arguments_digest == digest_arguments(arguments)
    assert event.request_id == answer.headers["x-request-id"]


def test_an_api_keys_call_names_the_key(mcp: McpClient, alice: User, acme: Workspace) -> None:
    mcp.result("workspace_get", key=builders.make_api_key(alice, acme))
    [event] = AuditEvent.objects.filter(via="mcp")
    assert event.api_key_id
    assert event.client_id == ""


@clause("P-M6.1")
@pytest.mark.parametrize("era", ERAS)
def test_every_refusal_leaves_one_row(
    mcp: McpClient, alice_token: str, bob_token: str, carol_token: str, shelves: ProjectView, era: str
) -> None:
    mcp.error("projects_delete", {"project_id": shelves.id}, token=bob_token, era=era)
    mcp.error("projects_get", {"project_id": shelves.id}, token=carol_token, era=era)
    mcp.error("projects_get", {"project": shelves.id}, token=alice_token, era=era)
    mcp.call("x" * 300 + "\x00", token=alice_token, era=era)
    assert rows() == [
        ("delete_project", "projects_delete", "refused", "role"),
        ("view_project", "projects_get", "refused", "not_found"),
        ("view_project", "projects_get", "refused", "invalid"),
        ("call_tool", "unknown", "refused", "invalid"),
    ]


@pytest.mark.parametrize(("arguments", "word"), [
    ({}, "project_id: Field required"),
    ({"project_id": 7}, "project_id: Input should be a valid string"),
    ({"project_id": None}, "project_id"),
    ({"project_id": "acme/shelves", "verbose": True}, "verbose: Extra inputs are not permitted"),
    ({"project_id": "acme/\x00"}, "NUL"),
])  # fmt: skip
def test_wrong_arguments_are_named_to_the_model(
    mcp: McpClient, alice_token: str, arguments: dict[str, Any], word: str
) -> None:
    error = mcp.error("projects_get", arguments, token=alice_token)
    assert error["code"] == "validation_error"
    assert word in error["message"]


def test_a_role_that_may_not_do_it_is_not_asked_to_correct_arguments(mcp: McpClient, bob_token: str) -> None:
    assert mcp.error("projects_create", {}, token=bob_token)["code"] == "permission_denied"


@clause("P-M7.2")
@pytest.mark.parametrize("era", ERAS)
def test_a_fault_of_ours_is_told_by_its_reference_only(
    mcp: McpClient, alice_token: str, own_tools: None, caplog: pytest.LogCaptureFixture, era: str
) -> None:
    @tool(Action.VIEW_WORKSPACE)
    def broken(caller: Caller) -> CallerView:
        """Break."""
        raise ZeroDivisionError("a private detail")

    answer = mcp.call("broken", token=alice_token, era=era)
    result = answer.json()["result"]
    assert result["isError"]
    assert answer.headers["x-request-id"] in result["structuredContent"]["hint"]
    assert "private" not in answer.text
    assert "a private detail" in caplog.text
    assert answer.headers["x-request-id"] in caplog.text
    assert alice_token not in caplog.text
    assert rows() == [("view_workspace", "broken", "failed", "internal")]


def test_a_change_that_was_undone_after_its_row_leaves_the_row_of_the_failure(
    mcp: McpClient, alice_token: str, own_tools: None, caplog: pytest.LogCaptureFixture
) -> None:
    @tool(Action.CREATE_PROJECT)
    def undone(caller: Caller) -> CallerView:
        """Record, then fail within the transaction."""
        with transaction.atomic():
            record(caller, Action.CREATE_PROJECT)
            raise RuntimeError

    @tool(Action.CREATE_PROJECT)
    def refused(caller: Caller) -> CallerView:
        """Record, then refuse within the transaction."""
        with transaction.atomic():
            record(caller, Action.CREATE_PROJECT)
            raise Conflict("Somebody else did it.")

    mcp.call("undone", token=alice_token)
    assert mcp.error("refused", token=alice_token)["code"] == "conflict"
    assert rows() == [
        ("create_project", "undone", "failed", "internal"),
        ("create_project", "refused", "refused", "conflict"),
    ]


def test_a_row_that_stands_is_not_followed_by_another(mcp: McpClient, alice_token: str, own_tools: None) -> None:
    @tool(Action.VIEW_WORKSPACE)
    def seen_then_refused(caller: Caller) -> CallerView:
        """Record, then refuse."""
        view_caller(caller)
        raise Conflict("Too late.")

    mcp.error("seen_then_refused", token=alice_token)
    assert rows() == [("view_workspace", "seen_then_refused", "allowed", "")]


def test_a_tool_whose_service_writes_no_row_leaves_one(mcp: McpClient, alice_token: str, own_tools: None) -> None:
    @tool(Action.VIEW_WORKSPACE)
    def silent(caller: Caller) -> CallerView:
        """Say nothing."""
        return CallerView("acme", "Acme", "", "", [], [])

    mcp.result("silent", token=alice_token)
    assert rows() == [("view_workspace", "silent", "allowed", "")]


@pytest.mark.parametrize("era", ERAS)
def test_while_the_database_is_away_the_client_is_told_to_try_again(
    mcp: McpClient, alice_token: str, own_tools: None, era: str
) -> None:
    @tool(Action.VIEW_WORKSPACE)
    def away(caller: Caller) -> CallerView:
        """Lose the database."""
        raise OperationalError("connection to 10.0.0.7 refused")

    answer = mcp.call("away", token=alice_token, era=era)
    assert answer.json()["error"] == {
        "code": -32603,
        "message": "The service is temporarily unavailable. Try again.",
        "data": {"code": "temporarily_unavailable", "retry_after_seconds": 1},
    }
    assert rows() == [("view_workspace", "away", "failed", "internal")]


def test_where_not_even_the_row_can_be_written_the_log_says_so(
    mcp: McpClient, alice_token: str, own_tools: None, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:

        @tool(Action.VIEW_WORKSPACE)
        def away(caller: Caller) -> CallerView:
            """Lose the database for good."""
            monkeypatch.setattr(CursorWrapper, "execute", lose_the_database)
            return view_caller(caller)

        error = mcp.call("away", token=alice_token).json()["error"]
    assert error["code"] == -32603
    assert "could not be written to the audit log" in caplog.text
    assert rows() == []


@clause("P-M7.1")
def test_the_tool_gets_a_principal_and_never_the_token(mcp: McpClient, alice_token: str, own_tools: None) -> None:
    seen: list[Any] = []

    @tool(Action.VIEW_WORKSPACE)
    def looks_around(caller: Caller) -> CallerView:
        """Look at what there is."""
        seen.append(caller)
        return view_caller(caller)

    mcp.result("looks_around", token=alice_token)
    [principal] = seen
    assert type(principal) is Principal
    assert alice_token not in repr(principal)


def test_a_call_costs_one_statement_before_the_tool_and_one_after_and_a_proof_one_more(
    mcp: McpClient, alice_token: str, alice: User, acme: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = builders.make_api_key(alice, acme)
    bound_token = builders.make_token(alice, acme)
    AccessToken.objects.filter(token_checksum=hash_secret(bound_token)).update(dpop_jkt=jkt_of(KEY))
    statements: list[str] = []
    execute, execute_on_loop = CursorWrapper.execute, AsyncConnection.execute

    def count(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        statements.append(str(sql))
        return execute(self, sql, params)

    async def count_on_loop(self: AsyncConnection[Any], sql: Any, *rest: Any, **options: Any) -> Any:
        statements.append(str(sql))
        return await execute_on_loop(self, sql, *rest, **options)

    credentials: list[tuple[Callable[[], dict[str, Any]], list[str]]] = [
        (lambda: {"token": alice_token}, ["SELECT", "INSERT"]),
        (lambda: {"key": key}, ["SELECT", "INSERT"]),
        (lambda: {"headers": bound(bound_token, KEY)}, ["SELECT", "INSERT", "INSERT"]),
    ]
    # The first call within a minute also notes that the credential was used, some time after it was answered.
    for credential, _ in credentials:
        mcp.result("workspace_get", **credential())
    eventually(lambda: not Session.objects.filter(last_used_at=None).exists())
    for credential, expected in credentials:
        with monkeypatch.context() as counting:
            counting.setattr(CursorWrapper, "execute", count)
            counting.setattr(AsyncConnection, "execute", count_on_loop)
            mcp.result("workspace_get", **credential())
        own = [sql for sql in statements if not sql.startswith(("PRAGMA", "BEGIN", "SET ", "SELECT set_config"))]
        assert [sql.split()[0] for sql in own] == expected, own
        statements.clear()


def test_tools_are_plain_functions(alice_principal: Principal, shelves: ProjectView) -> None:
    found = find_tool("projects_get")
    assert found is not None
    assert found.function(alice_principal, shelves.id) == shelves
    assert Project.objects.count() == 1


def test_an_answers_text_says_what_its_structure_says(mcp: McpClient, alice_token: str, shelves: ProjectView) -> None:
    # Clients before 2025-06-18 know no structured content.
    result = mcp.call("projects_get", {"project_id": shelves.id}, token=alice_token, era="2025-03-26").json()["result"]
    assert json.loads(result["content"][0]["text"])["id"] == "acme/shelves"
    structured = mcp.result("projects_get", {"project_id": shelves.id}, token=alice_token)
    assert json.loads(result["content"][0]["text"]) == structured
