"""The hop from the event loop to a thread where Django's database may be used, and back.

The threads are no more than the database has connections, and each call hands its connection back: threads that sat on
theirs would starve the pool while the others wait for it.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# SQLite has no pool; it takes one writer at a time, so more threads would only wait for each other.
_THREADS_WITHOUT_A_POOL = 8


async def in_django(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `function` returns when it is called in a worker thread, with the context variables of the caller.

    Raises what it raises. A caller that is cancelled meanwhile leaves the function to finish, so that a change and its
    audit row are never torn apart.
    """
    call = partial(_with_connections_handed_back, function, *args, **kwargs)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_executor(), contextvars.copy_context().run, call)


def _with_connections_handed_back(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    close_old_connections()
    try:
        return function(*args, **kwargs)
    finally:
        close_old_connections()


@cache
def _executor() -> ThreadPoolExecutor:
    pool = settings.DATABASES["default"].get("OPTIONS", {}).get("pool")
    threads = pool["max_size"] if isinstance(pool, dict) else _THREADS_WITHOUT_A_POOL
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix="mcp-django")
