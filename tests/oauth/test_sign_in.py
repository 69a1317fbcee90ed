"""Who is here, since when, and whether they have to prove it again before they are asked."""

from __future__ import annotations

import time

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import AuthorizationCode
from tests.builders import PASSWORD
from tests.clauses import clause
from tests.oauth.journeys import Journey, answer_of, field_value, login_target


def test_a_person_who_is_not_signed_in_signs_in_first_and_comes_back(journey: Journey) -> None:
    journey.browser = Browser()
    response = journey.ask()
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    target = login_target(response)
    assert target.startswith("/oauth/authorize?")
    assert f"client_id={journey.client.client_id}" in target


@clause("P-A6.1", "OIDC-CORE-3.1.2.6")
def test_prompt_none_without_a_sign_in_is_answered_and_shows_no_page(journey: Journey) -> None:
    journey.browser = Browser()
    assert answer_of(journey.ask(prompt="none"))["error"] == "login_required"


def sign_in_by_password(journey: Journey, user: User, *, seconds_ago: float = 0) -> None:
    """Sign `user` in through the sign-in page, and make it look as if that was a while ago."""
    journey.browser = Browser(enforce_csrf_checks=True)
    form = journey.browser.get("/accounts/login/").content.decode()
    token = field_value(form, "csrfmiddlewaretoken")
    body = {"login": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert journey.browser.post("/accounts/login/", body).status_code == 302
    session = journey.browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds_ago
    session.save()


@clause("P-A6.2")
def test_prompt_login_asks_for_a_fresh_sign_in_once(journey: Journey, alice: User) -> None:
    sign_in_by_password(journey, alice)
    for _ in range(2):
        asked = journey.ask(prompt="login")
        assert asked["Location"].startswith("/accounts/reauthenticate/")
    form = journey.browser.get(asked["Location"]).content.decode()
    body = {"password": PASSWORD, "csrfmiddlewaretoken": field_value(form, "csrfmiddlewaretoken")}
    back = journey.browser.post(asked["Location"], body)["Location"]
    assert journey.browser.get(back).status_code == 200
    assert journey.ask(prompt="login").status_code == 200
    assert journey.ask(prompt="login", state="another").status_code == 302


@clause("P-A6.4")
def test_a_sign_in_older_than_max_age_is_asked_for_again(journey: Journey, alice: User) -> None:
    sign_in_by_password(journey, alice, seconds_ago=100)
    assert journey.ask(max_age="1000").status_code == 200
    assert journey.ask(max_age="60")["Location"].startswith("/accounts/reauthenticate/")
    assert answer_of(journey.ask(max_age="60", prompt="none"))["error"] == "login_required"


def test_an_id_token_tells_when_the_person_signed_in(journey: Journey, alice: User) -> None:
    sign_in_by_password(journey, alice, seconds_ago=5000)
    journey.code(scope="openid project:read")
    signed_in_at = AuthorizationCode.objects.get().auth_time.timestamp()
    assert 5000 <= time.time() - signed_in_at < 5060


@clause("P-A6.6")
@pytest.mark.parametrize(
    "hint, filled_in",
    [
        ("bob@demo.local", "bob@demo.local"),
        ("Bob", ""),
        ("", ""),
        ('"><script>alert(1)</script>@demo.local', ""),
        ("a\x0b@demo.local", ""),
        ("x" * 3000 + "@demo.local", ""),
    ],
)
def test_the_sign_in_page_is_filled_in_with_whom_the_app_expects(journey: Journey, hint: str, filled_in: str) -> None:
    journey.browser.logout()
    asked = journey.ask(login_hint=hint or None)
    assert asked.status_code == 302
    page = journey.browser.get(asked["Location"])
    assert page.status_code == 200
    assert (page.context["form"]["login"].value() or "") == filled_in
    assert "<script>alert" not in page.content.decode()
