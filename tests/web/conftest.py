"""Whom tests of pages need besides the cast, and what shows what apps were allowed."""

from __future__ import annotations

import pytest

from roboflow_auth.accounts.models import User
from roboflow_auth.workspaces.models import Workspace
from tests.builders import make_user
from tests.oauth.conftest import journey

__all__ = ("dana", "journey")


@pytest.fixture
def dana(acme: Workspace) -> User:
    """Return Dana, who has an account and is in no workspace."""
    return make_user("dana@demo.local", "Dana Weiss")
