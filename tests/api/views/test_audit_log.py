"""/audit-log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from roboflow_auth.projects.models import Project
from tests.api.client import ACME, NEW_PROJECT, ApiClient, problem_of, rows

LOG = f"{ACME}/audit-log"


def names(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return who, what and how it ended of the entries that came through the API."""
    events = [event for event in found["events"] if event["via"] == "api"]
    return [(event["actor_email"].partition("@")[0], event["action"], event["outcome"]) for event in events]


def test_what_was_done_and_refused_is_there_newest_first(
    as_alice: ApiClient, as_bob: ApiClient, shelves: Project
) -> None:
    as_alice.result("GET", ACME)
    as_bob.problem("POST", f"{ACME}/projects", NEW_PROJECT, status=403)
    found = as_alice.result("GET", LOG)
    assert names(found) == [("bob", "create_project", "refused"), ("alice", "view_workspace", "allowed")]
    assert datetime.fromisoformat(found["events"][0]["occurred_at"]).utcoffset() is not None
    assert rows()[-1] == ("view_audit_log", "", "allowed", "")


def test_the_cursor_leads_through_all_pages(as_alice: ApiClient, acme: object) -> None:
    for _ in range(3):
        as_alice.result("GET", ACME)
    seen: list[int] = []
    after = ""
    while True:
        found = as_alice.result("GET", f"{LOG}?action=view_workspace&limit=2&after={after}")
        seen += [event["id"] for event in found["events"]]
        after = found["after"]
        if not after:
            break
    assert len(seen) == 3
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(("query", "expected"), [
    ("actor_email=BOB@demo.local", [("bob", "create_project", "refused")]),
    ("action=view_workspace", [("alice", "view_workspace", "allowed")]),
    ("outcome=refused", [("bob", "create_project", "refused")]),
    ("actor_email=alice@demo.local&outcome=refused", []),
    ("action=absent", []),
])  # fmt: skip
def test_every_condition_finds_its_entries(
    as_alice: ApiClient, as_bob: ApiClient, query: str, expected: list[tuple[str, str, str]]
) -> None:
    as_alice.result("GET", ACME)
    as_bob.problem("POST", f"{ACME}/projects", NEW_PROJECT, status=403)
    assert names(as_alice.result("GET", f"{LOG}?{query}")) == expected


@pytest.mark.parametrize("query", [
    "after=x", "after=-1", "after=" + "9" * 40, "after=%D9%A1", "outcome=perhaps", "limit=0",
    "actor_email=" + "x" * 255, "offset=1",
])  # fmt: skip
def test_a_condition_that_cannot_be_is_refused(as_alice: ApiClient, query: str) -> None:
    assert as_alice.problem("GET", f"{LOG}?{query}", status=422)["code"] == "validation_error"
    assert rows() == [("view_audit_log", "acme", "refused", "invalid")]


def test_a_labeler_may_not_read_the_log(as_bob: ApiClient) -> None:
    answer = as_bob.send("GET", LOG)
    assert problem_of(answer, 403)["code"] == "permission_denied"
    assert "WWW-Authenticate" not in answer


def test_to_a_stranger_the_log_is_absent(as_carol: ApiClient, acme: object) -> None:
    as_carol.problem("GET", LOG, status=404)
