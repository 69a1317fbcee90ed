"""Limits that a test can reach, and where they are counted."""

from __future__ import annotations

from typing import Any

from limits import parse

from roboflow_auth.core.caches import cache_config
from roboflow_auth.core.rate_limits import LimitName


def set_limits(settings: Any, **limits: str) -> None:
    """Set the limits that are named, in words such as `2/minute`; the others stay out of reach."""
    changes = {LimitName(name): parse(words) for name, words in limits.items()}
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, **changes}


def wait_of(response: Any) -> int:
    """Return the seconds after which `response`, a refusal by a limit of a minute, says to come back."""
    assert response.status_code == 429, response.content
    seconds = int(response.headers["Retry-After"])
    assert 0 < seconds <= 60
    return seconds


def stand_on(settings: Any, location: str) -> None:
    """Put the cache, and with it the counts, on the Redis at `location`."""
    parsed = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": location}
    settings.CACHES = {"default": cache_config(parsed)}
