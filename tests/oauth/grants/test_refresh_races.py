"""Refreshing under real concurrency: fifty connections to one PostgreSQL at the same time (P-T3)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, RefreshToken, Session
from roboflow_auth.oauth.principals import find_principal
from tests.clauses import clause
from tests.oauth.crowd import all_at_once, fresh
from tests.oauth.grants.test_refresh_replay import let_the_window_pass
from tests.oauth.journeys import Journey

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CROWD = 50


@clause("P-T3.2")
def test_fifty_refreshes_of_one_token_get_the_same_answer_and_one_live_pair(journey: Journey) -> None:
    tokens = journey.tokens()
    answers = all_at_once(lambda: fresh(journey).refresh(tokens["refresh_token"]), CROWD)
    assert [answer.status_code for answer in answers] == [200] * CROWD
    assert len({answer.content for answer in answers}) == 1
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (2, 2)
    assert RefreshToken.objects.filter(revoked__isnull=True).count() == 1
    assert find_principal(answers[0].json()["access_token"], Resource.MCP) is not None


@clause("P-T3.4")
def test_fifty_refreshes_after_the_window_get_the_same_new_answer_and_one_live_pair(journey: Journey) -> None:
    tokens = journey.tokens()
    lost = journey.refresh(tokens["refresh_token"])
    let_the_window_pass()
    answers = all_at_once(lambda: fresh(journey).refresh(tokens["refresh_token"]), CROWD)
    assert [answer.status_code for answer in answers] == [200] * CROWD
    assert len({answer.content for answer in answers} | {lost.content}) == 2
    assert RefreshToken.objects.filter(revoked__isnull=True).count() == 1
    live = AccessToken.objects.filter(revoked_at__isnull=True, expires__gt=timezone.now())
    # The first answer's, which the client was given at sign-in, and the new one's.
    assert live.count() == 2


@clause("P-T3.5")
def test_a_thief_with_the_old_token_and_a_client_with_the_new_one_never_both_stay(journey: Journey) -> None:
    old = journey.tokens()["refresh_token"]
    new = journey.refresh(old).json()["refresh_token"]
    let_the_window_pass()
    waiting = [old, new] * (CROWD // 2)
    answers = all_at_once(lambda: fresh(journey).refresh(waiting.pop()), CROWD)
    assert {answer.status_code for answer in answers} <= {200, 400}
    assert Session.objects.get().ended_reason == "refresh_token_reuse"
    assert not any(
        find_principal(answer.json()["access_token"], Resource.MCP) for answer in answers if answer.status_code == 200
    )
