"""Fixtures of the browser tests: one server with the demo's data, one Chromium, a fresh profile for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import Callback, listening_callback, running_chromium


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the browser."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Return a page of a fresh profile; whatever the content security policy blocks fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert not violations, violations


@pytest.fixture
def callback() -> Iterator[Callback]:
    """Return a native app's receiving end."""
    with listening_callback() as callback:
        yield callback
