"""Fixtures of the tests of rules: a client with a key."""

from __future__ import annotations

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.models import Client
from roboflow_auth.workspaces.models import Workspace
from tests.oauth.assertions import (
    KEY,
    SigningJourney,
    make_key_client,
)
from tests.oauth.journeys import signed_in


@pytest.fixture
def client(db: None) -> Client:
    """Return a client that staff registered with one key."""
    return make_key_client(KEY)


@pytest.fixture
def signing_journey(client: Client, alice: User, acme: Workspace) -> SigningJourney:
    """Return the way of that client with Alice."""
    return SigningJourney(client, signed_in(alice), key=KEY)
