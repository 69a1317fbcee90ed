"""What devices leave behind goes after a day, and nothing that is still of use goes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from roboflow_auth.accounts.models import User
from roboflow_auth.core.public_url import Resource
from roboflow_auth.oauth.models import Client, DeviceCode, Session
from roboflow_auth.oauth.principals import find_principal
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.devices import DeviceJourney, device_of, error_of
from tests.oauth.test_pruning import age, prune


@pytest.fixture
def device(alice: User, acme: Workspace) -> DeviceJourney:
    """Return the way of a device with Alice, which has begun."""
    device = device_of(alice)
    device.begin()
    return device


def pass_days(days: float) -> None:
    """Let so many days have passed since every code expired."""
    DeviceCode.objects.update(expires=timezone.now() - timedelta(days=days))


def test_a_code_goes_a_day_after_it_expired(device: DeviceJourney) -> None:
    pass_days(0.9)
    assert prune() == ""
    assert error_of(device.poll()) == "expired_token"
    pass_days(1.1)
    assert prune() == "device codes: 1\n"
    assert error_of(device.poll()) == "invalid_grant"


def test_an_answer_that_no_device_fetched_goes_with_its_code(device: DeviceJourney) -> None:
    device.answer()
    pass_days(1.1)
    assert "codes never redeemed: 1" in prune().splitlines()
    assert not Session.objects.exists()
    assert not DeviceCode.objects.exists()


def test_what_a_device_fetched_stays(device: DeviceJourney) -> None:
    tokens = device.device_tokens()
    pass_days(1.1)
    prune()
    assert find_principal(tokens["access_token"], Resource.MCP) is not None
    assert device.refresh(tokens["refresh_token"]).status_code == 200


def test_a_client_whose_device_waits_is_not_pruned(device: DeviceJourney) -> None:
    age()
    assert prune() == ""
    pass_days(0.1)
    assert prune() == "apps never connected: 1\n"
    assert not Client.objects.exists()
