"""Callers at the same instant, each with a connection to the database of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, transaction
from django.test import Client as Browser

from tests.oauth.journeys import Journey


def all_at_once(action: Callable[[], Any], size: int = 20) -> list[Any]:
    """Return what `action` answered to each of `size` threads that began together."""
    barrier = Barrier(size)

    def run(_: int) -> Any:
        try:
            # Before they begin, since a pool grows by one connection at a time, and slowly while the others compute.
            connection.ensure_connection()
            barrier.wait(60)
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(size) as pool:
        return list(pool.map(run, range(size)))


def fresh(journey: Journey) -> Journey:
    """Return the same client with a machine of its own, for use in another thread."""
    return Journey(journey.client, journey.browser, machine=Browser())


def in_the_meantime(change: Callable[[], Any], action: Callable[[], Any]) -> Any:
    """Return what `action` answers when it ran into `change` half-way: it began before, and went on after it."""

    def run() -> Any:
        try:
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            answer = pool.submit(run)
            wait_until_blocked()
        return answer.result(timeout=30)


def wait_until_blocked() -> None:
    """Return when a connection to this database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ends_at = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < ends_at:
            # Within a transaction the server shows the same activity again and again unless it is told to look anew.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")
