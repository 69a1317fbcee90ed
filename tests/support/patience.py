"""Waiting for what happens soon, but not before an answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], seconds: float = 5.0) -> T:
    """Return what `look` returns as soon as it is true; fail when it is not within so many seconds."""
    ends_at = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends_at, "It did not happen."
        time.sleep(0.02)
    return found
