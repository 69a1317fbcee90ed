"""Rate limits for an event loop: the same counts as `core.rate_limits`, without a hop to a thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from roboflow_auth.core.caches import REDIS_OPTIONS, REDIS_RETRIES
from roboflow_auth.core.leases import Leases
from roboflow_auth.core.rate_limits import Absence, Hit, LimitName, count_alone, counting_location, seconds_until

_CONNECTIONS = 16
_WAIT_SECONDS = 0.5


class AsyncRateLimits:
    """What one event loop counts with; usable while `running` is."""

    def __init__(self) -> None:
        self._counters: dict[str, _RedisCounter] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Count for the length of a block; connections are closed at its end."""
        try:
            yield
        finally:
            while self._counters:
                await self._counters.popitem()[1].close()

    async def check(self, name: LimitName, key: str) -> None:
        """Count one hit of `key`, as `core.rate_limits.check` does. Raises `TooManyRequests`."""
        hit = Hit.of(name, key)
        location = counting_location()
        hit.refuse_for(await self._counter(location).count(hit) if location else count_alone(hit))

    def _counter(self, location: str) -> _RedisCounter:
        if location not in self._counters:
            self._counters[location] = _RedisCounter(location)
        return self._counters[location]


class _RedisCounter:
    """Counts in Redis; while it is away, in the memory of this process."""

    def __init__(self, location: str) -> None:
        self._pool = BlockingConnectionPool.from_url(
            location,
            max_connections=_CONNECTIONS,
            timeout=_WAIT_SECONDS,
            retry=Retry(NoBackoff(), REDIS_RETRIES),
            **REDIS_OPTIONS,
        )
        # The library hands further options on to the client, whose types it does not repeat.
        options: dict[str, Any] = {"connection_pool": self._pool}
        storage = RedisStorage(f"async+{location}", wrap_exceptions=True, implementation="redispy", **options)
        self._limiter = FixedWindowRateLimiter(storage)
        self._leases = Leases()
        self._absence = Absence()

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def count(self, hit: Hit) -> int:
        """Return the seconds to wait, or 0."""
        if self._absence:
            return count_alone(hit)
        wanted = self._leases.spend(hit.counted_as, hit.limit.amount)
        try:
            if not wanted or await self._take(hit, wanted) or (wanted > 1 and await self._take(hit, 1)):
                return 0
            return seconds_until(await self._limiter.storage.get_expiry(hit.limit.key_for(hit.name, hit.key)))
        except StorageError as error:
            self._absence.begin(error)
            return count_alone(hit)

    async def _take(self, hit: Hit, hits: int) -> bool:
        is_granted = await self._limiter.hit(hit.limit, hit.name, hit.key, cost=hits)
        if is_granted:
            self._leases.keep(hit.counted_as, hits)
        return is_granted
