"""Devices under real concurrency: many connections to one PostgreSQL at the same time."""

from __future__ import annotations

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import AccessToken, Client, Connection, DeviceCode, RefreshToken, Session
from roboflow_auth.oauth.pruning import prune_clients
from roboflow_auth.workspaces.models import Workspace
from tests.clauses import clause
from tests.oauth.crowd import all_at_once, fresh, in_the_meantime
from tests.oauth.devices import DEVICE_GRANT, DeviceJourney, device_of
from tests.oauth.test_pruning import age

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CROWD = 20


@pytest.fixture
def device(alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device with Alice, which has begun."""
    device = device_of(alice)
    device.begin()
    return device


@clause("RFC8628-3.4/b", "P-T6.4")
def test_of_twenty_polls_for_one_answer_exactly_one_wins(device: DeviceJourney) -> None:
    device.answer()
    code = device.codes["device_code"]
    responses = all_at_once(lambda: fresh(device).token(grant_type=DEVICE_GRANT, device_code=code))
    assert sorted(response.status_code for response in responses) == [200] + [400] * (CROWD - 1)
    assert {r.json()["error"] for r in responses if r.status_code == 400} == {"invalid_grant"}
    assert (AccessToken.objects.count(), RefreshToken.objects.count()) == (1, 1)


@clause("RFC8628-3.5/b")
def test_of_twenty_early_polls_one_is_in_time_and_all_others_count(device: DeviceJourney) -> None:
    code = device.codes["device_code"]
    responses = all_at_once(lambda: fresh(device).token(grant_type=DEVICE_GRANT, device_code=code))
    errors = [response.json()["error"] for response in responses]
    assert sorted(errors) == ["authorization_pending"] + ["slow_down"] * (CROWD - 1)
    assert DeviceCode.objects.get().interval == 5 + 5 * (CROWD - 1)


def test_of_twenty_answers_to_one_code_exactly_one_counts(device: DeviceJourney) -> None:
    pages = [device.question() for _ in range(CROWD)]
    decisions = ["allow", "deny"] * (CROWD // 2)

    def decide() -> str:
        decision = decisions.pop()
        answered = device.decide(pages.pop(), decision=decision)
        return f"{decision} {answered.status_code}"

    answers = all_at_once(decide)
    assert answers.count("deny 303") == CROWD // 2
    allowed = answers.count("allow 303")
    assert allowed <= 1
    assert (Session.objects.count(), Connection.objects.count()) == (allowed, allowed)
    assert device.poll().status_code == (200 if allowed else 400)


def test_a_device_whose_client_is_pruned_at_this_moment_is_told_to_register_again(device: DeviceJourney) -> None:
    DeviceCode.objects.all().delete()
    age()
    refused = in_the_meantime(lambda: prune_clients(10), device.start)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert not Client.objects.exists()


def test_a_client_whose_device_began_at_this_moment_is_passed_over(device: DeviceJourney) -> None:
    age()
    assert prune_clients(10) == 0
    device.answer()
    assert device.poll().status_code == 200
