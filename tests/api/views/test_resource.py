"""What all resources have in common: how bodies arrive, and that no answer is kept."""

from __future__ import annotations

from tests.api.client import ACME, NEW_PROJECT, ROOT, ApiClient, problem_of, rows


def test_a_body_in_chunks_is_refused_rather_than_taken_for_an_empty_one(as_alice: ApiClient) -> None:
    as_alice.headers["Transfer-Encoding"] = "chunked"
    answer = as_alice.send("POST", f"{ACME}/projects", headers={"Content-Length": ""})
    assert problem_of(answer, 411)["code"] == "invalid_request"
    assert rows() == [("create_project", "acme", "refused", "invalid")]


def test_no_answer_is_kept_by_a_cache(as_alice: ApiClient, as_bob: ApiClient, nobody: ApiClient) -> None:
    answers = [
        as_alice.send("GET", f"{ROOT}/me"),
        as_alice.send("POST", f"{ACME}/projects", NEW_PROJECT),
        as_bob.send("POST", f"{ACME}/projects", NEW_PROJECT),
        as_alice.send("GET", f"{ROOT}/nowhere"),
        nobody.send("GET", f"{ROOT}/me"),
    ]
    assert [answer.status_code for answer in answers] == [200, 201, 403, 404, 401]
    assert {answer["Cache-Control"] for answer in answers} == {"no-store"}


def test_to_a_stranger_the_same_call_is_not_found(as_carol: ApiClient) -> None:
    as_carol.problem("POST", f"{ACME}/projects", NEW_PROJECT, status=404)
