"""Endpoints for programs: nothing of a browser counts there, and nothing of a page's middleware runs."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import translation

from roboflow_auth.accounts.models import User
from tests.oauth.journeys import signed_in
from tests.support.statements import at_most

POSTED = ("token", "register", "revoke", "introspect", "device_authorization", "userinfo")


@pytest.mark.django_db
@pytest.mark.parametrize("name", POSTED)
def test_a_form_of_another_site_finds_nobody_signed_in(name: str, alice: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = signed_in(alice).cookies
    alone, accompanied = (visitor.post(f"/oauth/{name}", {"token": "x"}) for visitor in (Browser(), browser))
    assert (accompanied.status_code, accompanied.content) == (alone.status_code, alone.content)
    assert not accompanied.cookies


@pytest.mark.parametrize("path", ["/oauth/jwks", "/.well-known/oauth-authorization-server"])
@pytest.mark.django_db
def test_a_cookie_asks_the_database_for_nothing(path: str) -> None:
    browser = Browser()
    browser.get(path)
    browser.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    with at_most(0):
        answer = browser.get(path, headers={"Accept-Language": "pt-BR"})
    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.django_db
def test_no_language_is_left_over_from_the_page_before() -> None:
    Browser().get("/", headers={"Accept-Language": "pt-BR"})
    Browser().post("/oauth/token")
    assert translation.get_language() == settings.LANGUAGE_CODE


@pytest.mark.parametrize("path", ["/oauth/jwks", "/.well-known/oauth-authorization-server"])
@pytest.mark.django_db
def test_what_holds_for_every_answer_holds_here(path: str) -> None:
    answer = Browser().get(path, headers={"Origin": "https://app.example"})
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Request-Id"]
    assert answer["Content-Length"] == str(len(answer.content))
    known = Browser().get(path, headers={"If-None-Match": answer["ETag"]})
    assert (known.status_code, known.has_header("Content-Length")) == (304, False)
    assert Browser().get(path, headers={"Host": "evil.example"}).status_code == 400
