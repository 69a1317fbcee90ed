"""Authenticator apps and recovery codes: setting up, the second step, what is stored, and who guesses."""

from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent, Outcome
from tests.accounts.people import (
    give_password,
    make_older,
    recovery_codes,
    set_up_app,
    signed_in_by_password,
    who,
)
from tests.oauth.journeys import Journey
from tests.support.totp import totp

STEP = "/accounts/2fa/authenticate/"


def at_second_step(user: User) -> Browser:
    """Return a browser whose person gave the password and is asked for the code."""
    browser = Browser()
    assert give_password(browser, user)["Location"] == STEP
    return browser


@pytest.fixture
def secret(alice: User) -> str:
    """Return the secret of the authenticator app that Alice set up."""
    return set_up_app(signed_in_by_password(alice))


def test_who_has_an_app_signs_in_with_its_code(alice: User, secret: str) -> None:
    browser = at_second_step(alice)
    assert who(browser).is_anonymous
    assert browser.post(STEP, {"code": totp(secret)})["Location"] == "/"
    assert who(browser) == alice


def test_a_code_of_the_app_works_once(alice: User, secret: str) -> None:
    code = totp(secret)
    at_second_step(alice).post(STEP, {"code": code})
    second = at_second_step(alice)
    assert "Incorrect code" in second.post(STEP, {"code": f"{code[:3]} {code[3:]}"}).content.decode()
    assert who(second).is_anonymous


def test_a_code_works_once_for_as_long_as_it_is_accepted(
    alice: User, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = totp(secret, +1)
    at_second_step(alice).post(STEP, {"code": code})
    later = time.time() + 31
    monkeypatch.setattr(time, "time", lambda: later)
    second = at_second_step(alice)
    second.post(STEP, {"code": code})
    assert who(second).is_anonymous


def test_a_code_of_two_steps_ago_is_too_old(alice: User, secret: str) -> None:
    browser = at_second_step(alice)
    browser.post(STEP, {"code": totp(secret, -3)})
    assert who(browser).is_anonymous


def test_a_recovery_code_signs_in_once(alice: User) -> None:
    browser = signed_in_by_password(alice)
    set_up_app(browser)
    codes = recovery_codes(browser)
    assert len(codes) == 10
    first = at_second_step(alice)
    first.post(STEP, {"code": codes[0]})
    assert who(first) == alice
    second = at_second_step(alice)
    second.post(STEP, {"code": codes[0]})
    assert who(second).is_anonymous
    assert codes[0] not in recovery_codes(first)


def test_who_has_no_second_step_is_told_so_before_making_recovery_codes(alice: User) -> None:
    browser = signed_in_by_password(alice)
    page = browser.get("/accounts/2fa/recovery-codes/generate/").content.decode()
    assert "Set up a second step first" in page
    assert "Make new ones" not in page
    set_up_app(browser)
    assert "Make new ones" in browser.get("/accounts/2fa/recovery-codes/generate/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_is_left_to_do_with_recovery_codes_is_a_warning(alice: User) -> None:
    browser = signed_in_by_password(alice)
    set_up_app(browser)
    page = browser.post("/accounts/2fa/recovery-codes/generate/", follow=True).content.decode()
    before_it, _, _ = page.partition("Save these recovery codes now.")
    assert before_it.rpartition('<div class="notice')[2].startswith(" notice-warn")


def test_recovery_codes_can_be_saved_as_a_file(alice: User) -> None:
    browser = signed_in_by_password(alice)
    set_up_app(browser)
    file = browser.get("/accounts/2fa/recovery-codes/download/")
    assert file.content.decode().split() == recovery_codes(browser)


def test_no_secret_of_a_second_factor_is_readable_in_the_database(alice: User) -> None:
    browser = signed_in_by_password(alice)
    secret = set_up_app(browser)
    stored = {row.type: row.data for row in Authenticator.objects.filter(user=alice)}
    assert secret not in str(stored)
    assert len(stored["recovery_codes"]["seed"]) > 80
    assert not any(code in str(stored) for code in recovery_codes(browser))


def test_under_another_secret_key_no_code_is_right(alice: User, secret: str, settings: object) -> None:
    settings.SECRET_KEY = "another-secret-key-0123456789abcdef0123456789"  # type: ignore[attr-defined]
    browser = at_second_step(alice)
    assert browser.post(STEP, {"code": totp(secret)}).status_code == 200
    assert browser.post(STEP, {"code": totp("A" * 32)}).status_code == 200
    assert who(browser).is_anonymous


def test_guessing_codes_is_slowed_down_even_for_the_right_one(alice: User, secret: str) -> None:
    browser = at_second_step(alice)
    for _ in range(12):
        browser.post(STEP, {"code": "000000"})
    assert "Too many" in browser.post(STEP, {"code": totp(secret)}).content.decode()
    assert who(browser).is_anonymous


def test_guessing_codes_of_someone_signed_in_is_slowed_down(alice: User, secret: str) -> None:
    browser = at_second_step(alice)
    browser.post(STEP, {"code": totp(secret)})
    answers = [browser.post("/accounts/2fa/reauthenticate/", {"code": "000000"}).status_code for _ in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_the_app_that_waits_survives_the_second_step(journey: Journey, alice: User, secret: str) -> None:
    journey.browser = Browser()
    page = journey.browser.get(journey.ask()["Location"])
    give_password(journey.browser, alice, next=str(page.context["redirect_field_value"]))
    assert "is waiting to connect" in journey.browser.get(STEP).content.decode()
    back = journey.browser.post(STEP, {"code": totp(secret)})["Location"]
    assert back.startswith("/oauth/authorize?")
    assert "wants to connect" in journey.browser.get(back).content.decode()


def test_who_stops_at_the_second_step_can_use_another_account(journey: Journey, alice: User, secret: str) -> None:
    journey.browser = Browser()
    journey.browser.get(journey.ask()["Location"])
    give_password(journey.browser, alice)
    assert journey.browser.post("/accounts/logout/", {"next": "/accounts/login/"}).status_code == 302
    page = journey.browser.get("/accounts/login/").content.decode()
    assert 'name="login"' in page
    assert "is waiting to connect" in page


@pytest.mark.django_db(transaction=True)
def test_every_change_of_second_factors_is_told_by_e_mail_and_written_down(alice: User) -> None:
    browser = signed_in_by_password(alice)
    set_up_app(browser)
    browser.post("/accounts/2fa/recovery-codes/generate/")
    browser.post("/accounts/2fa/totp/deactivate/")
    assert [message.subject.removeprefix("[Roboflow] ") for message in mail.outbox] == [
        "An authenticator app was set up",
        "New recovery codes were made",
        "Your authenticator app was turned off",
    ]
    actions = list(AuditEvent.objects.filter(actor_email=alice.email).values_list("action", flat=True))
    assert actions[-3:] == ["add_authenticator_app", "make_recovery_codes", "remove_authenticator_app"]
    assert not Authenticator.objects.exists()


def test_a_wrong_code_is_written_down_and_never_what_it_was(alice: User, secret: str) -> None:
    at_second_step(alice).post(STEP, {"code": "123123"})
    row = AuditEvent.objects.get(outcome=Outcome.REFUSED)
    assert (row.action, row.reason, row.actor_email) == ("sign_in", "wrong_totp_code", alice.email)
    assert "123123" not in str(AuditEvent.objects.values())


def test_a_stolen_password_takes_no_second_factor_away(alice: User, secret: str) -> None:
    browser = at_second_step(alice)
    browser.post(STEP, {"code": totp(secret)})
    make_older(browser, 3600)
    asked = browser.post("/accounts/2fa/totp/deactivate/")["Location"]
    assert asked.startswith("/accounts/2fa/reauthenticate/")
    assert browser.get("/accounts/reauthenticate/")["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_someone_who_did_not_prove_the_address_gets_no_second_factor(alice: User) -> None:
    EmailAddress.objects.update(verified=False)
    browser = Browser()
    browser.force_login(alice)
    assert browser.get("/accounts/2fa/totp/activate/")["Location"] == "/accounts/2fa/"
