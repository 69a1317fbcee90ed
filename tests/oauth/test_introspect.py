"""Introspection: three parties may ask about a token, everyone else reads that it is not active."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from roboflow_auth.access.vocabulary import RoleName
from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import AuthMethod, Client, Connection
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import ISSUER, Journey, basic, make_secret_client, post_form, signed_in
from tests.support.statements import remembered_at_most

INACTIVE = {"active": False}


def introspect(client: Client, raw_secret: str, token: str) -> dict[str, Any]:
    """Return what `client` reads about `token`."""
    response = post_form(Browser(), "/oauth/introspect", {"token": token}, headers=basic(client.client_id, raw_secret))
    assert response.status_code == 200, response.content
    described: dict[str, Any] = response.json()
    return described


@pytest.fixture
def resource_server(db: None) -> tuple[Client, str]:
    """Return the resource server of /mcp, and its secret."""
    client, raw_secret = make_secret_client()
    Client.objects.filter(pk=client.pk).update(serves_resource="mcp", name="Resource server")
    return client, raw_secret


@clause("P-I1.1", "P-R2.1", "P-R2.3")
def test_the_resource_server_reads_what_the_token_is_worth(
    journey: Journey, alice: User, resource_server: tuple[Client, str]
) -> None:
    tokens = journey.tokens(scope="project:read offline_access")
    described = introspect(*resource_server, tokens["access_token"])
    assert described["active"] is True
    assert described["iss"] == ISSUER
    assert described["aud"] == f"{ISSUER}/mcp"
    assert described["sub"] == str(alice.subject)
    assert described["client_id"] == journey.client.client_id
    assert described["scope"] == "offline_access project:read"
    assert described["workspace"] == "acme"
    assert described["token_type"] == "Bearer"
    assert described["exp"] - described["iat"] in (3599, 3600)


@clause("P-G2.1", "P-R2.3")
def test_the_scope_is_what_the_role_can_use_now(
    bobs_journey: Journey, bob: User, acme: Workspace, resource_server: tuple[Client, str]
) -> None:
    bob.memberships.filter(workspace=acme).update(role=RoleName.ADMIN)
    tokens = bobs_journey.tokens(scope="project:read project:create")
    bob.memberships.filter(workspace=acme).update(role=RoleName.LABELER)
    assert introspect(*resource_server, tokens["access_token"])["scope"] == "project:read"


@clause("P-R2.2")
def test_a_resource_server_reads_nothing_about_tokens_for_another_resource(
    journey: Journey, resource_server: tuple[Client, str]
) -> None:
    code = journey.code(resource=f"{ISSUER}/api/v1")
    tokens = journey.redeem(code, resource=f"{ISSUER}/api/v1").json()
    assert introspect(*resource_server, tokens["access_token"]) == INACTIVE


def test_a_resource_server_reads_nothing_about_refresh_tokens(
    journey: Journey, resource_server: tuple[Client, str]
) -> None:
    assert introspect(*resource_server, journey.tokens()["refresh_token"]) == INACTIVE


@clause("P-R2.1", "P-R2.2")
def test_a_client_reads_about_its_own_tokens_and_about_no_others(alice: User, acme: Workspace) -> None:
    client, raw_secret = make_secret_client(AuthMethod.POST)
    own = Journey(client, signed_in(alice), raw_secret=raw_secret).tokens()
    assert introspect(client, raw_secret, own["access_token"])["active"] is True
    assert introspect(client, raw_secret, own["refresh_token"])["token_type"] == "refresh_token"
    foreign = Journey(builders.make_client(), signed_in(alice)).tokens()
    assert introspect(client, raw_secret, foreign["access_token"]) == INACTIVE


@clause("P-R2.1", "P-R2.2")
def test_a_token_may_ask_about_itself_and_about_no_other(journey: Journey) -> None:
    mine, other = journey.tokens()["access_token"], journey.tokens()["access_token"]
    headers = {"Authorization": f"Bearer {mine}"}
    assert post_form(Browser(), "/oauth/introspect", {"token": mine}, headers=headers).json()["active"] is True
    assert post_form(Browser(), "/oauth/introspect", {"token": other}, headers=headers).json() == INACTIVE


@clause("RFC7662-2.1/b")
@pytest.mark.parametrize("extra", [{}, {"grant_type": "device_code"}])
def test_a_public_client_is_not_an_authenticated_caller(journey: Journey, extra: dict[str, str]) -> None:
    tokens = journey.tokens()
    response = journey.post("/oauth/introspect", token=tokens["access_token"], **extra)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@clause("RFC7662-2.2")
def test_dead_and_unknown_tokens_are_inactive(journey: Journey, resource_server: tuple[Client, str]) -> None:
    tokens = journey.tokens()
    Connection.objects.update(revoked_at=timezone.now())
    for token in (tokens["access_token"], "unknown", "rfoa_" + "a" * 49):
        assert introspect(*resource_server, token) == INACTIVE


@clause("RFC7662-2.1/a")
def test_get_is_refused(db: None) -> None:
    assert Browser().get("/oauth/introspect", {"token": "x"}).status_code == 405


@clause("RFC7662-2.1/b")
def test_nobody_in_particular_is_refused(db: None) -> None:
    response = post_form(Browser(), "/oauth/introspect", {"token": "x"})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_introspection_takes_two_statements(journey: Journey, resource_server: tuple[Client, str]) -> None:
    tokens = journey.tokens()
    with remembered_at_most(2):
        introspect(*resource_server, tokens["access_token"])


def test_a_request_about_no_token_is_an_invalid_request(resource_server: tuple[Client, str]) -> None:
    client, raw_secret = resource_server
    response = post_form(Browser(), "/oauth/introspect", {"x": "1"}, headers=basic(client.client_id, raw_secret))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@clause("P-G3.3")
def test_the_end_of_the_connection_is_told_when_it_has_one(
    journey: Journey, resource_server: tuple[Client, str]
) -> None:
    ending, endless = journey.tokens(), journey.tokens({"duration": "forever"}, prompt="consent")
    assert "authorization_expires_in" in ending
    assert "authorization_expires_in" not in endless
    assert "authorization_expires_at" not in introspect(*resource_server, endless["access_token"])
