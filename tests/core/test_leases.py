"""Hits taken in advance: fewer round trips, and never much more taken than spent."""

from __future__ import annotations

import threading
import time

import pytest

from roboflow_auth.core import leases
from roboflow_auth.core.leases import Leases

KEY = ("mcp", "somebody")
LIMIT = 600


def spend(held: Leases, times: int, limit: int = LIMIT) -> list[int]:
    """Spend so many hits; return what was taken from the shared count, take by take."""
    taken = []
    for _ in range(times):
        if wanted := held.spend(KEY, limit):
            taken.append(wanted)
            held.keep(KEY, wanted)
    return taken


def test_who_comes_once_costs_one_hit() -> None:
    assert spend(Leases(), 1) == [1]


def test_who_goes_on_costs_a_round_trip_for_more_and_more_hits() -> None:
    assert spend(Leases(), 1 + 4 + 16 + 30 + 1) == [1, 4, 16, 30, 30]


def test_of_a_crowd_one_takes_more_and_nothing_that_was_taken_is_lost() -> None:
    held = Leases()
    spend(held, 2)
    # All of the first four are spent before any answer came: the next one takes more, the others what they need.
    spend(held, 3)
    wanted = [held.spend(KEY, LIMIT) for _ in range(8)]
    assert wanted == [16] + [1] * 7
    for taken in wanted:
        held.keep(KEY, taken)
    assert [held.spend(KEY, LIMIT) for _ in range(15)] == [0] * 15
    assert held.spend(KEY, LIMIT) == 30


def test_who_goes_on_without_a_pause_loses_nothing_that_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: clock)
    held, taken = Leases(), 0
    for _ in range(600):
        clock += 0.1
        taken += sum(spend(held, 1))
    # In a minute of such calls no more is lost than what is in hand at its end.
    assert taken <= 600 + LIMIT // 20


def test_who_failed_to_take_more_leaves_it_to_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_RENEWAL_SECONDS", 0.0)
    held = Leases()
    spend(held, 1)
    assert [held.spend(KEY, LIMIT), held.spend(KEY, LIMIT)] == [4, 4]


def test_a_small_limit_is_counted_one_by_one() -> None:
    assert spend(Leases(), 5, limit=19) == [1] * 5


def test_what_was_taken_is_worth_nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_LIFE_SECONDS", 0.0)
    assert spend(Leases(), 3) == [1, 1, 1]


def test_one_key_spends_nothing_of_anothers() -> None:
    held = Leases()
    spend(held, 2)
    assert held.spend(("mcp", "somebody else"), LIMIT) == 1
    assert held.spend(("api", "somebody"), LIMIT) == 1


def test_a_crowd_of_keys_takes_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "_MOST_LEASES", 10)
    held = Leases()
    for number in range(50):
        held.keep(("mcp", str(number)), 4)
    assert sum(held.spend(("mcp", str(number)), LIMIT) == 0 for number in range(50)) == 10


def test_threads_spend_what_was_taken_once() -> None:
    held = Leases()
    held.keep(KEY, 30)
    covered: list[int] = []

    def take() -> None:
        covered.extend(held.spend(KEY, LIMIT) == 0 for _ in range(10))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(covered) == 29
