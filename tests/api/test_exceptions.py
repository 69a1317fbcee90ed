"""Whatever goes wrong is problem details (RFC 9457), tells nothing private, and leaves one row."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper

from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.oauth.models import AccessToken
from tests.api.client import ACME, NEW_PROJECT, ROOT, ApiClient, problem_of, rows

FAILING = f"{ROOT}/failing"
OWN_URLS = pytest.mark.urls("tests.api.failing_urls")


def test_a_problem_has_the_members_of_rfc_9457_and_ours(as_alice: ApiClient) -> None:
    answer = as_alice.send("GET", f"{ACME}/projects/absent")
    request_id = answer["X-Request-Id"]
    assert problem_of(answer, 404) == {
        "type": "http://testserver/api/v1/docs#not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such project.",
        "instance": f"urn:uuid:{request_id}",
        "code": "not_found",
        "request_id": request_id,
    }


@pytest.mark.parametrize("path", [ROOT, f"{ROOT}/", f"{ROOT}/absent", f"{ACME}/", f"{ACME}/projects/a/b/c", "/api/v2"])
def test_an_address_at_which_nothing_is_answers_with_a_problem(as_alice: ApiClient, path: str) -> None:
    assert as_alice.problem("GET", path, status=404)["code"] == "not_found"
    assert rows() == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_refused_with_those_that_there_are(as_alice: ApiClient, method: str) -> None:
    answer = as_alice.send(method, f"{ROOT}/me")
    assert problem_of(answer, 405)["code"] == "invalid_request"
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD"}
    assert rows() == []


def test_another_method_is_not_explained_to_nobody(nobody: ApiClient) -> None:
    nobody.problem("DELETE", f"{ROOT}/me", status=401)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "nonsense", ""])
def test_json_is_what_there_is_whatever_is_asked_for(as_alice: ApiClient, accept: str) -> None:
    as_alice.headers["Accept"] = accept
    answer = as_alice.send("GET", f"{ROOT}/me")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@OWN_URLS
def test_a_fault_of_ours_is_told_by_its_reference_only(as_alice: ApiClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = as_alice.send("POST", f"{FAILING}/fault")
    assert problem_of(answer, 500)["code"] == "server_error"
    assert "private" not in answer.content.decode()
    assert "a private detail" in caplog.text
    assert answer["X-Request-Id"] in caplog.text
    assert as_alice.headers["Authorization"].partition(" ")[2] not in caplog.text
    assert rows() == [("create_project", "fault", "failed", "internal")]


@OWN_URLS
@pytest.mark.parametrize("way", ["away", "closed"])
def test_while_the_database_is_away_the_caller_is_told_to_try_again(as_alice: ApiClient, way: str) -> None:
    answer = as_alice.send("POST", f"{FAILING}/{way}")
    assert problem_of(answer, 503)["code"] == "temporarily_unavailable"
    assert answer["Retry-After"] == "1"
    assert "10.0.0.7" not in answer.content.decode()
    assert rows() == [("create_project", way, "failed", "internal")]


def test_a_database_that_is_away_from_the_start_is_no_fault_of_the_credential(
    as_alice: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_the_database(*_: Any, **__: Any) -> None:
        raise OperationalError("connection to 10.0.0.7 refused")

    with monkeypatch.context() as away:
        away.setattr(CursorWrapper, "execute", lose_the_database)
        answer = as_alice.send("GET", f"{ROOT}/me")
    assert problem_of(answer, 503)["code"] == "temporarily_unavailable"
    assert "WWW-Authenticate" not in answer


def test_where_not_even_the_row_can_be_written_the_log_says_so(
    as_bob: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    execute = CursorWrapper.execute

    def lose_the_log(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        if AuditEvent._meta.db_table in str(sql):
            raise OperationalError("connection to 10.0.0.7 refused")
        return execute(self, sql, params)

    with monkeypatch.context() as away:
        away.setattr(CursorWrapper, "execute", lose_the_log)
        as_bob.problem("POST", f"{ACME}/projects", NEW_PROJECT, status=403)
    assert "could not be written to the audit log" in caplog.text


@OWN_URLS
def test_private_details_go_to_the_audit_log_and_nowhere_else(as_alice: ApiClient) -> None:
    answer = as_alice.send("POST", f"{FAILING}/conflict")
    problem = problem_of(answer, 409)
    assert (problem["code"], problem["detail"]) == ("conflict", "Somebody else did it.")
    assert problem["hint"] == "Look again."
    assert "private" not in answer.content.decode()
    assert AuditEvent.objects.get(via="api").detail == "a private detail"


@OWN_URLS
def test_a_refusal_of_the_role_that_comes_late_is_no_challenge_either(as_alice: ApiClient) -> None:
    answer = as_alice.send("POST", f"{FAILING}/role")
    assert problem_of(answer, 403)["code"] == "permission_denied"
    assert "WWW-Authenticate" not in answer


@OWN_URLS
def test_a_change_that_was_undone_after_its_row_leaves_the_row_of_the_failure(as_alice: ApiClient) -> None:
    as_alice.problem("POST", f"{FAILING}/undone", status=500)
    as_alice.problem("POST", f"{FAILING}/refused_late", status=409)
    assert rows() == [
        ("create_project", "undone", "failed", "internal"),
        ("create_project", "refused_late", "refused", "conflict"),
    ]


@OWN_URLS
def test_a_row_that_stands_is_not_followed_by_another(as_alice: ApiClient) -> None:
    as_alice.problem("POST", f"{FAILING}/seen_then_refused", status=409)
    assert rows() == [("view_workspace", "acme", "allowed", "")]


def test_a_foreign_host_is_refused_before_the_credential_is_looked_at(as_alice: ApiClient) -> None:
    as_alice.headers["Host"] = "evil.example"
    answer = as_alice.send("GET", f"{ROOT}/me")
    assert answer.status_code == 400
    assert AccessToken.objects.get().session.last_used_at is None
