"""A fresh proof before dangerous steps, by which methods, and what ID tokens say of them."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.accounts.people import (
    give_password,
    make_older,
    set_up_app,
    signed_in_by_password,
)
from tests.builders import PASSWORD
from tests.clauses import clause
from tests.oauth.journeys import Journey, answer_of
from tests.support.totp import totp

DANGEROUS = [
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/email/",
]


def claims_of(tokens: dict[str, Any]) -> dict[str, Any]:
    """Return what the ID token of a token response says."""
    body = tokens["id_token"].split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@pytest.mark.parametrize("path", DANGEROUS[:2])
def test_a_fresh_sign_in_is_proof_enough(alice: User, path: str) -> None:
    assert signed_in_by_password(alice).get(path).status_code == 200


@pytest.mark.parametrize("path", DANGEROUS)
def test_an_old_sign_in_is_proved_again_and_leads_back(alice: User, path: str) -> None:
    browser = signed_in_by_password(alice)
    make_older(browser, 3600)
    asked = browser.post(path, {"action_add": "", "email": "new@demo.local"})
    assert asked["Location"].startswith("/accounts/reauthenticate/?next=")
    page = browser.get(asked["Location"]).content.decode()
    assert "Confirm that it is you" in page
    browser.post(asked["Location"], {"password": PASSWORD})
    assert browser.get(path).status_code == 200


def test_who_has_no_password_sets_one_only_after_a_fresh_proof(alice: User) -> None:
    browser = signed_in_by_password(alice)
    set_up_app(browser)
    User.objects.update(password="!unusable")
    browser.force_login(User.objects.get())
    asked = browser.post("/accounts/password/set/", {"password1": "long-and-new-1", "password2": "long-and-new-1"})
    assert asked["Location"].startswith("/accounts/2fa/reauthenticate/")


def test_a_form_that_was_sent_is_sent_again_after_the_proof(alice: User) -> None:
    browser = signed_in_by_password(alice)
    make_older(browser, 3600)
    asked = browser.post("/accounts/email/", {"action_add": "", "email": "new@demo.local"})
    browser.post(asked["Location"], {"password": PASSWORD})
    assert EmailAddress.objects.filter(user=alice, email="new@demo.local").exists()


def test_guessing_the_password_of_someone_signed_in_is_slowed_down(alice: User) -> None:
    browser = signed_in_by_password(alice)
    answers = [browser.post("/accounts/reauthenticate/", {"password": "wrong"}).status_code for _ in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429


@clause("P-O1.7")
def test_an_id_token_names_the_password(journey: Journey, alice: User) -> None:
    journey.browser = signed_in_by_password(alice)
    assert claims_of(journey.tokens(scope="openid project:read"))["amr"] == ["pwd"]


@clause("P-O1.7")
def test_an_id_token_names_both_steps(journey: Journey, alice: User) -> None:
    secret = set_up_app(signed_in_by_password(alice))
    journey.browser = Browser()
    give_password(journey.browser, alice)
    journey.browser.post("/accounts/2fa/authenticate/", {"code": totp(secret)})
    claims = claims_of(journey.tokens(scope="openid project:read"))
    assert claims["amr"] == ["mfa", "otp", "pwd"]
    assert time.time() - claims["auth_time"] < 30


def test_a_session_of_which_nothing_is_known_claims_no_method(journey: Journey) -> None:
    assert "amr" not in claims_of(journey.tokens(scope="openid project:read"))


@clause("P-A6.2")
def test_prompt_login_asks_for_the_second_factor_of_who_has_one(journey: Journey, alice: User) -> None:
    journey.browser = signed_in_by_password(alice)
    secret = set_up_app(journey.browser)
    asked = journey.ask(prompt="login", scope="openid project:read")
    assert asked["Location"].startswith("/accounts/2fa/reauthenticate/")
    back = journey.browser.post(asked["Location"], {"code": totp(secret)})["Location"]
    assert back.startswith("/oauth/authorize?")
    code = answer_of(journey.decide(journey.browser.get(back)))["code"]
    claims = claims_of(journey.redeem(code).json())
    assert claims["amr"] == ["mfa", "otp", "pwd"]
    assert time.time() - claims["auth_time"] < 30


@clause("P-A6.4")
def test_max_age_counts_from_the_second_factor(journey: Journey, alice: User) -> None:
    secret = set_up_app(signed_in_by_password(alice))
    journey.browser = Browser()
    give_password(journey.browser, alice)
    journey.browser.post("/accounts/2fa/authenticate/", {"code": totp(secret)})
    make_older(journey.browser, 1000)
    session = journey.browser.session
    session["account_authentication_methods"][0]["at"] = time.time()
    session.save()
    assert journey.ask(max_age="600")["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert answer_of(journey.ask(max_age="600", prompt="none"))["error"] == "login_required"
