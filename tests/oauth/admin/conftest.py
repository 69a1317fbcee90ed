"""Fixtures of the tests of Django admin."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from roboflow_auth.accounts.models import User
from tests.oauth.journeys import BACKEND


@pytest.fixture
def desk(staff: User) -> Browser:
    """Return the browser of a member of staff."""
    browser = Browser()
    browser.force_login(staff, BACKEND)
    return browser
