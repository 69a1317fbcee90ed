"""Refresh tokens that are bound to a key: worth nothing without it, not even an answer again (RFC 9449 §5, P-T3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import RefreshToken, Session
from roboflow_auth.oauth.principals import find_principal
from tests.clauses import clause
from tests.oauth.assertions import KEY, OTHER_KEY
from tests.oauth.journeys import Journey, make_secret_client
from tests.oauth.proofs import ProvingJourney, jkt_of


def bare(journey: ProvingJourney) -> Journey:
    """Return the same client without a proof."""
    return Journey(journey.client, journey.browser)


def with_key(journey: ProvingJourney, key: Any) -> ProvingJourney:
    """Return the same client with another key."""
    return ProvingJourney(journey.client, journey.browser, raw_secret=journey.raw_secret, key=key)


def is_live(answer: dict[str, Any], key: Any = None) -> bool:
    """Return whether the access token of `answer` speaks for somebody, beside a proof by `key`."""
    return find_principal(answer["access_token"], Resource.MCP, dpop_jkt=jkt_of(key) if key else "") is not None


def assert_worthless(response: Any) -> None:
    """Fail unless a refresh token bought nothing."""
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant"), response.content


@clause("RFC9449-5/a")
def test_without_its_key_a_refresh_token_buys_nothing_and_ends_nothing(proving_journey: ProvingJourney) -> None:
    tokens = proving_journey.tokens()
    thief = with_key(proving_journey, OTHER_KEY)
    for stolen in (bare(proving_journey), thief):
        assert_worthless(stolen.refresh(tokens["refresh_token"]))
    fresh = proving_journey.refresh(tokens["refresh_token"])
    assert fresh.status_code == 200
    # Its successor is used, so that who presents the old one again is a thief, or was one: the key tells which.
    again = proving_journey.refresh(fresh.json()["refresh_token"]).json()
    for stolen in (bare(proving_journey), thief):
        assert_worthless(stolen.refresh(tokens["refresh_token"]))
    assert Session.objects.get().ended_at is None
    assert is_live(again, proving_journey.key)


@clause("RFC9449-5/a")
def test_an_answer_is_repeated_only_for_the_key_it_was_given_to(proving_journey: ProvingJourney) -> None:
    tokens = proving_journey.tokens()
    answer = proving_journey.refresh(tokens["refresh_token"])
    assert_worthless(bare(proving_journey).refresh(tokens["refresh_token"]))
    assert_worthless(with_key(proving_journey, OTHER_KEY).refresh(tokens["refresh_token"]))
    # A new proof by the same key: the client that lost the answer.
    assert proving_journey.refresh(tokens["refresh_token"]).json() == answer.json()
    RefreshToken.objects.update(replay_until=timezone.now() - timedelta(seconds=1))
    later = proving_journey.refresh(tokens["refresh_token"]).json()
    assert later != answer.json()
    assert is_live(later, proving_journey.key)


def test_reuse_by_the_same_key_still_ends_the_session(proving_journey: ProvingJourney) -> None:
    tokens = proving_journey.tokens()
    fresh = proving_journey.refresh(tokens["refresh_token"]).json()
    newest = proving_journey.refresh(fresh["refresh_token"]).json()
    assert_worthless(proving_journey.refresh(tokens["refresh_token"]))
    assert not is_live(newest, proving_journey.key)


def test_a_public_client_that_begins_to_prove_a_key_is_bound_to_it_from_then_on(journey: Journey) -> None:
    tokens = journey.tokens()
    proving = ProvingJourney(journey.client, journey.browser, key=KEY)
    fresh = proving.refresh(tokens["refresh_token"]).json()
    assert fresh["token_type"] == "DPoP"
    assert_worthless(journey.refresh(fresh["refresh_token"]))
    assert proving.refresh(fresh["refresh_token"]).status_code == 200


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_a_client_with_a_secret_that_comes_with_another_key_gets_tokens_that_it_can_use(
    proving_journey: ProvingJourney, key: Any
) -> None:
    proving_journey.client, proving_journey.raw_secret = make_secret_client()
    tokens = proving_journey.tokens()
    first = proving_journey.refresh(tokens["refresh_token"]).json()
    other = with_key(proving_journey, key) if key else bare(proving_journey)
    other.raw_secret = proving_journey.raw_secret
    second = other.refresh(tokens["refresh_token"]).json()
    assert second["token_type"] == ("DPoP" if key else "Bearer")
    assert is_live(second, key)
    # There is never a second live pair (P-T3.4).
    assert not is_live(first, proving_journey.key)
