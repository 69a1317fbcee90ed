"""Fixtures of the authorization server's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.oauth.keys import forget_keys
from roboflow_auth.oauth.known_clients.lookup import forget_catalogue
from roboflow_auth.workspaces.models import Workspace
from tests import builders
from tests.oauth.journeys import Journey, signed_in
from tests.oauth.proofs import ProvingJourney


@pytest.fixture(autouse=True)
def _keys_are_new() -> None:
    """Forget signing keys of a database that was rolled back."""
    forget_keys()


@pytest.fixture(autouse=True)
def _catalogue_is_new() -> Iterator[None]:
    """Forget what a test made of the catalogue."""
    forget_catalogue()
    yield
    forget_catalogue()


@pytest.fixture
def journey(alice: User, acme: Workspace) -> Journey:
    """Return the way of a public loopback client with Alice, who has one workspace."""
    return Journey(builders.make_client(), signed_in(alice))


@pytest.fixture
def proving_journey(alice: User, acme: Workspace) -> ProvingJourney:
    """Return the way of a public loopback client with Alice that proves a key in each of its requests."""
    return ProvingJourney(builders.make_client(), signed_in(alice))


@pytest.fixture
def public_client(journey: Journey) -> None:
    """Let the client of `proofs.send` exist."""
    journey.client.client_id = "public"
    journey.client.save()


@pytest.fixture
def bobs_journey(bob: User, acme: Workspace) -> Journey:
    """Return the way of a public loopback client with Bob, a labeler in Acme."""
    return Journey(builders.make_client(), signed_in(bob))


@pytest.fixture
def carols_journey(carol: User, acme: Workspace) -> Journey:
    """Return the way of a public loopback client with Carol, who is a stranger to Acme."""
    return Journey(builders.make_client(), signed_in(carol))
