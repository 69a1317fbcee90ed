"""The token endpoint itself: methods, bodies, errors, and whose tokens come out."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client as Browser

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.principals import find_principal
from tests.clauses import clause
from tests.oauth.journeys import Journey, post_form


@clause("P-T1.2", "P-C7.3")
@pytest.mark.parametrize(
    ("body", "error", "status"),
    [
        ({"grant_type": "refresh_token"}, "invalid_client", 401),
        ({"client_id": "unknown", "grant_type": "authorization_code"}, "invalid_client", 401),
        ({"client_id": "x" * 10000}, "invalid_client", 401),
    ],
)
def test_an_unknown_client_is_told_so(db: None, body: dict[str, str], error: str, status: int) -> None:
    response = post_form(Browser(), "/oauth/token", body)
    assert (response.status_code, response.json()["error"]) == (status, error)


@clause("P-A1.2", "RFC6749-5.2/b")
@pytest.mark.parametrize(
    ("grant_type", "error"),
    [
        (None, "invalid_request"),
        ("password", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
        ("client_credentials", "unauthorized_client"),
    ],
)
def test_grants_that_do_not_exist_or_were_not_registered_are_refused(
    journey: Journey, grant_type: str | None, error: str
) -> None:
    assert journey.token(grant_type=grant_type).json()["error"] == error


@clause("P-T1.1", "P-T1.3", "P-L2.1", "P-L2.2", "RFC6749-3.2/b")
@pytest.mark.parametrize(
    ("raw", "content_type"),
    [
        (b"grant_type=authorization_code&grant_type=refresh_token", "application/x-www-form-urlencoded"),
        (b'{"grant_type": "authorization_code"}', "application/json"),
        (b"grant_type=a", "application/x-www-form-urlencoded, application/x-www-form-urlencoded"),
        (b"grant_type=a", "multipart/form-data"),
        (b"grant_type=\xff", "application/x-www-form-urlencoded"),
        (b"grant_type=%ff", "application/x-www-form-urlencoded"),
        (b"grant_type=%00", "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 70_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"p%d=1" % number for number in range(500)), "application/x-www-form-urlencoded"),
    ],
)
def test_malformed_bodies_are_invalid_requests_in_json(db: None, raw: bytes, content_type: str) -> None:
    response = Browser().generic("POST", "/oauth/token", raw, content_type=content_type)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert response["Cache-Control"] == "no-store"


@clause("RFC6749-3.2/a")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_json(db: None, method: str) -> None:
    response = Browser().generic(method, "/oauth/token")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert response.json()["error"] == "invalid_request"


@clause("P-X1.1")
def test_a_browser_app_may_call_from_any_origin_and_without_cookies(journey: Journey) -> None:
    response = post_form(Browser(), "/oauth/token", {}, headers={"Origin": "https://app.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response


@clause("P-T1.4")
def test_a_store_that_does_not_answer_is_503_and_retried(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*args: object, **kwargs: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("roboflow_auth.oauth.endpoints.token.identify_client", unavailable)
    response = journey.token(grant_type="refresh_token")
    assert (response.status_code, response.json()["error"]) == (503, "temporarily_unavailable")
    assert response["Retry-After"]
    assert "closed" not in response.content.decode()


@clause("P-G2.1")
def test_carol_and_bob_get_tokens_for_their_own_workspaces_and_roles_only(
    carols_journey: Journey, bobs_journey: Journey
) -> None:
    carol = find_principal(carols_journey.tokens()["access_token"], Resource.MCP)
    bob = find_principal(bobs_journey.tokens(scope="project:read project:create")["access_token"], Resource.MCP)
    assert carol is not None
    assert bob is not None
    assert carol.workspace == "carol"
    assert bob.workspace == "acme"
    assert bob.scopes == {"project:read"}
