"""Fixtures of the fuzz tests: signing keys of the database at hand."""

from __future__ import annotations

import pytest

from roboflow_auth.oauth.keys import forget_keys


@pytest.fixture(autouse=True)
def _keys_are_new() -> None:
    """Forget signing keys of a database that was rolled back."""
    forget_keys()
