"""/me, /workspaces/{workspace} and its members."""

from __future__ import annotations

from datetime import datetime

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.api.client import ACME, ROOT, ApiClient, problem_of, rows


def test_me_says_who_where_and_what_may_be_done(bob: User, acme: Workspace) -> None:
    scopes = ["workspace:read", "project:read", "project:create"]
    client = ApiClient(token=builders.make_token(bob, acme, scopes, resource=Resource.API))
    me = client.result("GET", f"{ROOT}/me")
    assert me == {
        "workspace": "acme",
        "workspace_name": "Acme Robotics",
        "email": "bob@demo.local",
        "role": "labeler",
        "granted_scopes": sorted(scopes),
        "effective_actions": ["view_project", "view_workspace"],
    }
    assert rows() == [("view_workspace", "acme", "allowed", "")]


def test_an_allowed_calls_row_tells_all_but_values(as_alice: ApiClient, alice: User) -> None:
    answer = as_alice.send("GET", f"{ROOT}/me")
    [event] = AuditEvent.objects.filter(via="api")
    assert (event.workspace, event.actor_email, event.client_name) == ("acme", alice.email, "Test client")
    assert (event.request_id, event.address) == (answer["X-Request-Id"], "127.0.0.1")
    assert event.arguments_digest
    assert event.connection_id
    assert event.session_id


def test_a_workspace_is_shown_to_its_members(as_alice: ApiClient, as_bob: ApiClient) -> None:
    found = as_alice.result("GET", ACME)
    assert (found["slug"], found["name"]) == ("acme", "Acme Robotics")
    assert datetime.fromisoformat(found["created_at"]).utcoffset() is not None
    assert as_bob.result("GET", ACME) == found


def test_head_is_a_get_without_the_body(as_alice: ApiClient) -> None:
    answer = as_alice.send("HEAD", ACME)
    assert (answer.status_code, answer.content) == (200, b"")
    assert rows() == [("view_workspace", "acme", "allowed", "")]


def test_members_are_listed_in_the_order_in_which_they_joined(as_alice: ApiClient) -> None:
    found = as_alice.result("GET", f"{ACME}/members")
    assert [(row["email"], row["role"]) for row in found["members"]] == [
        ("alice@demo.local", "owner"),
        ("bob@demo.local", "labeler"),
    ]
    assert (found["total"], found["limit"], found["offset"]) == (2, 50, 0)
    assert rows() == [("view_member", "acme", "allowed", "")]


def test_members_come_in_pages(as_alice: ApiClient) -> None:
    found = as_alice.result("GET", f"{ACME}/members?limit=1&offset=1")
    assert [row["email"] for row in found["members"]] == ["bob@demo.local"]
    assert (found["total"], found["limit"], found["offset"]) == (2, 1, 1)


def test_a_labeler_does_not_see_who_else_is_there(as_bob: ApiClient) -> None:
    answer = as_bob.send("GET", f"{ACME}/members")
    assert problem_of(answer, 403)["code"] == "permission_denied"
    assert "WWW-Authenticate" not in answer


def test_a_stranger_sees_her_own_workspace_only(as_carol: ApiClient, acme: Workspace) -> None:
    assert as_carol.result("GET", f"{ROOT}/me")["workspace"] == "carol"
    as_carol.problem("GET", ACME, status=404)
    as_carol.problem("GET", f"{ACME}/members", status=404)
    members = as_carol.result("GET", f"{ROOT}/workspaces/carol/members")["members"]
    assert [row["email"] for row in members] == ["carol@demo.local"]
