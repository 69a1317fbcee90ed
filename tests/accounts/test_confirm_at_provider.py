"""A fresh proof from people who have nothing here to prove themselves with: their provider vouches for them."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.accounts.people import make_older, set_up_app, signed_in_by_password, who
from tests.accounts.provider_server import NEW, Provider, come_back, go_to, sign_in_there, trust


@pytest.fixture
def dana(provider: Provider, settings: Any, db: None) -> Browser:
    """Return the browser of Dana, who has nothing but the provider and signed in an hour ago."""
    trust(settings, provider, trust=True)
    provider.person("d-1", **NEW)
    browser = Browser()
    sign_in_there(browser)
    make_older(browser, 3600)
    return browser


def confirm(browser: Browser, path: str = "/accounts/2fa/totp/activate/") -> Any:
    """Confirm at the provider what `path` asks for; return the answer to coming back."""
    asked = browser.get(path)["Location"]
    assert asked == f"/accounts/confirm/?{urlencode({'next': path})}"
    assert "Sign in again with Acme" in browser.get(asked).content.decode()
    request = go_to(browser, "/accounts/confirm/acme/", next=path)
    assert request["prompt"] == "login"
    return come_back(browser, request)


def test_who_has_nothing_here_confirms_at_the_provider(dana: Browser) -> None:
    assert confirm(dana)["Location"] == "/accounts/2fa/totp/activate/"
    assert dana.get("/accounts/2fa/totp/activate/").status_code == 200


def test_another_account_there_confirms_nothing(dana: Browser, provider: Provider) -> None:
    provider.person("somebody-else", **NEW)
    assert confirm(dana)["Location"] == "/accounts/confirm/"
    assert dana.get("/accounts/2fa/totp/activate/").status_code == 302
    assert who(dana).email == "dana@acme.example"


def test_a_provider_that_did_not_ask_again_confirms_nothing(dana: Browser, provider: Provider) -> None:
    provider.claims["auth_time"] = int(time.time()) - 4000
    assert confirm(dana)["Location"] == "/accounts/confirm/"
    assert dana.get("/accounts/2fa/totp/activate/").status_code == 302


def test_a_second_factor_is_not_replaced_by_the_provider(alice: User, provider: Provider) -> None:
    browser = signed_in_by_password(alice)
    set_up_app(browser)
    SocialAccount.objects.create(user=alice, provider="acme", uid="a-1")
    assert browser.post("/accounts/confirm/acme/").status_code == 404


def test_the_last_way_in_is_not_unlinked(dana: Browser, provider: Provider) -> None:
    row = SocialAccount.objects.get()
    confirm(dana)
    assert "no password" in dana.post("/accounts/linked/", {"account": str(row.pk)}).content.decode()
    assert SocialAccount.objects.exists()
