"""/api-keys and /api-keys/{key}."""

from __future__ import annotations

from typing import Any

import pytest

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.workspaces.models import Membership, Workspace
from tests import builders
from tests.api.client import ACME, ROOT, ApiClient, problem_of, rows
from tests.support.statements import at_most

KEYS = f"{ACME}/api-keys"
NEW_KEY = {"name": "Nightly export", "scopes": ["workspace:read", "project:read"], "expires_in_days": 30}


def test_a_key_is_made_once_shown_and_has_an_address_without_its_secret(as_alice: ApiClient) -> None:
    answer = as_alice.send("POST", KEYS, NEW_KEY)
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    made = answer.json()
    assert ApiClient(key=made["secret"]).result("GET", f"{ROOT}/me")["email"] == "alice@demo.local"
    shown = as_alice.send("GET", answer["Location"].removeprefix("http://testserver"))
    assert made["secret"] not in shown.content.decode() + str(list(AuditEvent.objects.values()))
    assert shown.json() == {**made["api_key"], "last_used_at": shown.json()["last_used_at"]}
    target = f"Nightly export (…{made['api_key']['hint']})"
    assert ("create_api_key", target, "allowed", "") in rows()


def test_keys_of_all_members_are_listed_newest_first(as_alice: ApiClient, alice: User, bob: User) -> None:
    acme = Workspace.objects.get(slug="acme")
    for user in (alice, bob):
        builders.make_api_key(user, acme, ["project:read"])
    found = as_alice.result("GET", KEYS)
    assert [key["made_by"] for key in found["api_keys"]] == ["bob@demo.local", "alice@demo.local"]
    assert as_alice.result("GET", f"{KEYS}?limit=1&offset=1")["total"] == 2


def test_a_list_of_many_keys_takes_the_statements_of_a_list_of_one(
    as_alice: ApiClient, alice: User, acme: Workspace
) -> None:
    as_alice.result("GET", KEYS)
    for _ in range(12):
        builders.make_api_key(alice, acme)
    # The caller, the keys, their number, the audit row.
    with at_most(4):
        assert as_alice.result("GET", KEYS)["total"] == 12


def test_a_key_is_renamed_narrowed_disabled_and_revoked(as_alice: ApiClient) -> None:
    made = as_alice.result("POST", KEYS, NEW_KEY, status=201)
    address, user = f"{KEYS}/{made['api_key']['id']}", ApiClient(key=made["secret"])
    assert as_alice.result("PATCH", address, {"name": "Weekly export"})["name"] == "Weekly export"
    as_alice.result("PATCH", address, {"scopes": ["project:read"]})
    assert user.problem("GET", f"{ROOT}/me", status=403)["code"] == "insufficient_scope"
    assert as_alice.result("PATCH", address, {"disabled": True})["state"] == "disabled"
    user.problem("GET", f"{ACME}/projects", status=401)
    as_alice.result("PATCH", address, {"disabled": False})
    user.result("GET", f"{ACME}/projects")
    for _ in range(2):
        assert as_alice.result("DELETE", address)["state"] == "revoked"
    user.problem("GET", f"{ACME}/projects", status=401)
    assert as_alice.problem("PATCH", address, {"disabled": False}, status=409)["code"] == "conflict"


@pytest.mark.parametrize("content", [
    {"name": ""},
    {"name": "x" * 121},
    {"name": "a\x00b"},
    {"name": "x", "scopes": []},
    {"name": "x", "scopes": ["unknown"]},
    {"name": "x", "scopes": ["project:read", ""]},
    {"name": "x", "scopes": {"a": 1}},
    {"name": "x", "scopes": "project:read"},
    {"name": "x", "expires_in_days": 366},
    {"name": "x", "expires_in_days": None},
    {"name": "x", "folder_ids": []},
    {},
])  # fmt: skip
def test_a_key_that_can_not_be_is_refused(as_alice: ApiClient, content: dict[str, Any]) -> None:
    problem = as_alice.problem("POST", KEYS, content, status=422)
    assert problem["code"] == "validation_error"
    assert all(not error["detail"].isdigit() for error in problem.get("errors", []))
    assert not ApiKey.objects.exists()


def test_a_token_makes_no_key_that_is_wider_than_itself(alice: User, acme: Workspace) -> None:
    token = builders.make_token(alice, acme, ["workspace:read", "api-key:create"], resource=Resource.API)
    problem = ApiClient(token).problem("POST", KEYS, NEW_KEY, status=422)
    assert "project:read" in problem["detail"]
    assert not ApiKey.objects.exists()


def test_a_key_can_do_what_its_makers_role_allows_now(bob: User, acme: Workspace) -> None:
    client = ApiClient(key=builders.make_api_key(bob, acme, ["project:read", "member:read"]))
    Membership.objects.filter(user=bob).update(role=RoleName.VIEWER)
    client.result("GET", f"{ACME}/members")
    Membership.objects.filter(user=bob).update(role=RoleName.LABELER)
    problem = client.problem("GET", f"{ACME}/members", status=403)
    assert problem["code"] == "permission_denied"
    client.result("GET", f"{ACME}/projects")


def test_a_labeler_and_a_stranger_get_at_no_key(
    as_bob: ApiClient, as_carol: ApiClient, alice: User, acme: Workspace
) -> None:
    builders.make_api_key(alice, acme)
    key_id = ApiKey.objects.get().pk
    calls = [("GET", KEYS), ("POST", KEYS), *((method, f"{KEYS}/{key_id}") for method in ("GET", "PATCH", "DELETE"))]
    for method, path in calls:
        answer = as_bob.send(method, path, NEW_KEY)
        assert problem_of(answer, 403)["code"] == "permission_denied"
        assert "WWW-Authenticate" not in answer
        as_carol.problem(method, path, NEW_KEY, status=404)
    own = f"{ROOT}/workspaces/carol/api-keys"
    assert as_carol.result("GET", own)["api_keys"] == []
    for method in ("GET", "PATCH", "DELETE"):
        as_carol.problem(method, f"{own}/{key_id}", {"disabled": True}, status=404)


@pytest.mark.parametrize("key_id", ["0", "-1", "9" * 30, "%00", "a", "1.5", "%D9%A3"])
def test_an_id_that_is_none_is_not_found(as_alice: ApiClient, key_id: str) -> None:
    as_alice.problem("GET", f"{KEYS}/{key_id}", status=404)
