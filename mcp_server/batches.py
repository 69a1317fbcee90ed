"""Batches: what several requests ask of the database goes together, and each of them waits for the one it is part of.

Nothing waits for a timer. Who comes while a batch is under way is part of the next one, so a lone request is served at
once, and a crowd costs little more. The loop goes round a few times before a batch begins: those that the last one let
go on together, and are nearly there, come along too. A batch begins after all of its requests came: what it finds is
never older than the question, and what it wrote is committed when `join` returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

# A turn in which nothing is ready takes some microseconds; a batch of its own for the first of a crowd takes a hundred.
_TURNS = 6

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Batches(Generic[ItemT, ResultT]):
    """Collects items and gives them to `run`, one batch at a time, on one event loop."""

    def __init__(self, run: Callable[[list[ItemT]], Awaitable[ResultT]]) -> None:
        self._run = run
        self._gathered: list[ItemT] = []
        self._gathering: asyncio.Task[ResultT] | None = None
        self._latest: asyncio.Task[ResultT] | None = None

    async def join(self, items: list[ItemT]) -> ResultT:
        """Return what `run` returned for the batch that `items` became part of. Raises what it raised."""
        self._gathered.extend(items)
        if self._gathering is None:
            self._latest = self._gathering = asyncio.create_task(self._run_next(self._latest))
        # A request that is given up must not take the others of its batch along.
        return await asyncio.shield(self._gathering)

    async def _run_next(self, preceding: asyncio.Task[ResultT] | None) -> ResultT:
        if preceding is not None:
            await asyncio.wait([preceding])
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        batch, self._gathered, self._gathering = self._gathered, [], None
        return await self._run(batch)
