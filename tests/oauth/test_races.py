"""Single-use things under real concurrency: many connections to one PostgreSQL at the same time."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client as Browser

from roboflow_auth.core.public_url import Resource
from roboflow_auth.core.secrets import hash_secret
from roboflow_auth.oauth.keys import forget_keys, public_key_set
from roboflow_auth.oauth.models import AccessToken, Client, Connection, RefreshToken, SigningKey, UsedAssertion
from roboflow_auth.oauth.principals import find_principal
from tests.clauses import clause
from tests.oauth.assertions import KEY, claims_of, make_key_client, present, sign
from tests.oauth.crowd import all_at_once, fresh, in_the_meantime
from tests.oauth.journeys import Journey
from tests.oauth.registrations import LOOPBACK, metadata, registered

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CROWD = 20


@clause("P-T2.1")
def test_of_twenty_redemptions_of_one_code_exactly_one_wins(journey: Journey) -> None:
    code = journey.code()
    responses = all_at_once(lambda: fresh(journey).redeem(code))
    assert sorted(response.status_code for response in responses) == [200] + [400] * (CROWD - 1)
    assert {r.json()["error"] for r in responses if r.status_code == 400} == {"invalid_grant"}
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (1, 1)


@clause("P-A3.1")
def test_of_twenty_answers_to_one_question_exactly_one_counts(journey: Journey) -> None:
    page = journey.ask()
    responses = all_at_once(lambda: journey.decide(page))
    assert sorted(response.status_code for response in responses) == [303] + [400] * (CROWD - 1)


@clause("P-A3.5", "P-G1.1")
def test_twenty_answers_to_questions_about_the_same_make_one_connection(journey: Journey) -> None:
    pages = [journey.ask() for _ in range(CROWD)]
    responses = all_at_once(lambda: journey.decide(pages.pop()))
    assert [response.status_code for response in responses] == [303] * CROWD
    assert Connection.objects.count() == 1


@clause("P-G4.9")
def test_sessions_that_refresh_while_the_person_allows_again_get_nothing_back(journey: Journey) -> None:
    wide = "project:create project:read"
    held = [journey.tokens(scope=wide)["refresh_token"] for _ in range(8)]
    journey.code({"level": "read"}, scope=wide)
    page = journey.ask(scope=wide)
    actions: list[Callable[[], Any]] = [partial(fresh(journey).refresh, token) for token in held]
    actions.append(partial(journey.decide, page))

    def act() -> Any:
        return actions.pop()()

    answers = all_at_once(act, len(actions))
    assert Connection.objects.get().scope == wide
    refreshed = [answer.json() for answer in answers if answer.status_code == 200]
    assert [tokens["scope"] for tokens in refreshed] == ["project:read"] * len(held)
    found = [find_principal(tokens["access_token"], Resource.MCP) for tokens in refreshed]
    assert [principal.scopes for principal in found if principal] == [{"project:read"}] * len(held)


def test_of_twenty_uses_of_one_assertion_exactly_one_counts() -> None:
    client = make_key_client(KEY)
    assertion = sign(claims_of(client.client_id), KEY)
    errors = [response.json()["error"] for response in all_at_once(lambda: present(assertion))]
    assert sorted(errors) == ["invalid_client"] * (CROWD - 1) + ["invalid_grant"]
    assert UsedAssertion.objects.count() == 1


@clause("P-O1.3")
def test_a_process_that_makes_the_signing_key_second_takes_the_one_of_the_first() -> None:
    response = in_the_meantime(public_key_set, lambda: _forgetful(lambda: Browser().get("/oauth/jwks")))
    assert [key["kid"] for key in response.json()["keys"]] == [SigningKey.objects.get().kid]


def _forgetful(action: Callable[[], Any]) -> Any:
    """Return what `action` answers in a process that has not read the keys yet."""
    forget_keys()
    return action()


def test_a_registration_that_is_deleted_while_its_client_replaces_it_is_gone() -> None:
    members = registered()
    replacement = json.dumps(metadata("Too late", LOOPBACK))
    response = in_the_meantime(lambda: manage(members, "DELETE"), lambda: manage(members, "PUT", replacement))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")
    assert not Client.objects.exists()


def test_what_staff_decide_while_a_client_replaces_its_registration_stays_decided() -> None:
    document = metadata("Shelf counter", LOOPBACK, token_endpoint_auth_method="client_secret_post")
    members = registered(document)
    Client.objects.update(is_verified=True)

    def decide() -> None:
        Client.objects.update(is_verified=False, client_secret=hash_secret("rolled"))

    response = in_the_meantime(decide, lambda: manage(members, "PUT", json.dumps(document)))
    assert response.status_code == 200
    client = Client.objects.get()
    assert (client.is_verified, client.client_secret) == (False, hash_secret("rolled"))


def manage(members: dict[str, Any], verb: str, body: str = "") -> Any:
    """Send a request to the registration that `members` describes, with its token."""
    headers = {"Authorization": f"Bearer {members['registration_access_token']}"}
    path = f"/oauth/register/{members['client_id']}"
    return Browser().generic(verb, path, body, content_type="application/json", headers=headers)
