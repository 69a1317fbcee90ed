"""Signing in at another OpenID provider: whose account it opens, and what a provider may get wrong or make up."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.workspaces.models import Membership
from tests.accounts.people import set_up_app, signed_in_by_password, who
from tests.accounts.provider_server import (
    CLIENT_ID,
    NEW,
    Provider,
    come_back,
    go_to,
    sign_in_there,
    trust,
)
from tests.oauth.journeys import Journey
from tests.support.totp import totp


@pytest.mark.django_db
def test_somebody_new_from_a_trusted_provider_gets_an_account_and_a_workspace(
    provider: Provider, settings: Any
) -> None:
    trust(settings, provider, trust=True)
    provider.person("d-1", **NEW)
    browser = Browser()
    assert sign_in_there(browser, next="/accounts/sessions/")["Location"] == "/accounts/sessions/"
    dana = who(browser)
    assert (dana.email, dana.name, dana.has_usable_password()) == ("dana@acme.example", "Dana Ito", False)
    assert Membership.objects.get(user=dana).workspace.name == "Dana Ito's workspace"
    assert EmailAddress.objects.get(user=dana).verified


@pytest.mark.django_db
def test_somebody_new_from_another_provider_proves_the_address_first(provider: Provider) -> None:
    provider.person("d-1", **NEW)
    browser = Browser()
    assert sign_in_there(browser)["Location"] == "/accounts/confirm-email/"
    assert who(browser).is_anonymous
    assert not EmailAddress.objects.get(email="dana@acme.example").verified
    assert mail.outbox[0].to == ["dana@acme.example"]


@pytest.mark.django_db
def test_who_came_before_comes_back_to_the_same_account_whatever_the_address(provider: Provider, settings: Any) -> None:
    trust(settings, provider, trust=True)
    provider.person("d-1", **NEW)
    sign_in_there(Browser())
    provider.person("d-1", email="alice@demo.local", email_verified=True)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser).email == "dana@acme.example"


def test_a_provider_that_is_not_trusted_opens_no_account_by_its_address(provider: Provider, alice: User) -> None:
    provider.person("evil", email=alice.email, email_verified=True)
    browser = Browser()
    assert sign_in_there(browser)["Location"] == "/accounts/confirm-email/"
    assert who(browser).is_anonymous
    assert not SocialAccount.objects.exists()
    assert "already" in str(mail.outbox[0].body)


def test_a_trusted_provider_opens_and_links_the_account_with_the_address(
    provider: Provider, alice: User, settings: Any
) -> None:
    trust(settings, provider, trust=["demo.local"])
    provider.person("a-1", email="Alice@Demo.local", email_verified=True)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser) == alice
    assert mail.outbox[0].to == [alice.email]
    assert AuditEvent.objects.get(action="link_account").target == "Acme"
    assert User.objects.get().has_usable_password()


@pytest.mark.parametrize("claim", [False, None, "true", "false", 1, []])
def test_an_address_that_the_provider_did_not_verify_opens_no_account(
    provider: Provider, alice: User, settings: Any, claim: Any
) -> None:
    trust(settings, provider, trust=True)
    provider.person("evil", email=alice.email, email_verified=claim)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser).is_anonymous
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("domain", ["other.example", "local", "evil-demo.local"])
def test_a_provider_is_believed_about_its_own_domains_only(
    provider: Provider, alice: User, settings: Any, domain: str
) -> None:
    trust(settings, provider, trust=[domain])
    provider.person("evil", email=alice.email, email_verified=True)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser).is_anonymous


def test_an_account_that_did_not_prove_its_address_is_opened_to_nobody(
    provider: Provider, alice: User, settings: Any
) -> None:
    EmailAddress.objects.update(verified=False)
    trust(settings, provider, trust=True)
    provider.person("a-1", email=alice.email, email_verified=True)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser).is_anonymous
    assert not SocialAccount.objects.exists()


def test_someone_inactive_stays_out(provider: Provider, alice: User, settings: Any) -> None:
    trust(settings, provider, trust=True)
    User.objects.update(is_active=False)
    provider.person("a-1", email=alice.email, email_verified=True)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser).is_anonymous


def test_the_second_step_is_asked_for_after_the_provider_too(provider: Provider, alice: User, settings: Any) -> None:
    trust(settings, provider, trust=True)
    secret = set_up_app(signed_in_by_password(alice))
    provider.person("a-1", email=alice.email, email_verified=True)
    browser = Browser()
    assert sign_in_there(browser)["Location"] == "/accounts/2fa/authenticate/"
    assert who(browser).is_anonymous
    browser.post("/accounts/2fa/authenticate/", {"code": totp(secret)})
    assert who(browser) == alice


@pytest.mark.django_db
def test_a_closed_server_lets_nobody_new_in_but_by_a_provider_that_may(provider: Provider, settings: Any) -> None:
    settings.ACCOUNT_SIGNUP = False
    provider.person("d-1", **NEW)
    assert "closed" in sign_in_there(Browser()).content.decode().lower()
    trust(settings, provider, trust=True, sign_up=True)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser).email == "dana@acme.example"


@pytest.mark.django_db
def test_the_request_has_pkce_and_state_and_nothing_that_a_link_put_in(provider: Provider) -> None:
    provider.person("d-1", **NEW)
    browser = Browser()
    path = "/accounts/oidc/acme/login/?process=login&scope=admin&auth_params=client_id%3Devil%26prompt%3Dnone"
    request = go_to(browser, path)
    assert (request["client_id"], set(request["scope"].split())) == (CLIENT_ID, {"openid", "profile", "email"})
    assert "prompt" not in request
    come_back(browser, request)
    verifier = provider.asked[0]["code_verifier"][0]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert (request["code_challenge"], request["code_challenge_method"]) == (challenge, "S256")


def test_the_app_that_waits_is_answered_by_a_page_of_this_server(
    journey: Journey, provider: Provider, settings: Any
) -> None:
    trust(settings, provider, trust=True)
    provider.person("d-1", **NEW)
    journey.browser = Browser()
    page = journey.browser.get(journey.ask()["Location"]).content.decode()
    assert "Go on with Acme" in page
    answer = sign_in_there(journey.browser)
    assert answer.status_code == 200
    assert answer.context["target"].startswith("/oauth/authorize?")
    assert "wants to connect" in journey.browser.get(answer.context["target"]).content.decode()
