"""Attacks on codes and on the request that they answer (RFC 9700 §4.5 to §4.8, §4.15)."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, Connection
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.builders import PASSWORD
from tests.oauth.journeys import (
    CHALLENGE,
    VERIFIER,
    Journey,
    answer_of,
    field_value,
    make_secret_client,
    post_form,
    signed_in,
)
from tests.oauth.registrations import registered

ATTACKERS_VERIFIER = "w" * 43


def test_a_stolen_code_is_worth_nothing_in_the_thiefs_own_session(journey: Journey, bob: User) -> None:
    """RFC 9700 §4.5: a thief injects the victim's code into their own session with the same honest client."""
    code = journey.code()
    thief = Journey(journey.client, signed_in(bob))
    refused = thief.redeem(code, code_verifier=ATTACKERS_VERIFIER)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert not AccessToken.objects.exists()
    # The attempt does not rob the person of the answer either.
    assert journey.redeem(code).status_code == 200


def test_a_code_stolen_from_a_client_with_a_secret_is_worth_nothing_without_the_verifier(
    alice: User, acme: Workspace
) -> None:
    """RFC 9700 §4.5.3: the client's own secret does not help, since it is the honest client that is made to redeem."""
    client, raw_secret = make_secret_client()
    journey = Journey(client, signed_in(alice), raw_secret=raw_secret)
    assert journey.redeem(journey.code(), code_verifier=None).json()["error"] == "invalid_request"
    assert journey.redeem(journey.code(), code_verifier=ATTACKERS_VERIFIER).json()["error"] == "invalid_grant"


def test_a_code_redeemed_as_if_it_had_gone_to_another_address_is_refused(alice: User, acme: Workspace) -> None:
    """RFC 9700 §4.5: a code that was caught at one redirect URI is injected at another of the same client."""
    uris = "https://app.example/cb https://old.app.example/cb"
    journey = Journey(builders.make_client(redirect_uris=uris), signed_in(alice), "https://old.app.example/cb")
    assert journey.redeem(journey.code(), redirect_uri="https://app.example/cb").json()["error"] == "invalid_grant"


def test_an_id_token_fits_one_access_token_only(journey: Journey) -> None:
    """RFC 9700 §4.6: a client that is handed another access token can tell by the ID token's `at_hash`."""
    tokens, others = journey.tokens(scope="openid project:read"), journey.tokens(scope="openid project:read")
    payload = tokens["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["at_hash"] == half_hash(tokens["access_token"]) != half_hash(others["access_token"])


def half_hash(raw_token: str) -> str:
    """Return what OpenID Connect Core §3.1.3.6 calls `at_hash`."""
    return base64.urlsafe_b64encode(hashlib.sha256(raw_token.encode()).digest()[:16]).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "state", ["a", "sp ace+plus%2B", "<script>&amp;\"'", "ü→\U0001f600", "a=b&c=d#e?f", "x" * 4096]
)
def test_the_clients_own_guard_against_forged_answers_comes_back_unchanged(journey: Journey, state: str) -> None:
    """RFC 9700 §4.7: a client that binds `state` to its browser tells a forged answer by it, if it comes back exact."""
    assert answer_of(journey.decide(journey.ask(state=state)))["state"] == state
    assert answer_of(journey.decide(journey.ask(state=state), decision="deny"))["state"] == state


def test_a_page_of_another_site_can_not_answer_for_the_person(journey: Journey) -> None:
    """RFC 9700 §4.7: a forged form would connect the attacker's app with a click that nobody made."""
    handle = field_value(journey.ask().content.decode(), "handle")
    form = {"handle": handle, "decision": "allow", "duration": "90", "level": "read", "workspace": "acme"}
    forged = journey.browser.post("/oauth/authorize", form, headers={"Origin": "https://evil.example"})
    assert forged.status_code == 403
    assert not Connection.objects.exists()


def test_an_attackers_question_can_not_be_answered_in_the_victims_browser(journey: Journey, bob: User) -> None:
    """RFC 9700 §4.7: the attacker opens the page and plants its handle, and a token of their own, at the victim."""
    attacker = Journey(journey.client, signed_in(bob))
    page = attacker.ask()
    assert journey.ask().status_code == 200
    journey.browser.cookies["csrftoken"] = attacker.browser.cookies["csrftoken"].value
    assert journey.decide(page, workspace="acme").status_code == 400
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": ""},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge_method": "plain", "code_challenge": VERIFIER},
    ],
)
@pytest.mark.parametrize("kind", ["public", "secret"])
def test_pkce_can_not_be_taken_out_of_a_request(
    alice: User, acme: Workspace, kind: str, changes: dict[str, str | None]
) -> None:
    """RFC 9700 §4.8: an attacker who can touch the request takes PKCE out, and then injects codes as they like."""
    client = builders.make_client() if kind == "public" else make_secret_client()[0]
    assert answer_of(Journey(client, signed_in(alice)).ask(**changes))["error"] == "invalid_request"


@pytest.mark.parametrize("verifier", [None, "", CHALLENGE, "v", "v" * 42, f"{VERIFIER}v"])
def test_pkce_can_not_be_left_out_of_the_redemption(journey: Journey, verifier: str | None) -> None:
    """RFC 9700 §4.8.2: a code that was asked for with a challenge is worth nothing without its verifier."""
    assert journey.redeem(journey.code(), code_verifier=verifier).status_code == 400
    assert not AccessToken.objects.exists()


def test_no_client_can_be_taken_for_a_person(alice: User, acme: Workspace) -> None:
    """RFC 9700 §4.15: a client that may choose its identifier chooses that of a person, and is taken for them."""
    members = registered(client_id=str(alice.subject), token_endpoint_auth_method="client_secret_post")
    assert members["client_id"] != str(alice.subject)
    for grant_type in ("client_credentials", "password"):
        grant = {"grant_type": grant_type, "username": alice.email, "password": PASSWORD, "scope": "project:read"}
        body = {**grant, "client_id": members["client_id"], "client_secret": members["client_secret"]}
        assert post_form(Browser(), "/oauth/token", body).status_code == 400
    assert not AccessToken.objects.exists()


def test_a_code_that_is_raced_for_is_worth_one_set_of_tokens_and_then_none(journey: Journey) -> None:
    """RFC 9700 §4.5: of two who hold the same code and its verifier one is a thief, so neither keeps the tokens."""
    code = journey.code()
    first = journey.redeem(code).json()
    assert journey.redeem(code).json()["error"] == "invalid_grant"
    assert find_principal(first["access_token"], Resource.MCP) is None
    assert journey.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
