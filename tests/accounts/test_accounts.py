"""Accounts: making one, proving the address, signing in and out, a forgotten password, and who tries too often."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client as Browser
from django.test import override_settings

from roboflow_auth.accounts.adapter import CONFIRMED_ADDRESS_KEY
from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Membership, Workspace
from tests.builders import PASSWORD
from tests.clauses import clause
from tests.oauth.journeys import Journey

NEW = {
    "name": "Dana Ito",
    "email": "dana@demo.local",
    "password1": "long-and-unusual-1",
    "password2": "long-and-unusual-1",
}


MANY_FIELDS = "/oauth/authorize?" + "&".join(f"p{number}=1" for number in range(300))


def link_in(message: mail.EmailMessage) -> str:
    """Return the path of the link in an e-mail."""
    found = re.search(r"http://testserver(/accounts/\S+)", str(message.body))
    assert found, message.body
    return found.group(1)


@pytest.mark.django_db
def test_a_new_account_proves_its_address_and_gets_a_personal_workspace() -> None:
    browser = Browser()
    assert browser.post("/accounts/signup/", NEW)["Location"] == "/accounts/confirm-email/"
    dana = User.objects.get(email="dana@demo.local")
    assert dana.name == "Dana Ito"
    membership = Membership.objects.get(user=dana)
    assert (membership.role, membership.workspace.name) == ("owner", "Dana Ito's workspace")
    assert browser.get("/").context["user"].is_anonymous
    browser.post(link_in(mail.outbox[0]))
    response = browser.post("/accounts/login/", {"login": NEW["email"], "password": NEW["password1"]})
    assert response["Location"] == "/"


@pytest.mark.django_db
def test_who_confirms_an_address_is_told_so_and_only_types_the_password() -> None:
    browser, elsewhere = Browser(), Browser()
    browser.post("/accounts/signup/", NEW)
    page = elsewhere.post(link_in(mail.outbox[0]), follow=True).content.decode()
    assert "dana@demo.local is confirmed. Now sign in." in page
    assert 'value="dana@demo.local"' in page
    assert "dana@demo.local" not in Browser().get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_whom_the_app_expects_goes_before_the_address_that_was_confirmed_which_is_filled_in_once() -> None:
    browser = Browser()
    browser.post("/accounts/signup/", NEW)
    browser.post(link_in(mail.outbox[0]))
    expected = "/accounts/login/?next=/oauth/authorize%3Flogin_hint%3Dbob@demo.local"
    assert browser.get(expected).context["form"]["login"].value() == "bob@demo.local"
    browser.post("/accounts/login/", {"login": NEW["email"], "password": NEW["password1"]})
    assert CONFIRMED_ADDRESS_KEY not in browser.session


@pytest.mark.django_db
@override_settings(ACCOUNT_SIGNUP=False)
def test_sign_up_can_be_closed() -> None:
    assert "closed" in Browser().get("/accounts/signup/").content.decode().lower()
    Browser().post("/accounts/signup/", NEW)
    assert not User.objects.exists()


def test_signing_up_with_a_known_address_looks_the_same_to_a_stranger(alice: User) -> None:
    browser = Browser()
    assert browser.post("/accounts/signup/", {**NEW, "email": alice.email})["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1
    assert "already" in str(mail.outbox[0].body)


@clause("P-I5.3")
def test_passwords_are_argon2id(alice: User) -> None:
    alice.set_password("something-else-1")
    assert alice.password.startswith("argon2$argon2id$")


def test_a_person_signs_in_with_any_spelling_of_the_address_and_signs_out(alice: User) -> None:
    browser = Browser()
    assert browser.post("/accounts/login/", {"login": "ALICE@demo.local", "password": PASSWORD}).status_code == 302
    assert browser.get("/").context["user"] == alice
    browser.post("/accounts/logout/")
    assert browser.get("/").context["user"].is_anonymous


def test_someone_inactive_can_not_sign_in(alice: User) -> None:
    User.objects.update(is_active=False)
    browser = Browser()
    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert browser.get("/").context["user"].is_anonymous


def test_a_forgotten_password_is_reset_by_e_mail(alice: User) -> None:
    browser = Browser()
    browser.post("/accounts/password/reset/", {"email": alice.email})
    form = browser.get(link_in(mail.outbox[0]))["Location"]
    browser.post(form, {"password1": "entirely-new-1", "password2": "entirely-new-1"})
    assert browser.post("/accounts/login/", {"login": alice.email, "password": "entirely-new-1"}).status_code == 302


def test_a_change_of_the_password_is_told_by_e_mail(alice: User) -> None:
    browser = Browser()
    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    new = {"password1": "long-and-unusual-2", "password2": "long-and-unusual-2"}
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    (message,) = mail.outbox
    assert message.to == [alice.email]
    assert "password" in message.subject.lower()


def test_a_reset_for_an_unknown_address_looks_the_same_to_a_stranger(alice: User) -> None:
    known = Browser().post("/accounts/password/reset/", {"email": alice.email})
    unknown = Browser().post("/accounts/password/reset/", {"email": "nobody@demo.local"})
    assert known["Location"] == unknown["Location"]


@clause("P-L1.5")
def test_guessing_passwords_is_slowed_down_even_for_the_right_one(alice: User) -> None:
    browser = Browser()
    for _ in range(12):
        browser.post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    response = browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Too many attempts" in response.content.decode()
    assert browser.get("/").context["user"].is_anonymous


def test_the_app_that_waits_is_named_and_not_forgotten_by_a_password_reset(journey: Journey, alice: User) -> None:
    journey.browser = Browser()
    page = journey.browser.get(journey.ask()["Location"])
    assert "is waiting to connect" in page.content.decode()
    assert "form-action 'self' http://127.0.0.1:5555" in page["Content-Security-Policy"]
    reset = journey.browser.get("/accounts/password/reset/").content.decode()
    assert "is waiting to connect" in reset
    response = journey.browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    assert response["Location"].startswith("/oauth/authorize?")
    assert journey.browser.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "/oauth/authorize?client_id=nobody", MANY_FIELDS, "/x"]
)
def test_nobody_waits_behind_another_address(path: str, alice: User) -> None:
    page = Browser().get("/accounts/login/", {"next": path})
    assert "is waiting" not in page.content.decode()
    assert "evil" not in page["Content-Security-Policy"]


def test_a_stranger_can_not_fill_the_session_store(journey: Journey) -> None:
    path = f"/oauth/authorize?{urlencode(journey.query(state='a' * 20_000))}"
    before = Session.objects.count()
    page = Browser().post("/accounts/login/", {"next": path})
    assert "is waiting" not in page.content.decode()
    assert Session.objects.count() == before


def test_signing_in_never_leads_to_another_site(alice: User) -> None:
    body = {"login": alice.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert Browser().post("/accounts/login/", body)["Location"] == "/"


def test_a_personal_workspace_of_a_taken_name_gets_another_address(acme: Workspace, db: None) -> None:
    Browser().post("/accounts/signup/", {**NEW, "name": "Acme"})
    slug = Membership.objects.get(user__email=NEW["email"]).workspace.slug
    assert slug.startswith("acme-")


def test_where_no_address_has_to_be_proved_a_new_person_goes_straight_on_to_the_app_that_waits(
    journey: Journey, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "none"
    journey.browser = Browser()
    journey.browser.get(journey.ask()["Location"])
    response = journey.browser.post("/accounts/signup/", NEW)
    assert response["Location"].startswith("/oauth/authorize?")
    assert "Dana Ito" in journey.browser.get(response["Location"]).content.decode()


@pytest.mark.parametrize("path", ["/accounts/password/change/", "/accounts/password/reset/key/done/"])
def test_who_changed_the_password_is_offered_to_disconnect_all_apps(alice: User, path: str) -> None:
    browser = Browser()
    browser.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    new = {"password1": "long-and-unusual-2", "password2": "long-and-unusual-2"}
    form = {"oldpassword": PASSWORD, **new}
    page = browser.post(path, form, follow=True) if path.endswith("change/") else browser.get(path)
    html = page.content.decode()
    assert "Password changed" in html
    assert 'href="/connections#disconnect-all"' in html
