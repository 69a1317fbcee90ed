"""Many callers at the same instant, each with a connection to the database of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection
from django.test import Client as Browser

from tests.oauth.journeys import Journey


def all_at_once(action: Callable[[], Any], size: int = 20) -> list[Any]:
    """Return what `action` answered to each of `size` threads that began together."""
    barrier = Barrier(size)

    def run(_: int) -> Any:
        barrier.wait(30)
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(run, range(size)))


def fresh(journey: Journey) -> Journey:
    """Return the same client with a machine of its own, for use in another thread."""
    return Journey(journey.client, journey.browser, machine=Browser())
