"""Rate limits (protocol.md P-L1): how often something may be done, counted in Redis for all nodes or in this process.

Fixed windows, each of which begins with its first hit: one counter and at most one round trip a hit (core.leases), and
the time to wait is known to the second. That up to twice the amount fits around the end of a window does no harm at
amounts like these; a moving window would keep a time stamp of every hit.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from roboflow_auth.core.caches import REDIS_OPTIONS, REDIS_RETRIES, redis_location
from roboflow_auth.core.errors import TooManyRequests
from roboflow_auth.core.leases import Leases

log = structlog.get_logger(__name__)

# How long Redis is left alone after it failed to answer, so that not every request waits for it.
_AWAY_SECONDS = 5
_MAX_IPV6_PREFIX = 64


class LimitName(StrEnum):
    """Every limit, by the name under which RATE_LIMITS of the environment changes it."""

    REGISTER_ADDRESS = "register_address"
    REGISTER_ALL = "register_all"
    CIMD_ADDRESS = "cimd_address"
    CIMD_ALL = "cimd_all"
    CLIENT = "client"
    CLIENT_FAILURES = "client_failures"
    SESSION = "session"
    DEVICE_CLIENT = "device_client"
    DEVICE_ADDRESS = "device_address"
    USER_CODE_PERSON = "user_code_person"
    USER_CODE_ADDRESS = "user_code_address"
    MCP = "mcp"
    API = "api"
    INVITATIONS = "invitations"
    INVITED_ADDRESS = "invited_address"
    WORKSPACES = "workspaces"
    SIGN_IN_FAILURES = "sign_in_failures"


# Far above what people and their apps do. Hosted apps register, and sign their people in, from a few addresses.
_DEFAULTS = {
    LimitName.REGISTER_ADDRESS: "120/hour",
    LimitName.REGISTER_ALL: "3000/hour",
    LimitName.CIMD_ADDRESS: "60/hour",
    LimitName.CIMD_ALL: "1200/hour",
    LimitName.CLIENT: "6000/minute",
    LimitName.CLIENT_FAILURES: "30/minute",
    LimitName.SESSION: "300/minute",
    LimitName.DEVICE_CLIENT: "3000/hour",
    LimitName.DEVICE_ADDRESS: "600/hour",
    # RFC 8628 §5.1: what people type is short, so guessing is slow. On its way a code is looked up two or three times.
    LimitName.USER_CODE_PERSON: "30/10 minutes",
    LimitName.USER_CODE_ADDRESS: "100/10 minutes",
    LimitName.MCP: "600/minute",
    LimitName.API: "600/minute",
    LimitName.INVITATIONS: "60/hour",
    LimitName.INVITED_ADDRESS: "10/day",
    LimitName.WORKSPACES: "20/hour",
    LimitName.SIGN_IN_FAILURES: "100/hour",
}


def limits_config(changes: Mapping[str, str]) -> dict[LimitName, RateLimitItem]:
    """Return every limit: the default, or what `changes` says by name, in words such as `20/minute` or `5/10 seconds`.

    Raises `ImproperlyConfigured` for a name or words that mean nothing here.
    """
    try:
        wanted = {**_DEFAULTS, **{LimitName(name): words for name, words in changes.items()}}
        return {name: parse(words) for name, words in wanted.items()}
    except ValueError as error:
        raise ImproperlyConfigured(f"RATE_LIMITS: {error}. Known: {', '.join(LimitName)}.") from error


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit, and where it counts: `limit` of all the limits, `key` among those whom it holds back."""

    name: LimitName
    limit: RateLimitItem
    key: str

    @classmethod
    def of(cls, name: LimitName, key: str) -> Hit:
        """Return the hit of `key`, an id or an address and never a secret."""
        # Hashed, because addresses are personal data, and some ids are as long as their sender likes.
        return cls(name, settings.RATE_LIMITS[name], hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32])

    @property
    def counted_as(self) -> tuple[str, str]:
        """What tells the counter of this hit from others."""
        return self.name.value, self.key

    def refuse_for(self, seconds: int) -> None:
        """Raise `TooManyRequests` unless there are no `seconds` to wait."""
        if seconds:
            log.info("rate_limited", limit=self.name.value, retry_after_seconds=seconds)
            raise TooManyRequests(seconds)


def check(name: LimitName, key: str = "") -> None:
    """Count one hit of `key` (an id or an address, never a secret) against a limit; one round trip where Redis counts.

    Raises `TooManyRequests`. Event loops have `core.rate_limits_async`.
    """
    hit = Hit.of(name, key)
    location = counting_location()
    hit.refuse_for(_redis_counter(location).count(hit) if location else count_alone(hit))


def counting_location() -> str:
    """Return the address of the Redis that counts for all processes, or nothing where this process counts alone."""
    return redis_location(settings.CACHES["default"])


def count_alone(hit: Hit) -> int:
    """Count in the memory of this process; return the seconds to wait, or 0."""
    limiter = _own_counter()
    if limiter.hit(hit.limit, hit.name, hit.key):
        return 0
    return seconds_until(limiter.storage.get_expiry(hit.limit.key_for(hit.name, hit.key)))


def seconds_until(moment: float) -> int:
    """Return the whole seconds until `moment`, a time stamp; at least one."""
    return max(1, math.ceil(moment - time.time()))


def address_key(address: str) -> str:
    """Return what counts as one address: an IPv6 network of 64 bits is one household's or one machine's to choose from.

    What is no address, such as nonsense from a proxy, stands for itself.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    # RFC 4291 §2.5.5.2: the same IPv4 address, as a socket of both families reports it.
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _MAX_IPV6_PREFIX), strict=False))


def forget_counts() -> None:
    """Begin anew with what this process counts by itself; tests do."""
    _own_counter.cache_clear()


class Absence:
    """Whether Redis was away a moment ago, so that not every request waits to find out.

    A limit is there to keep the service up. A Redis that is away must not take it down, so nobody is refused for it and
    nothing fails: each process then bounds what comes to it alone.
    """

    def __init__(self) -> None:
        self._ends_at = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._ends_at

    def begin(self, error: StorageError) -> None:
        """Note that Redis did not answer."""
        log.warning("Redis does not answer; each process counts for itself", reason=str(error))
        self._ends_at = time.monotonic() + _AWAY_SECONDS


class _RedisCounter:
    """Counts in Redis; while it is away, in the memory of this process."""

    def __init__(self, location: str) -> None:
        pool = ConnectionPool.from_url(location, **REDIS_OPTIONS, retry=Retry(NoBackoff(), REDIS_RETRIES))
        self._limiter = FixedWindowRateLimiter(RedisStorage(location, connection_pool=pool, wrap_exceptions=True))
        self._leases = Leases()
        self._absence = Absence()

    def count(self, hit: Hit) -> int:
        """Return the seconds to wait, or 0."""
        if self._absence:
            return count_alone(hit)
        wanted = self._leases.spend(hit.counted_as, hit.limit.amount)
        try:
            if not wanted or self._take(hit, wanted) or (wanted > 1 and self._take(hit, 1)):
                return 0
            return seconds_until(self._limiter.storage.get_expiry(hit.limit.key_for(hit.name, hit.key)))
        except StorageError as error:
            self._absence.begin(error)
            return count_alone(hit)

    def _take(self, hit: Hit, hits: int) -> bool:
        is_granted = self._limiter.hit(hit.limit, hit.name, hit.key, cost=hits)
        if is_granted:
            self._leases.keep(hit.counted_as, hits)
        return is_granted


@cache
def _redis_counter(location: str) -> _RedisCounter:
    return _RedisCounter(location)


@cache
def _own_counter() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())
