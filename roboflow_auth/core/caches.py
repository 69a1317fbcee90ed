"""How this product uses a cache: memory of the process, or a Redis that may be away without anything failing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)

_DJANGO_REDIS = "django.core.cache.backends.redis.RedisCache"
_REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
_SECONDS = 0.5

REDIS_OPTIONS: dict[str, Any] = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS}
# One more try at once, because connections may have been cut while they lay idle. The library's own default waits for
# seconds in between, and a page would wait with it.
REDIS_RETRIES = 1

T = TypeVar("T")


def cache_config(parsed_url: Mapping[str, Any]) -> dict[str, Any]:
    """Return Django's description of the cache at `parsed_url`."""
    if parsed_url["BACKEND"] != _DJANGO_REDIS:
        return dict(parsed_url)
    options = {**REDIS_OPTIONS, "retry": Retry(NoBackoff(), REDIS_RETRIES), **parsed_url.get("OPTIONS", {})}
    return {**parsed_url, "BACKEND": f"{__name__}.{ForgivingRedisCache.__name__}", "OPTIONS": options}


def redis_location(config: Mapping[str, Any]) -> str:
    """Return the address of the Redis in Django's description of a cache (of several the one that is written to)."""
    location = config.get("LOCATION", "")
    first = location[0] if isinstance(location, list) else str(location)
    return first if first.startswith(_REDIS_SCHEMES) else ""


def _forgiving(method: Callable[..., T], absent: T) -> Callable[..., T]:
    @wraps(method)
    def forgiving(*args: Any, **kwargs: Any) -> T:
        try:
            return method(*args, **kwargs)
        except RedisError:
            log.exception("Redis does not answer; the cache counts as empty")
            return absent

    return forgiving


class ForgivingRedisCache(RedisCache):
    """A cache that counts as empty, with every lock free, while Redis is away: people sign in and apps connect.

    `touch` still fails, for whoever asks whether Redis is there.
    """

    set = _forgiving(RedisCache.set, None)
    add = _forgiving(RedisCache.add, True)  # noqa: FBT003
    delete = _forgiving(RedisCache.delete, False)  # noqa: FBT003

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value of `key`, or `default`."""
        return _forgiving(super().get, default)(key, default, version)
