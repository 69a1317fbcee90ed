"""How people sign in, in Django admin, and staff who need a second factor to get there."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client as Browser
from django.urls import reverse

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from tests.accounts.people import give_password, set_up_app, signed_in_by_password, who
from tests.builders import make_user
from tests.support.totp import totp


@pytest.mark.parametrize("label", ["account", "socialaccount", "usersessions"])
def test_nothing_that_opens_accounts_is_edited_in_the_admin(label: str) -> None:
    assert not [model for model in admin.site._registry if model._meta.app_label == label]


def test_staff_see_addresses_and_can_not_change_them(client: Browser, staff: User, bob: User) -> None:
    client.force_login(staff)
    url = reverse("admin:accounts_user_change", args=[bob.pk])
    assert "bob@demo.local (verified)" in client.get(url).content.decode()
    client.post(url, {"email": bob.email, "name": "Bob", "is_active": "on", "addresses": "evil@demo.local"})
    assert [row.email for row in EmailAddress.objects.filter(user=bob)] == ["bob@demo.local"]


def test_staff_take_the_second_factor_away_from_who_lost_the_phone(staff: User, bob: User) -> None:
    set_up_app(signed_in_by_password(bob))
    browser = signed_in_by_password(staff)
    row = Authenticator.objects.get(user=bob, type="totp")
    page = browser.get(reverse("admin:mfa_authenticator_change", args=[row.pk])).content.decode()
    assert str(row.data["secret"]) not in page
    browser.post(reverse("admin:mfa_authenticator_delete", args=[row.pk]), {"post": "yes"})
    assert not Authenticator.objects.filter(user=bob).exists()
    event = AuditEvent.objects.get(action="remove_second_factor")
    assert (event.actor_email, event.target, event.detail) == (staff.email, bob.email, "totp")


def test_a_clerk_takes_no_second_factor_from_a_colleague(staff: User, bob: User) -> None:
    set_up_app(signed_in_by_password(staff))
    clerk = make_user("clerk@demo.local", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(content_type__app_label="mfa"))
    row = Authenticator.objects.get(user=staff, type="totp")
    answer = signed_in_by_password(clerk).post(
        reverse("admin:mfa_authenticator_delete", args=[row.pk]), {"post": "yes"}
    )
    assert answer.status_code == 403
    assert Authenticator.objects.filter(pk=row.pk).exists()


def test_staff_set_up_a_second_factor_first_where_it_is_asked_for(staff: User, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True
    browser = signed_in_by_password(staff)
    page = browser.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "Staff sign in with two steps here" in page.content.decode()


def test_staff_who_signed_in_before_they_had_a_second_factor_prove_it(staff: User, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True
    browser = signed_in_by_password(staff)
    secret = set_up_app(browser)
    page = browser.get("/admin/", follow=True)
    asked = page.redirect_chain[-1][0]
    assert asked.startswith("/accounts/2fa/reauthenticate/")
    browser.post(asked, {"code": totp(secret)})
    assert browser.get("/admin/").status_code == 200


def test_staff_with_a_second_factor_get_in_where_it_is_asked_for(staff: User, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True
    secret = set_up_app(signed_in_by_password(staff))
    browser = Browser()
    give_password(browser, staff, next="/admin/")
    assert browser.get("/admin/").status_code == 302
    assert browser.post("/accounts/2fa/authenticate/", {"code": totp(secret)})["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200
    assert who(browser) == staff


def test_nobody_else_gets_in_by_a_second_factor(bob: User, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True
    browser = signed_in_by_password(bob)
    assert browser.get("/admin/", follow=True).status_code == 403
