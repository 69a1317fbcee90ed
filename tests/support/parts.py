"""Parts of the machine that some tests need, such as a browser: a missing one skips the test, except in CI."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

# What a part may be called on the machines that have it, best first.
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "redis": ("redis-server",),
    "node": ("node",),
    "npm": ("npm",),
    "npx": ("npx",),
    "wrk": ("wrk",),
}


def is_strict() -> bool:
    """Return whether a missing part is a failure (CI_STRICT=1), as in CI."""
    return os.environ.get("CI_STRICT", "") not in ("", "0")


def need(part: str) -> str:
    """Return the path of the program `part`, a key of PROGRAMS; without it skip the test, or fail under CI_STRICT."""
    for program in PROGRAMS[part]:
        path = shutil.which(program)
        if path:
            return path
    return missing(f"{part} is not installed")


def missing(reason: str) -> NoReturn:
    """Skip the running test since a part is missing, or fail it under CI_STRICT."""
    if is_strict():
        pytest.fail(f"CI_STRICT forbids skipping: {reason}", pytrace=False)
    pytest.skip(reason)
