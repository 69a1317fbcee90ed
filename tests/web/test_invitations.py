"""Invitations as the invited meet them: the link, whom it lets in, and the way of somebody without an account."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.secrets import SecretKind, make_secret
from roboflow_auth.workspaces.models import Invitation, Workspace
from tests.builders import make_member
from tests.oauth.journeys import signed_in
from tests.web.forms import said, send
from tests.web.invitations import MEMBERS, answer, invite, link

PASSWORD = "a-long-passphrase-nobody-knows"


def test_an_invited_person_joins_once(alice: User, dana: User, acme: Workspace) -> None:
    invite(signed_in(alice))
    browser = signed_in(dana)
    response = answer(browser)
    assert response["Location"] == "/w/acme"
    assert "Welcome to Acme Robotics" in said(browser, response)
    assert acme.memberships.get(user=dana).role == "reviewer"
    assert not Invitation.objects.exists()
    assert browser.get(link()).status_code == 404
    assert AuditEvent.objects.get(action="accept_invitation").actor_email == "dana@demo.local"


def test_who_declines_is_not_in_and_the_link_is_over(alice: User, dana: User, acme: Workspace) -> None:
    invite(signed_in(alice))
    browser = signed_in(dana)
    assert "You declined." in said(browser, answer(browser, "decline"))
    assert not acme.memberships.filter(user=dana).exists()
    assert browser.get(link()).status_code == 404


def test_looking_at_a_link_accepts_nothing_and_shows_who_asks_where_and_as_what(
    alice: User, dana: User, acme: Workspace
) -> None:
    invite(signed_in(alice))
    browser = Browser()
    html = browser.get(link(), follow=True).content.decode()
    for words in ("Join Acme Robotics?", "alice@demo.local invites you as", "Reviewer", "dana@demo.local", "Sign in"):
        assert words in html
    browser.get(link())
    assert Invitation.objects.exists()


def test_a_mail_that_is_passed_on_lets_nobody_else_in(alice: User, carol: User, acme: Workspace) -> None:
    invite(signed_in(alice))
    browser = signed_in(carol)
    page = browser.get(link())["Location"]
    html = browser.get(page).content.decode()
    assert "has not confirmed dana@demo.local" in html
    assert f"{page}/accept" not in html
    for what in ("accept", "decline"):
        assert send(browser, page, f"{page}/{what}").status_code == 404
    assert not acme.memberships.filter(user=carol).exists()
    assert Invitation.objects.exists()


def test_an_address_that_the_account_has_but_nobody_confirmed_is_not_enough(
    alice: User, carol: User, acme: Workspace
) -> None:
    invite(signed_in(alice))
    address = EmailAddress.objects.create(user=carol, email="Dana@demo.local", verified=False)
    browser = signed_in(carol)
    assert answer(browser).status_code == 404
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    assert answer(browser).status_code == 303
    assert acme.memberships.filter(user=carol).exists()


def test_without_the_link_an_invitation_is_nobody_s_business_but_whose_address_it_is_for(
    alice: User, dana: User, carol: User, acme: Workspace
) -> None:
    invite(signed_in(alice))
    path = f"/invitations/{Invitation.objects.get().pk}"
    assert signed_in(carol).get(path).status_code == Browser().get(path).status_code == 404
    assert signed_in(dana).get(path).status_code == 200
    assert path in signed_in(dana).get("/").content.decode()
    assert path not in signed_in(carol).get("/").content.decode()
    for unknown in ("0", "9" * 40):
        assert Browser().get(f"/invitations/{unknown}").status_code == 404


@pytest.mark.parametrize("token", ["x", "rfi_" + "a" * 49, "", "%00", "..", "é"])
def test_a_link_that_nobody_sent_is_not_valid(token: str, db: None) -> None:
    assert Browser().get(f"/invitation/{token or make_secret(SecretKind.INVITATION)}").status_code == 404


def test_signing_in_comes_back_to_the_invitation_with_the_address_filled_in(
    alice: User, dana: User, acme: Workspace
) -> None:
    invite(signed_in(alice))
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get(link())["Location"]
    browser.get(page)
    assert 'value="dana@demo.local"' in browser.get("/accounts/login/").content.decode()
    response = send(browser, "/accounts/login/", "/accounts/login/", login="dana@demo.local", password="demo-password")
    assert response["Location"].startswith(page)
    assert f"{page}/accept" in browser.get(page).content.decode()
    # From then on signing in leads to the start page again.
    assert "waiting_authorization" not in browser.session


def test_an_invitation_survives_signing_up_and_confirming_the_address(alice: User, acme: Workspace) -> None:
    invite(signed_in(alice))
    browser = Browser(enforce_csrf_checks=True)
    page = browser.get(link())["Location"]
    browser.get(page)
    form = {"name": "Dana", "email": "dana@demo.local", "password1": PASSWORD, "password2": PASSWORD}
    send(browser, "/accounts/signup/", "/accounts/signup/", **form)
    (confirm,) = re.findall(r"http://testserver(/accounts/confirm-email/\S+)", str(mail.outbox[-1].body))
    response = send(browser, confirm, confirm)
    if "/accounts/login/" in response["Location"]:
        response = send(browser, "/accounts/login/", "/accounts/login/", login="dana@demo.local", password=PASSWORD)
    assert response["Location"].startswith(page)
    assert send(browser, page, f"{page}/accept")["Location"] == "/w/acme"
    assert acme.memberships.filter(user__email="dana@demo.local").exists()


def test_who_confirms_elsewhere_finds_the_invitation_on_their_start_page(
    alice: User, dana: User, acme: Workspace
) -> None:
    invite(signed_in(alice))
    browser = signed_in(dana)
    assert "alice@demo.local invites you to" in browser.get("/").content.decode()
    page = f"/invitations/{Invitation.objects.get().pk}"
    assert send(browser, page, f"{page}/accept")["Location"] == "/w/acme"


def test_an_invitation_lasts_seven_days(alice: User, dana: User, acme: Workspace) -> None:
    admin = signed_in(alice)
    invite(admin)
    page = signed_in(dana).get(link())["Location"]
    Invitation.objects.update(expires_at=timezone.now())
    browser = signed_in(dana)
    assert browser.get(link()).status_code == 404
    assert send(browser, "/", f"{page}/accept").status_code == 404
    assert "invites you to" not in browser.get("/").content.decode()
    assert "Expired" in admin.get(MEMBERS).content.decode()
    send(admin, MEMBERS, f"/w/acme/invitations/{Invitation.objects.get().pk}/resend")
    assert answer(browser)["Location"] == "/w/acme"


def test_it_is_worth_what_its_inviter_may_still_give(alice: User, bob: User, dana: User, acme: Workspace) -> None:
    acme.memberships.filter(user=bob).update(role=RoleName.ADMIN)
    invite(signed_in(bob), role="admin")
    acme.memberships.filter(user=bob).update(role=RoleName.REVIEWER)
    browser = signed_in(dana)
    assert browser.get(link()).status_code == 404
    assert "invites you to" not in browser.get("/").content.decode()
    admin = signed_in(alice)
    assert "Not valid any more" in admin.get(MEMBERS).content.decode()
    # Whoever sends it again answers for it.
    send(admin, MEMBERS, f"/w/acme/invitations/{Invitation.objects.get().pk}/resend")
    assert answer(browser)["Location"] == "/w/acme"


def test_who_became_a_member_meanwhile_stays_what_they_are(alice: User, dana: User, acme: Workspace) -> None:
    invite(signed_in(alice), role="admin")
    make_member(acme, dana, RoleName.VIEWER)
    browser = signed_in(dana)
    assert "already" in said(browser, answer(browser))
    assert acme.memberships.get(user=dana).role == "viewer"
    assert not Invitation.objects.exists()
