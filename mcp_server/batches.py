"""Batches: what several requests ask of the database goes together, and each of them waits for the one it is part of.

Nothing waits for a timer. Who comes while a batch is under way is part of the next one, so a lone request is served at
once, and a crowd costs little more. The loop goes round a few times before a batch begins: those that the last one let
go on together, and are nearly there, come along too. A batch begins after all of its requests came: what it finds is
never older than the question, and what it wrote is committed when `join` returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Generic, TypeVar

# A turn in which nothing is ready takes some microseconds; a batch of its own for the first of a crowd takes a hundred.
_TURNS = 6

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Batches(Generic[ItemT, ResultT]):
    """Collects items and gives them to `run`, one batch at a time, on one event loop."""

    def __init__(self, run: Callable[[list[ItemT]], Awaitable[ResultT]]) -> None:
        self._run = run
        self._items: list[ItemT] = []
        self._waiting: list[asyncio.Future[ResultT]] = []
        self._running: asyncio.Task[None] | None = None

    async def join(self, items: list[ItemT]) -> ResultT:
        """Return what `run` returned for the batch that `items` became part of. Raises what it raised."""
        # Each request waits for a future of its own: one that is given up does not take the others of its batch along.
        answer: asyncio.Future[ResultT] = asyncio.get_running_loop().create_future()
        self._items.extend(items)
        self._waiting.append(answer)
        if self._running is None:
            # In a context of its own: it works for all of them, and not for the request that happened to come first.
            self._running = asyncio.create_task(self._run_all(), context=Context())
            self._running.add_done_callback(self._let_everybody_go)
        return await answer

    async def _run_all(self) -> None:
        while self._waiting:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            await self._run_next()
        self._running = None

    async def _run_next(self) -> None:
        items, self._items = self._items, []
        waiting, self._waiting = self._waiting, []
        try:
            result = await self._run(items)
        except Exception as error:  # noqa: BLE001 - it goes to whoever asked.
            for answer in waiting:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for answer in waiting:
                if not answer.done():
                    answer.set_result(result)
        finally:
            # Left over where the loop ends in the middle of it.
            for answer in waiting:
                answer.cancel()

    def _let_everybody_go(self, ended: asyncio.Task[None]) -> None:
        # Of a task that ended as it should nothing is left. One that was cancelled, even before it began, leaves those
        # who would wait for ever.
        if ended.cancelled() or ended.exception():
            for answer in self._waiting:
                answer.cancel()
            self._items, self._waiting, self._running = [], [], None
