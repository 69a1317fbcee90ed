"""What tests of the audit log share."""

from __future__ import annotations

import pytest

from roboflow_auth.audit import sealing


@pytest.fixture
def short_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seal three rows at a time."""
    monkeypatch.setattr(sealing, "SEAL_ROWS", 3)
