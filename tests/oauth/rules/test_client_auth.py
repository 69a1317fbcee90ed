"""Client authentication: by Basic or in the body, never with nothing, never in two ways."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.models import (
    AuthMethod,
    Client,
)
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.clauses import clause
from tests.oauth.journeys import VERIFIER, Journey, basic, make_secret_client, post_form, signed_in


@clause("P-C4.1", "P-C4.3", "RFC6749-2.3.1")
@pytest.mark.parametrize("method", [AuthMethod.BASIC, AuthMethod.POST])
@pytest.mark.parametrize("way", ["basic", "post", "lower-case scheme"])
def test_a_secret_client_authenticates_by_basic_or_post_whichever_it_registered(
    alice: User, acme: Workspace, method: AuthMethod, way: str
) -> None:
    client, raw_secret = make_secret_client(method)
    journey = Journey(client, signed_in(alice))
    body = {"grant_type": "authorization_code", "code": journey.code(), "code_verifier": VERIFIER}
    if way == "post":
        response = post_form(
            Browser(), "/oauth/token", {**body, "client_id": client.client_id, "client_secret": raw_secret}
        )
    else:
        scheme = "basic" if way == "lower-case scheme" else "Basic"
        response = post_form(Browser(), "/oauth/token", body, headers=basic(client.client_id, raw_secret, scheme))
    assert response.status_code == 200, response.content


@clause("P-C4.2")
def test_a_secret_client_never_gets_by_without_its_secret(alice: User, acme: Workspace) -> None:
    client, _ = make_secret_client()
    journey = Journey(client, signed_in(alice))
    response = journey.redeem(journey.code())
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@clause("P-C4.2")
def test_a_secret_client_stored_without_a_hash_can_not_authenticate_at_all(alice: User, acme: Workspace) -> None:
    client, raw_secret = make_secret_client()
    Client.objects.update(client_secret="")
    for secret in ("", raw_secret):
        journey = Journey(client, Browser(), raw_secret=secret)
        assert journey.refresh("rfor_x").json()["error"] == "invalid_client"


@clause("P-T1.2", "RFC6749-5.2/a")
def test_a_wrong_secret_is_answered_in_the_scheme_that_was_used(db: None) -> None:
    client, _ = make_secret_client()
    response = post_form(
        Browser(), "/oauth/token", {"grant_type": "refresh_token"}, headers=basic(client.client_id, "wrong")
    )
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert response.json()["error"] == "invalid_client"


def test_a_public_client_with_a_secret_is_refused(journey: Journey) -> None:
    journey.raw_secret = "made-up"
    assert journey.refresh("rfor_x").json()["error"] == "invalid_client"


@clause("RFC6749-2.3/a")
def test_two_ways_of_authenticating_at_once_are_refused(db: None) -> None:
    client, raw_secret = make_secret_client()
    body = {"grant_type": "refresh_token", "client_id": client.client_id, "client_secret": raw_secret}
    response = post_form(Browser(), "/oauth/token", body, headers=basic(client.client_id, raw_secret))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@clause("P-T1.2")
@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic /w==", "Basic OnNlY3JldA=="])
def test_a_malformed_basic_header_is_an_invalid_client(db: None, header: str) -> None:
    response = post_form(Browser(), "/oauth/token", {"grant_type": "refresh_token"}, headers={"Authorization": header})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@clause("P-C4.3")
def test_basic_credentials_are_percent_decoded_and_may_hold_colons(alice: User, acme: Workspace) -> None:
    client = builders.make_client(
        client_id="id with:colon",
        client_type=Client.CLIENT_CONFIDENTIAL,
        auth_method=AuthMethod.BASIC,
        client_secret=hash_secret("se:cr%et"),
    )
    response = post_form(
        Browser(),
        "/oauth/token",
        {"grant_type": "refresh_token", "refresh_token": "x"},
        headers=basic("id+with%3Acolon", "se:cr%25et"),
    )
    assert client.pk
    assert response.json()["error"] == "invalid_grant"
