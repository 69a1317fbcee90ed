"""Parameters that have the wrong form: a refusal that names them, never a fault, never a guess."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roboflow_auth.projects.models import Project
from tests.api.client import ACME, ROOT, ApiClient, rows

PROJECTS = f"{ACME}/projects"


@pytest.mark.parametrize("value", [
    "0", "-1", "201", "1e3", "abc", "1.5", "9" * 30, "9" * 5000, "null", "true", "0x10", "%C3%A9",
])  # fmt: skip
def test_a_limit_that_cannot_be_is_refused_by_its_name(as_alice: ApiClient, value: str) -> None:
    problem = as_alice.problem("GET", f"{PROJECTS}?limit={value}", status=422)
    assert problem["code"] == "validation_error"
    assert [error["field"] for error in problem["errors"]] == ["limit"]


def test_an_empty_parameter_is_none(as_alice: ApiClient) -> None:
    assert as_alice.result("GET", f"{PROJECTS}?limit=&offset=")["limit"] == 50


@pytest.mark.parametrize("value", ["-1", "abc", "9" * 30, "1000001"])
def test_an_offset_that_cannot_be_is_refused_by_its_name(as_alice: ApiClient, value: str) -> None:
    problem = as_alice.problem("GET", f"{PROJECTS}?offset={value}", status=422)
    assert [error["field"] for error in problem["errors"]] == ["offset"]


def test_an_offset_behind_the_end_finds_nothing(as_alice: ApiClient, shelves: Project) -> None:
    found = as_alice.result("GET", f"{PROJECTS}?limit=200&offset=1000000")
    assert (found["projects"], found["total"]) == ([], 1)


@pytest.mark.parametrize("path", [f"{ROOT}/me", ACME, PROJECTS, f"{PROJECTS}/shelves", f"{ACME}/trash"])
def test_an_unknown_parameter_is_refused_by_its_name(as_alice: ApiClient, shelves: Project, path: str) -> None:
    problem = as_alice.problem("GET", f"{path}?verbose=1", status=422)
    assert problem["errors"] == [{"field": "verbose", "detail": "There is no such field."}]
    assert rows()[0][2:] == ("refused", "invalid")


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=%FF", "limit=%00", "%00=1", "&".join(["a=1"] * 300)])
def test_a_query_that_cannot_be_read_is_a_bad_request(as_alice: ApiClient, query: str) -> None:
    assert as_alice.problem("GET", f"{PROJECTS}?{query}", status=400)["code"] == "invalid_request"


def test_a_change_takes_no_parameters(as_alice: ApiClient, shelves: Project) -> None:
    as_alice.problem("DELETE", f"{PROJECTS}/shelves?permanent=true", status=422)
    assert Project.objects.get().deleted_at is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.text(alphabet=st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=40))
def test_no_query_is_a_fault(as_alice: ApiClient, raw: str) -> None:
    query = raw.replace("#", "").replace("?", "")
    for path in (PROJECTS, f"{ACME}/audit-log", f"{PROJECTS}/absent/images"):
        assert as_alice.send("GET", f"{path}?{query}").status_code in {200, 400, 404, 422}
