"""Attacks with tokens that were stolen, forged or bent (RFC 9700 §4.9, §4.10, §4.13, §4.14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.catalogue import WORKSPACE_SCOPES
from roboflow_auth.accounts.models import User
from roboflow_auth.audit.models import AuditEvent
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, Client, RefreshToken
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.api.client import ApiClient
from tests.oauth.journeys import Journey, signed_in
from tests.oauth.registrations import register


@pytest.mark.parametrize(
    "asked", ["https://evil.example/mcp", "http://testserver.evil.example/mcp", "https://testserver/mcp"]
)
def test_no_token_is_made_for_the_server_of_somebody_else(journey: Journey, asked: str) -> None:
    """RFC 9700 §4.9.1: a counterfeit resource server would collect tokens that are good elsewhere."""
    assert journey.ask(resource=asked)["Location"].find("error=invalid_target") > 0
    assert journey.redeem(journey.code(), resource=asked).json()["error"] == "invalid_target"


def test_a_token_that_leaks_at_one_resource_is_worth_nothing_at_the_other(alice: User, acme: Workspace) -> None:
    """RFC 9700 §4.9.2: a compromised resource server replays what it was sent, so each token has one audience."""
    api = builders.make_token(alice, acme, resource=Resource.API)
    mcp = builders.make_token(alice, acme, resource=Resource.MCP)
    assert ApiClient(api).send("GET", "/api/v1/me").status_code == 200
    assert ApiClient(mcp).problem("GET", "/api/v1/me", status=401)["code"] == "invalid_token"
    assert find_principal(api, Resource.MCP) is None
    assert find_principal(mcp, Resource.MCP) is not None


def test_a_stolen_access_token_dies_by_itself_within_the_hour(journey: Journey) -> None:
    """RFC 9700 §4.10: whoever steals a token uses it; how long is up to its lifetime."""
    tokens = journey.tokens()
    assert tokens["expires_in"] <= 3600
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert find_principal(tokens["access_token"], Resource.MCP) is None


def test_a_stolen_access_token_can_not_be_made_into_more(journey: Journey) -> None:
    """RFC 9700 §4.10: a thief with an access token must not get a refresh token, a code or more scopes for it."""
    stolen = journey.tokens()["access_token"]
    assert journey.refresh(stolen).json()["error"] == "invalid_grant"
    assert journey.redeem(stolen).json()["error"] == "invalid_grant"
    assert (
        Browser().get("/oauth/authorize", journey.query(), headers=bearer(stolen))["Location"].startswith("/accounts/")
    )
    assert Browser().get("/admin/", headers=bearer(stolen)).status_code == 302
    assert Browser().get("/oauth/register/x", headers=bearer(stolen)).status_code == 401


def bearer(raw_token: str) -> dict[str, str]:
    """Return the header of a Bearer token."""
    return {"Authorization": f"Bearer {raw_token}"}


SPOOFED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=6.6.6.6;host=evil.example;proto=https",
    "X-Real-IP": "6.6.6.6",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
    "Script-Name": "/evil",
}


@pytest.mark.django_db
def test_headers_of_a_proxy_are_believed_from_nobody_but_the_proxy(settings: Any) -> None:
    """RFC 9700 §4.13: a client that sends the proxy's own headers would choose its address and this server's name."""
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"):
        found, plain = Browser().get(path, headers=SPOOFED), Browser().get(path)
        assert found.json() == plain.json()
    members = Browser().post(
        "/oauth/register", {"redirect_uris": ["http://127.0.0.1/"]}, "application/json", headers=SPOOFED
    )
    assert members.json()["registration_client_uri"].startswith("http://testserver/oauth/register/")
    assert AuditEvent.objects.get(action="register_client").address == "127.0.0.1"


@pytest.mark.django_db
def test_a_proxy_that_passes_on_what_it_was_sent_breaks_nothing(settings: Any) -> None:
    """RFC 9700 §4.13: behind a proxy that is trusted there may still stand a liar, who names no address at all."""
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/8"]
    lies = {"X-Forwarded-For": f"{'x' * 300}, 10.0.0.7"}
    answer = Browser().post(
        "/oauth/register", {"redirect_uris": ["http://127.0.0.1/"]}, "application/json", headers=lies
    )
    assert answer.status_code == 201
    assert AuditEvent.objects.get(action="register_client").address == "10.0.0.7"


def test_a_refresh_token_is_worth_nothing_to_another_client(journey: Journey, bob: User) -> None:
    """RFC 9700 §4.14.2: refresh tokens are bound to the client that they were issued to."""
    stolen = journey.tokens()["refresh_token"]
    thief = Journey(builders.make_client(), signed_in(bob))
    assert thief.refresh(stolen).json()["error"] == "invalid_grant"
    # And the attempt does not end the victim's session.
    assert journey.refresh(stolen).status_code == 200


def test_a_refresh_token_never_buys_more_than_the_person_gave(journey: Journey) -> None:
    """RFC 9700 §4.14.2: refresh tokens are bound to the scope and resource that the person consented to."""
    tokens = journey.tokens(scope="workspace:read project:read offline_access")
    wider = journey.refresh(tokens["refresh_token"], scope=" ".join(WORKSPACE_SCOPES)).json()
    assert set(wider["scope"].split()) <= {"workspace:read", "project:read", "offline_access"}
    other = journey.refresh(wider["refresh_token"], resource="http://testserver/api/v1")
    assert other.json()["error"] == "invalid_target"


def test_an_unused_refresh_token_dies(journey: Journey) -> None:
    """RFC 9700 §4.14.2: a refresh token that is not used for a while expires, so that a forgotten copy is worthless."""
    raw_token = journey.tokens()["refresh_token"]
    RefreshToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert journey.refresh(raw_token).json()["error"] == "invalid_grant"


@pytest.mark.django_db
def test_what_a_client_says_it_needs_at_registration_gives_it_nothing() -> None:
    """RFC 9700 §4.10.2: privileges are what a person lends; a registration that asks for all of them gets none."""
    answer = register(
        scope=" ".join(WORKSPACE_SCOPES), is_verified=True, skip_authorization=True, serves_resource="mcp"
    )
    client = Client.objects.get(client_id=answer.json()["client_id"])
    assert (client.is_verified, client.serves_resource, client.first_connected_at) == (False, "", None)
