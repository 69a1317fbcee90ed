"""Keys that are made and rolled at the same moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from roboflow_auth.access.principal import Principal
from roboflow_auth.accounts.models import User
from roboflow_auth.api_keys import services
from roboflow_auth.api_keys.models import ApiKey
from roboflow_auth.api_keys.principals import find_principal
from roboflow_auth.api_keys.services import create_api_key, roll_api_key
from roboflow_auth.core.errors import Conflict
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.crowd import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

AT_ONCE = 6


@pytest.fixture
def owner(alice: User, acme: Workspace) -> Principal:
    """Return Alice in a browser, in Acme."""
    return builders.make_principal(alice, acme)


def winners(act: Callable[[], Any]) -> list[Any]:
    """Return what those got who did `act` at the same moment and met no conflict."""

    def tried() -> Any:
        try:
            return act()
        except Conflict:
            return None

    return [got for got in all_at_once(tried, AT_ONCE) if got is not None]


def test_a_name_goes_to_one_of_those_who_want_it_at_once(owner: Principal) -> None:
    made = winners(lambda: create_api_key(owner, name="Nightly export"))
    assert len(made) == ApiKey.objects.count() == 1


def test_the_last_place_goes_to_one_of_those_who_want_it_at_once(
    owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MAX_LIVE_KEYS", 3)
    made = winners(lambda: create_api_key(owner, name=secrets.token_hex(4)))
    assert len(made) == ApiKey.objects.count() == 3


def test_a_form_that_is_sent_many_times_at_once_rolls_once(owner: Principal) -> None:
    key = create_api_key(owner, name="Nightly export").api_key
    [rolled] = winners(lambda: roll_api_key(owner, key.id, hint=key.hint))
    assert find_principal(rolled.secret) is not None
