"""How often one connection or API key may call the API (P-L1)."""

from __future__ import annotations

from typing import Any

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.api.client import ACME, ApiClient, problem_of, rows
from tests.clauses import clause
from tests.support.limits import set_limits, wait_of


@clause("P-L1.4", "P-L1.6")
def test_a_connection_calls_so_often_and_another_one_goes_on(
    as_alice: ApiClient, as_bob: ApiClient, settings: Any
) -> None:
    set_limits(settings, api="2/minute")
    for _ in range(2):
        as_alice.result("GET", ACME)
    left = rows()
    refused = as_alice.send("GET", ACME)
    wait = wait_of(refused)
    problem = problem_of(refused, 429)
    assert (problem["code"], problem["title"]) == ("rate_limited", "Too many requests")
    assert problem["detail"] == f"Too many requests. Try again in {wait} s."
    assert rows() == left
    as_bob.result("GET", ACME)


def test_refusals_count_too_and_come_before_the_body_is_read(as_bob: ApiClient, settings: Any) -> None:
    set_limits(settings, api="1/minute")
    as_bob.problem("GET", f"{ACME}/projects/none", status=404)
    as_bob.problem("POST", f"{ACME}/projects", b"{", status=429)


def test_each_api_key_has_its_own_count(alice: User, acme: Workspace, settings: Any) -> None:
    set_limits(settings, api="1/minute")
    one, other = (ApiClient(key=builders.make_api_key(alice, acme, WORKSPACE_SCOPES)) for _ in range(2))
    one.result("GET", ACME)
    one.problem("GET", ACME, status=429)
    other.result("GET", ACME)
