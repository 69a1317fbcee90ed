"""Fixtures of the account pages' tests: sign-in is mostly done while an app waits, or at another provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.accounts.provider_server import Provider, running_provider, trust
from tests.oauth.conftest import journey

__all__ = ("journey",)


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    """Return a running provider, known as Acme and trusted about no address."""
    with running_provider() as provider:
        trust(settings, provider, trust=False)
        yield provider
