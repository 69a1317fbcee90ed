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
# Longer than a round trip: whoever takes more and fails leaves it to the next one after that.
_RENEWAL_SECONDS = 0.5
_MOST_LEASES = 10_000

Key = tuple[str, str]


@dataclass(slots=True)
class _Lease:
    taken: int
    left: int
    ends_at: float
    renewed_until: float = 0.0


class Leases:
    """The hits that one process has in hand, by the key that they count for. Threads may share it."""

    def __init__(self) -> None:
        self._held: dict[Key, _Lease] = {}
        self._lock = threading.Lock()

    def spend(self, key: Key, limit: int) -> int:
        """Spend a hit of `key`, whose window allows `limit` of them; return how many have to be taken for that, or 0.

        What was taken is told to `keep`.
        """
        now = time.monotonic()
        with self._lock:
            lease = self._held.get(key)
            if lease is None or lease.ends_at <= now:
                return 1
            if lease.left:
                lease.left -= 1
                return 0
            if now < lease.renewed_until:
                # Somebody is taking more at this moment; if everybody did, most of it would be taken for nothing.
                return 1
            lease.renewed_until = now + _RENEWAL_SECONDS
            return max(1, min(lease.taken * _GROWTH, limit // _LARGEST_PART))

    def keep(self, key: Key, taken: int) -> None:
        """Remember that so many hits of `key` were taken, one of which is spent."""
        now = time.monotonic()
        with self._lock:
            lease = self._held.get(key)
            if lease is not None and lease.ends_at > now:
                # What others took in the meantime stays in hand.
                lease.left += taken - 1
                lease.ends_at = now + _LIFE_SECONDS
                if taken > 1:
                    lease.taken, lease.renewed_until = taken, 0.0
                return
            if len(self._held) >= _MOST_LEASES:
                self._held = {held: lease for held, lease in self._held.items() if lease.ends_at > now}
            if len(self._held) < _MOST_LEASES:
                self._held[key] = _Lease(taken, taken - 1, now + _LIFE_SECONDS)
