"""Fixtures of the tests of grants."""

from __future__ import annotations

import pytest

from roboflow_auth.workspaces.models import Workspace
from tests.oauth.enterprises import Enterprise, make_enterprise


@pytest.fixture
def enterprise(acme: Workspace) -> Enterprise:
    """Return an enterprise whose identity provider speaks for the people of Acme."""
    return make_enterprise(acme)
