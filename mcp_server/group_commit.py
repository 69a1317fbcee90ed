"""Group commit: what several requests have to write goes together, and each of them waits until its own is safe.

Nothing waits for a timer. Who comes while a batch is being written is part of the next one, so a lone request is
written at once, and a crowd costs little more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")


class GroupCommit(Generic[ItemT]):
    """Collects items, and writes them by `commit`, one batch at a time, on one event loop."""

    def __init__(self, commit: Callable[[list[ItemT]], Awaitable[None]]) -> None:
        self._commit = commit
        self._gathered: list[ItemT] = []
        self._gathering: asyncio.Task[None] | None = None
        self._latest: asyncio.Task[None] | None = None

    async def write(self, items: list[ItemT]) -> None:
        """Return once `items` are written. Raises what `commit` raised for their batch."""
        self._gathered.extend(items)
        if self._gathering is None:
            self._latest = self._gathering = asyncio.create_task(self._commit_next(self._latest))
        # A request that is given up must not take the others of its batch along.
        await asyncio.shield(self._gathering)

    async def _commit_next(self, preceding: asyncio.Task[None] | None) -> None:
        if preceding is not None:
            await asyncio.wait([preceding])
        batch, self._gathered, self._gathering = self._gathered, [], None
        await self._commit(batch)
