"""Fixtures of the flows: an event loop for clients, people with a browser, and the clients that come from npm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from playwright.sync_api import Browser, Page

from tests.flows.desk import Desk, NodeClients, install, set_up_desk
from tests.flows.person import Person


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """Return a way into an event loop in a thread of its own, where clients run while the test plays the person."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def node_clients(pytestconfig: pytest.Config) -> NodeClients:
    """Return the clients from npm; installed once for many runs, in pytest's cache."""
    assert pytestconfig.cache is not None
    return install(pytestconfig.cache.mkdir("node"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a home for a client that runs as a process of its own, with an opener of addresses."""
    with set_up_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def alice_at_browser(page: Page) -> Person:
    """Return Alice, who owns Acme and has a workspace of her own."""
    return Person("alice@demo.local", page)


@pytest.fixture
def bob_at_browser(page: Page) -> Person:
    """Return Bob, who labels in Acme."""
    return Person("bob@demo.local", page)


@pytest.fixture
def carol_at_browser(page: Page) -> Person:
    """Return Carol, who has nothing to do with Acme."""
    return Person("carol@demo.local", page)


@pytest.fixture
def staff_page(chromium: Browser) -> Iterator[Page]:
    """Return a page of a second profile, for a member of staff while somebody else has the first."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()
