"""Hits taken from a shared count in advance, so that not every one of them takes a round trip.

Who comes once costs one hit, as if there were no leases. Who goes on soon after is given several hits at a time, and
they are spent in this process. What is taken is never more than four times what was spent, nor a twentieth of the
limit: a process that leaves some unspent makes the limit that much tighter for as long as its window lasts, and no
more. A small limit is counted one by one.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

_GROWTH = 4
_LARGEST_PART = 20
_LIFE_SECONDS = 10.0
_MOST_LEASES = 10_000

Key = tuple[str, str]


@dataclass(slots=True)
class _Lease:
    taken: int
    left: int
    ends_at: float


class Leases:
    """The hits that one process has in hand, by the key that they count for. Threads may share it."""

    def __init__(self) -> None:
        self._held: dict[Key, _Lease] = {}
        self._lock = threading.Lock()

    def spend(self, key: Key, limit: int) -> int:
        """Spend a hit of `key`, whose window allows `limit` of them; return how many have to be taken for that, or 0.

        What was taken is told to `keep`.
        """
        with self._lock:
            lease = self._held.get(key)
            if lease is None or lease.ends_at <= time.monotonic():
                return 1
            if lease.left:
                lease.left -= 1
                return 0
            return max(1, min(lease.taken * _GROWTH, limit // _LARGEST_PART))

    def keep(self, key: Key, taken: int) -> None:
        """Remember that so many hits of `key` were taken, one of which is spent."""
        now = time.monotonic()
        with self._lock:
            if len(self._held) >= _MOST_LEASES:
                self._held = {held: lease for held, lease in self._held.items() if lease.ends_at > now}
            if len(self._held) < _MOST_LEASES:
                self._held[key] = _Lease(taken, taken - 1, now + _LIFE_SECONDS)
