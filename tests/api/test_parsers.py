"""Bodies that are no JSON, or more of it than any operation needs."""

from __future__ import annotations

import io
import json
from typing import Any, cast

import pytest

from roboflow_auth.api.parsers import MAX_BODY_BYTES
from roboflow_auth.projects.models import Project
from tests.api.client import ACME, NEW_PROJECT, ApiClient, problem_of, rows
from tests.clauses import clause

PROJECTS = f"{ACME}/projects"
VALID = json.dumps(NEW_PROJECT).encode()


@pytest.mark.parametrize("body", [
    b"{", b"\x00", b"\xff\xfe{}", b'{"name": "\xff"}', VALID + b"x", VALID.decode().encode("utf-16"),
    b'{"name": NaN}', b'{"name": Infinity}', b'{"name": 1, "name": 2}', b"[" * 60_000, b'{"a":' * 10_000,
    b"1" * 5000,
], ids=range(12))  # fmt: skip
def test_a_body_that_is_no_json_is_a_bad_request(as_alice: ApiClient, body: bytes) -> None:
    assert problem_of(as_alice.send("POST", PROJECTS, body), 400)["code"] == "invalid_request"
    assert rows() == [("create_project", "acme", "refused", "invalid")]
    assert not Project.objects.exists()


@clause("P-L2.2")
@pytest.mark.parametrize("body", [b"", b"1" + b"0" * 4000, b'{"limit": 1e400}', b"null", b"[" * 400 + b"]" * 400])
def test_json_that_is_no_project_is_refused_and_never_a_fault(as_alice: ApiClient, body: bytes) -> None:
    problem_of(as_alice.send("POST", PROJECTS, body), 422)


@clause("P-L2.1")
def test_a_body_larger_than_any_operation_needs_is_refused(as_alice: ApiClient) -> None:
    padding = b" " * (MAX_BODY_BYTES - len(VALID))
    assert as_alice.send("POST", PROJECTS, VALID + padding).status_code == 201
    answer = as_alice.send("POST", PROJECTS, VALID + padding + b" ")
    assert problem_of(answer, 413)["code"] == "payload_too_large"
    assert Project.objects.count() == 1


@pytest.mark.parametrize("media_type", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "nonsense", "",
])  # fmt: skip
def test_another_media_type_is_refused(as_alice: ApiClient, media_type: str) -> None:
    answer = as_alice.send("POST", PROJECTS, VALID, content_type=media_type)
    assert problem_of(answer, 415)["code"] == "invalid_request"


@pytest.mark.parametrize(
    "media_type", ["Application/JSON", "application/json; charset=latin-1", "application/json ;a=b"]
)
def test_parameters_of_the_media_type_and_its_case_mean_nothing(as_alice: ApiClient, media_type: str) -> None:
    body = json.dumps(NEW_PROJECT | {"name": "Käse"}, ensure_ascii=False).encode()
    answer = as_alice.send("POST", PROJECTS, body, content_type=media_type)
    assert (answer.status_code, answer.json()["name"]) == (201, "Käse")


def test_a_body_that_does_not_arrive_in_full_is_a_bad_request(as_alice: ApiClient) -> None:
    class Cut(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the connection was reset")

    broken = {"wsgi.input": Cut(), "CONTENT_LENGTH": "10"}
    answer = as_alice._browser.generic(
        "POST", PROJECTS, VALID, "application/json", headers=as_alice.headers, **cast(Any, broken)
    )
    assert problem_of(answer, 400)["code"] == "invalid_request"
