"""Error pages: readable, with a reference, even when what they are made with is broken."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.oauth.journeys import signed_in
from tests.support.statements import at_most

pytestmark = pytest.mark.django_db


def broken(*_: object, **__: object) -> Any:
    """Fail."""
    raise ValueError("the secret detail")


def test_the_page_of_a_fault_asks_neither_the_database_nor_a_context_processor(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(alice)
    browser.raise_request_exception = False
    monkeypatch.setattr("roboflow_auth.web.context_processors.resource_url", broken)
    # What the start page itself asks: the session, the person, their workspaces, invitations and warnings.
    with at_most(5):
        response = browser.get("/")
    assert response.status_code == 500
    assert response["X-Request-Id"] in response.content.decode()
    assert "alice@demo.local" not in response.content.decode()


def test_when_not_even_the_page_can_be_made_the_reference_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roboflow_auth.web.views.home.render", broken)
    monkeypatch.setattr("roboflow_auth.web.views.errors.render_to_string", broken)
    response = Browser(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/plain")
    assert response["X-Request-Id"] in response.content.decode()
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize("path", ["/%00", "/%ff", "/" + "x" * 4000, "/accounts/confirm-email/%00/", "/thumbnails/%00"])
def test_an_address_that_nobody_types_is_not_found_and_no_fault(path: str) -> None:
    assert Browser().get("/", PATH_INFO=path).status_code == 404


def test_a_form_without_its_csrf_token_is_explained_to_the_person(alice: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    response = browser.post("/accounts/login/", {"login": alice.email, "password": "x"})
    assert response.status_code == 403
    assert "open too long" in response.content.decode()
    assert response["X-Request-Id"] in response.content.decode()


def test_whoever_guesses_passwords_is_told_to_wait(alice: User) -> None:
    for _ in range(11):
        response = Browser().post("/accounts/password/reset/", {"email": alice.email})
        if response.status_code == 429:
            break
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Too many attempts" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "member"), [("/api/v1/docs", "code"), ("/oauth/jwks", "error"), ("/.well-known/nowhere", "error")]
)
def test_programs_are_answered_in_their_own_format(path: str, member: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> Any:
        raise Http404

    monkeypatch.setattr("roboflow_auth.api.views.reference.render", absent)
    monkeypatch.setattr("roboflow_auth.oauth.endpoints.jwks.public_key_set", absent)
    response = Browser().get(path)
    assert (response.status_code, response.json()[member]) == (404, "not_found")
    assert response["Cache-Control"] == "no-store"


def test_search_engines_may_see_the_start_page_and_the_guides_and_nothing_else() -> None:
    response = Browser().get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert response.content.decode().splitlines() == ["User-agent: *", "Allow: /$", "Allow: /connect$", "Disallow: /"]


def test_a_form_that_is_no_form_of_ours_is_a_page_with_a_reference(alice: User) -> None:
    response = Browser().post("/accounts/login/", {f"field{number}": "x" for number in range(1001)})
    assert response.status_code == 400
    assert response["X-Request-Id"] in response.content.decode()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/keys/", "/keys"),
        ("/admin", "/admin/"),
        ("/accounts/login?next=%2Fkeys", "/accounts/login/?next=%2Fkeys"),
        ("/oauth/logout/?state=x", "/oauth/logout?state=x"),
    ],
)
def test_a_slash_too_many_or_too_few_leads_on(path: str, target: str) -> None:
    response = Browser().get(path)
    assert (response.status_code, response["Location"]) == (302, target)


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/", "/nowhere/", "/w/acme//", "/keys//", "//keys/", "/oauth/jwks/x/"]
)
def test_no_slash_leads_to_another_site_or_to_nothing(path: str) -> None:
    assert Browser().get("/", PATH_INFO=path).status_code == 404


def test_what_is_sent_to_an_address_with_a_slash_too_many_goes_nowhere() -> None:
    assert Browser().post("/keys/").status_code == 404


@pytest.mark.parametrize("path", ["/oauth/jwks/", "/api/v1/docs/"])
def test_programs_are_not_led_on_by_a_slash(path: str) -> None:
    assert Browser().get(path).status_code == 404
