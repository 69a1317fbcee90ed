"""What another OpenID provider may get wrong or make up, and who pretends to come from one."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.socialaccount.models import SocialApp
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.accounts.people import who
from tests.accounts.provider_server import NEW, Provider, come_back, go_to, sign_in_there, trust


@pytest.mark.django_db
def test_an_answer_that_nobody_in_this_browser_asked_for_signs_nobody_in(provider: Provider) -> None:
    provider.person("d-1", **NEW)
    request = go_to(Browser(), "/accounts/oidc/acme/login/")
    stranger = Browser()
    assert come_back(stranger, request).status_code == 401
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "metadata, claims, told",
    [
        ({"issuer": "https://evil.example"}, {}, {}),
        ({"userinfo_endpoint": None}, {}, {}),
        ({}, {"iss": "https://evil.example"}, {}),
        ({}, {"aud": "another-client"}, {}),
        ({}, {"exp": 1}, {}),
        ({}, {"sub": "somebody-else"}, {}),
        ({}, {"sub": ["d-1"]}, {}),
        ({}, {"sub": "d\x001"}, {"sub": "d\x001"}),
        ({}, {"sub": "d" * 300}, {"sub": "d" * 300}),
        ({}, {}, {"sub": "somebody-else"}),
    ],
)
@pytest.mark.django_db
def test_a_provider_that_contradicts_itself_signs_nobody_in(
    provider: Provider, settings: Any, metadata: dict[str, Any], claims: dict[str, Any], told: dict[str, Any]
) -> None:
    trust(settings, provider, trust=True)
    provider.person("d-1", **NEW)
    browser = Browser()
    request = go_to(browser, "/accounts/oidc/acme/login/")
    provider.metadata, provider.claims, provider.told = metadata, provider.claims | claims, provider.told | told
    answer = come_back(browser, request)
    assert answer.status_code == 401
    assert "Acme did not confirm who you are" in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/userinfo"])
@pytest.mark.parametrize("body", [b"<html>", b"[]", b"null", b'"text"'])
@pytest.mark.django_db
def test_a_provider_that_talks_nonsense_is_said_to_have_failed(provider: Provider, path: str, body: bytes) -> None:
    provider.person("d-1", **NEW)
    browser = Browser()
    request = go_to(browser, "/accounts/oidc/acme/login/")
    provider.broken[path] = body
    assert come_back(browser, request).status_code == 401
    if "openid-configuration" in path:
        assert browser.post("/accounts/oidc/acme/login/").status_code == 401


@pytest.mark.django_db
def test_a_provider_that_is_away_is_said_to_have_failed(settings: Any) -> None:
    trust(settings, Provider(issuer="http://127.0.0.1:1"), trust=False)
    answer = Browser().post("/accounts/oidc/acme/login/")
    assert answer.status_code == 401
    assert "Reference" in answer.content.decode()


@pytest.mark.django_db
def test_odd_characters_in_what_a_provider_tells_do_no_harm(provider: Provider, settings: Any) -> None:
    trust(settings, provider, trust=True)
    provider.person("d-1", email="dana@acme.example", email_verified=True, name="D\x00ana\ud800" + "x" * 500)
    browser = Browser()
    sign_in_there(browser)
    assert who(browser).name.startswith("Danax")


@pytest.mark.django_db
def test_nobody_is_a_provider_but_by_the_settings(provider: Provider) -> None:
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="evil",
        name="Evil",
        client_id="x",
        settings={"server_url": provider.issuer},
    )
    assert Browser().post("/accounts/oidc/evil/login/").status_code == 404
    assert "Evil" not in Browser().get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_a_link_alone_leads_to_no_provider(provider: Provider) -> None:
    page = Browser().get("/accounts/oidc/acme/login/")
    assert page.status_code == 200
    assert "target" not in page.context
