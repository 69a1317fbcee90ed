"""Single-use things under real concurrency: many connections to one PostgreSQL at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import AccessToken, Connection, RefreshToken
from roboflow_auth.oauth.principals import find_principal
from tests.oauth.journeys import Journey

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CROWD = 20


def all_at_once(action: Callable[[], Any]) -> list[Any]:
    """Return what `action` answered to each of CROWD threads that began together, each with its own connection."""
    barrier = Barrier(CROWD)

    def run(_: int) -> Any:
        barrier.wait(30)
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(run, range(CROWD)))


def fresh(journey: Journey) -> Journey:
    """Return the same client with a machine of its own, for use in another thread."""
    return Journey(journey.client, journey.browser, machine=Browser())


def test_of_twenty_redemptions_of_one_code_exactly_one_wins(journey: Journey) -> None:
    code = journey.code()
    responses = all_at_once(lambda: fresh(journey).redeem(code))
    assert sorted(response.status_code for response in responses) == [200] + [400] * (CROWD - 1)
    assert {r.json()["error"] for r in responses if r.status_code == 400} == {"invalid_grant"}
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (1, 1)


def test_of_twenty_refreshes_of_one_token_one_wins_and_the_session_ends(journey: Journey) -> None:
    tokens = journey.tokens()
    responses = all_at_once(lambda: fresh(journey).refresh(tokens["refresh_token"]))
    assert [response.status_code for response in responses].count(200) <= 1
    assert find_principal(tokens["access_token"], Resource.MCP) is None


def test_of_twenty_answers_to_one_question_exactly_one_counts(journey: Journey) -> None:
    page = journey.ask()
    responses = all_at_once(lambda: journey.decide(page))
    assert sorted(response.status_code for response in responses) == [303] + [400] * (CROWD - 1)


def test_twenty_answers_to_questions_about_the_same_make_one_connection(journey: Journey) -> None:
    pages = [journey.ask() for _ in range(CROWD)]
    responses = all_at_once(lambda: journey.decide(pages.pop()))
    assert [response.status_code for response in responses] == [303] * CROWD
    assert Connection.objects.count() == 1
