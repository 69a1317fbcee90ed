"""The step-up challenge, and what must not get past the door (P-M3, P-M6, P-M7)."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from mcp_types import CLIENT_CAPABILITIES_META_KEY, PROTOCOL_VERSION_META_KEY
from starlette.types import Receive, Scope, Send

from mcp_server.door import Door
from mcp_server.store import Store
from roboflow_auth.access.catalogue import BASELINE
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AccessToken, Connection
from roboflow_auth.projects.models import Project
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.mcp_server.client import ERAS, HANDSHAKE_ERA, MODERN, McpClient, credential

NEW_PROJECT = {"project_name": "Bins", "project_type": "object-detection", "annotation": "bins"}
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}

pytestmark = pytest.mark.django_db(transaction=True)


@clause("P-M3.1", "RFC6750-3.1")
@pytest.mark.parametrize("era", ERAS)
def test_a_call_that_lacks_a_scope_is_challenged_for_it_and_works_after_the_step_up(
    mcp: McpClient, alice: User, acme: Workspace, era: str
) -> None:
    token = builders.make_token(alice, acme, ["project:read", "offline_access"])
    answer = mcp.call("projects_create", NEW_PROJECT, token=token, era=era)
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == (
        'Bearer resource_metadata="http://testserver/.well-known/oauth-protected-resource/mcp", '
        'scope="offline_access project:create project:read", error="insufficient_scope", '
        'error_description="This needs the scope project:create."'
    )
    assert answer.json() == {
        "jsonrpc": "2.0",
        "id": 1,
        "error": {
            "code": -32600,
            "message": "This needs the scope project:create.",
            "data": {"code": "insufficient_scope", "scope": "offline_access project:create project:read"},
        },
    }
    assert not Project.objects.exists()
    wider = "project:read project:create offline_access"
    Connection.objects.update(scope=wider)
    AccessToken.objects.update(scope=wider)
    assert mcp.result("projects_create", NEW_PROJECT, token=token, era=era)["name"] == "Bins"
    assert list(AuditEvent.objects.filter(via="mcp").order_by("id").values_list("action", "outcome", "reason")) == [
        ("create_project", "refused", "missing_scope"),
        ("create_project", "allowed", ""),
    ]


@clause("P-G2.1", "P-M3.1")
def test_a_scope_that_the_connection_lost_is_lacking_too(mcp: McpClient, alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme, ["project:read", "project:create"])
    Connection.objects.update(scope="project:read")
    answer = mcp.call("projects_create", NEW_PROJECT, token=token)
    assert answer.status_code == 403
    assert 'scope="project:create project:read"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "header, value",
    [("Mcp-Name", "projects_list"), ("Mcp-Method", "tools/list"), ("MCP-Protocol-Version", "2099-01-01")],
)
def test_no_challenge_for_a_request_whose_headers_say_something_else_than_its_body(
    mcp: McpClient, alice: User, acme: Workspace, header: str, value: str
) -> None:
    token = builders.make_token(alice, acme, ["project:read", "offline_access"])
    answer = mcp.call("projects_create", NEW_PROJECT, token=token, headers={header: value})
    assert answer.status_code == 400
    # HeaderMismatch
    assert answer.json()["error"]["code"] == -32020
    assert "www-authenticate" not in answer.headers
    assert [event.outcome for event in AuditEvent.objects.filter(via="mcp")] == ["refused"]


def test_no_challenge_for_a_request_that_names_two_tools_in_its_headers(
    mcp: McpClient, alice: User, acme: Workspace
) -> None:
    meta = {PROTOCOL_VERSION_META_KEY: MODERN, CLIENT_CAPABILITIES_META_KEY: {}}
    params = {"name": "projects_create", "arguments": NEW_PROJECT, "_meta": meta}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    token = builders.make_token(alice, acme, ["project:read", "offline_access"])
    sent = JSON | credential(token) | {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call"}
    names = [("Mcp-Name", "projects_list"), ("Mcp-Name", "projects_create")]
    answer = mcp.send(headers=[*sent.items(), *names], content=json.dumps(message))
    assert answer.status_code == 400
    # HeaderMismatch
    assert answer.json()["error"]["code"] == -32020


@clause("P-M3.2")
def test_no_challenge_for_what_the_role_does_not_allow(mcp: McpClient, bob: User, acme: Workspace) -> None:
    for scopes in (BASELINE, [*BASELINE, "project:create"]):
        error = mcp.error("projects_create", NEW_PROJECT, token=builders.make_token(bob, acme, scopes))
        assert error["code"] == "permission_denied"
        assert "labeler" in error["message"]
        assert "project:create" not in error["message"] + error["hint"]
        assert "owner" in error["hint"]


def test_an_api_key_is_told_about_the_scope_and_not_challenged(mcp: McpClient, alice: User, acme: Workspace) -> None:
    error = mcp.error("projects_create", NEW_PROJECT, key=builders.make_api_key(alice, acme, ["project:read"]))
    assert error == {
        "code": "insufficient_scope",
        "message": "This needs the scope project:create.",
        "hint": "This API key was made without it. Use a key that carries it.",
    }


@clause("P-M3.3")
def test_a_stranger_learns_nothing_from_the_challenge(mcp: McpClient, carol_token: str) -> None:
    assert mcp.error("projects_get", {"project_id": "acme/shelves"}, token=carol_token)["code"] == "not_found"


# Whether it is a call, and a body that is none or not well-formed.
MALFORMED = [
    *((False, body) for body in (b"", b"{", b"null", b"1", b'"x"', b"[]", b"{}", b"\xff\xfe", b'"\\ud800"')),
    (False, b"[" * 5000),
    (False, b"9" * 5000),
    (False, b'{"a": ' * 300 + b"1" + b"}" * 300),
    (False, b'{"jsonrpc": "2.0", "id": NaN, "method": "tools/call"}'),
    (False, b'[{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "projects_list"}}]'),
    (True, b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}'),
    (True, b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": []}'),
    (True, b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": ["projects_list"]}}'),
    (True, b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "trash_list", "arguments": 1}}'),
    (True, b'{"jsonrpc": "2.0", "id": true, "method": "tools/call", "params": {"name": "projects_list"}}'),
    (True, b'{"jsonrpc": "1.0", "id": 1, "method": "tools/call", "params": {"name": "projects_list"}}'),
]


@clause("P-L2.2")
@pytest.mark.parametrize("era", [None, *ERAS])
def test_a_malformed_body_is_refused_and_nothing_breaks(mcp: McpClient, alice_token: str, era: str | None) -> None:
    headers = JSON | credential(alice_token) | ({"MCP-Protocol-Version": era} if era else {})
    for is_call, body in MALFORMED:
        answer = mcp.send(headers=headers, content=body)
        assert 200 <= answer.status_code < 500, body
        assert answer.status_code != 200 or "error" in answer.json(), body
        assert "Traceback" not in answer.text
        recorded = AuditEvent.objects.filter(request_id=answer.headers["x-request-id"])
        assert [event.outcome for event in recorded] == ["refused"] * is_call, body


@pytest.mark.parametrize("era", HANDSHAKE_ERA)
def test_a_call_sent_as_a_notification_is_not_made(mcp: McpClient, alice: User, acme: Workspace, era: str) -> None:
    token = builders.make_token(alice, acme, [*BASELINE, "project:create"])
    message = {
        "jsonrpc": "2.0",
        "method": "tools/call",
        "params": {"name": "projects_create", "arguments": NEW_PROJECT},
    }
    headers = JSON | credential(token) | {"MCP-Protocol-Version": era}
    assert mcp.send(headers=headers, content=json.dumps(message)).status_code == 202
    assert not Project.objects.exists()
    assert [event.outcome for event in AuditEvent.objects.filter(via="mcp")] == ["refused"]


def break_database(broken: pytest.MonkeyPatch, error: Exception) -> None:
    """Let every statement end in `error`, those of Django's threads and those of the event loop."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    broken.setattr(CursorWrapper, "execute", fail)
    broken.setattr(psycopg.AsyncConnection, "execute", fail)


def test_while_the_database_is_away_the_answer_is_503_without_details(
    mcp: McpClient, alice_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        break_database(broken, OperationalError("connection to 10.0.0.7 refused"))
        answer = mcp.rpc("tools/list", token=alice_token)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["error"]["message"] == "The service is temporarily unavailable. Try again."
    assert "10.0.0.7" not in answer.text


@clause("P-M7.2")
def test_a_fault_of_ours_is_told_by_its_reference_only(
    mcp: McpClient,
    alice_token: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as broken:
        break_database(broken, ZeroDivisionError("a private detail"))
        answer = mcp.rpc("tools/list", token=alice_token)
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.json()["error_description"]
    assert "private" not in answer.text
    # P-M7: the log has the fault, and still not the token.
    assert "a private detail" in caplog.text
    assert alice_token not in caplog.text + "".join(capfd.readouterr())


def test_a_malformed_call_that_cannot_be_written_down_is_still_answered(
    mcp: McpClient, alice_token: str, caplog: pytest.LogCaptureFixture
) -> None:
    execute = CursorWrapper.execute

    def fail_to_write(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        if str(sql).startswith("INSERT"):
            raise OperationalError("the disk is full")
        return execute(self, sql, params)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(CursorWrapper, "execute", fail_to_write)
        answer = mcp.rpc("tools/call", {"name": None}, token=alice_token)
    assert answer.json()["error"]["code"] == -32602
    assert "could not be written to the audit log" in caplog.text


def test_a_fault_within_an_answer_does_not_start_another(mcp: McpClient, alice_token: str) -> None:
    async def half_an_answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise ZeroDivisionError

    sent: list[str] = []

    async def request() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"{}"}

        async def send(message: Any) -> None:
            sent.append(f"{message['type']} {message.get('status', '')}".strip())

        headers = [
            (b"host", b"testserver"),
            (b"authorization", f"Bearer {alice_token}".encode()),
            (b"content-type", b"application/json"),
        ]
        store = Store()
        async with store.running():
            await Door(half_an_answer, store)(
                {"type": "http", "method": "POST", "path": "/mcp", "headers": headers}, receive, send
            )

    mcp.portal.call(request)
    assert sent == ["http.response.start 200", "http.response.body"]


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/jsonx", "application/x-www-form-urlencoded"])
@pytest.mark.django_db(transaction=True)
def test_a_body_that_does_not_call_itself_json_is_refused_in_json(
    mcp: McpClient, alice_token: str, media_type: str
) -> None:
    answer = mcp.send(headers={**credential(alice_token), "Content-Type": media_type}, content="{}")
    assert answer.status_code == 415
    assert answer.json()["error"] == "invalid_request"
