"""Writing together: nothing is lost, nobody waits for nothing, and a failure reaches those whom it concerns."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

import pytest

from mcp_server.batches import Batches


class Paper:
    """Somewhere to write, one batch at a time, which takes a moment."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.is_busy = False

    async def commit(self, batch: list[int]) -> None:
        """Write a batch; a negative number can't be written."""
        assert not self.is_busy
        self.is_busy = True
        await asyncio.sleep(0.01)
        self.is_busy = False
        if min(batch) < 0:
            raise ValueError(min(batch))
        self.batches.append(batch)


async def test_who_comes_while_a_batch_is_written_is_part_of_the_next_one() -> None:
    paper = Paper()
    group = Batches(paper.commit)
    first = asyncio.create_task(group.join([1]))
    await asyncio.sleep(0.001)
    await asyncio.gather(first, *(group.join([number]) for number in range(2, 50)))
    assert paper.batches == [[1], list(range(2, 50))]


async def test_who_is_a_few_turns_of_the_loop_behind_comes_along() -> None:
    paper = Paper()
    group = Batches(paper.commit)

    async def write_after(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await group.join([turns])

    await asyncio.gather(*(write_after(turns) for turns in range(4)))
    assert paper.batches == [[0, 1, 2, 3]]


async def test_a_write_returns_only_when_its_own_items_are_written() -> None:
    paper = Paper()
    group = Batches(paper.commit)

    async def write(number: int) -> None:
        await asyncio.sleep(number / 1000)
        await group.join([number])
        assert number in [item for batch in paper.batches for item in batch]

    await asyncio.gather(*(write(number) for number in range(40)))


async def test_a_failure_reaches_its_own_batch_and_the_next_one_goes_on() -> None:
    paper = Paper()
    group = Batches(paper.commit)
    first = asyncio.create_task(group.join([-1]))
    await asyncio.sleep(0.001)
    results = await asyncio.gather(first, group.join([2]), return_exceptions=True)
    assert isinstance(results[0], ValueError)
    assert results[1] is None
    assert paper.batches == [[2]]


async def test_who_gives_up_does_not_take_the_others_along() -> None:
    paper = Paper()
    group = Batches(paper.commit)
    impatient, patient = asyncio.create_task(group.join([1])), asyncio.create_task(group.join([2]))
    await asyncio.sleep(0.001)
    impatient.cancel()
    await patient
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert paper.batches == [[1, 2]]


@pytest.mark.parametrize("seconds", [0, 0.001])
async def test_when_the_loop_ends_nobody_is_left_waiting(seconds: float) -> None:
    paper = Paper()
    group = Batches(paper.commit)
    waiting = [asyncio.create_task(group.join([1]))]
    await asyncio.sleep(seconds)
    waiting.append(asyncio.create_task(group.join([2])))
    await asyncio.sleep(0)
    assert group._running is not None
    group._running.cancel()
    results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 1)
    assert [type(result) for result in results] == [asyncio.CancelledError] * 2
    paper.is_busy = False
    await group.join([3])
    assert paper.batches == [[3]]


async def test_one_that_is_cancelled_before_it_begins_holds_nobody_up() -> None:
    paper = Paper()
    group = Batches(paper.commit)
    waiting = asyncio.create_task(group.join([1]))
    await asyncio.sleep(0)
    assert group._running is not None
    assert group._running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(waiting, 1)
    await asyncio.wait_for(group.join([2]), 1)
    assert paper.batches == [[2]]


async def test_who_comes_as_the_last_batch_ends_is_served() -> None:
    paper = Paper()
    group = Batches(paper.commit)

    async def write_after(turns: int) -> None:
        await group.join([0])
        for _ in range(turns):
            await asyncio.sleep(0)
        await group.join([turns])

    for turns in range(6):
        await asyncio.wait_for(write_after(turns), 1)
    assert [batch[0] for batch in paper.batches] == [0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5]


async def test_a_batch_is_nobodys_request() -> None:
    told: ContextVar[int] = ContextVar("told", default=0)
    seen: list[int] = []

    async def look(_: list[int]) -> None:
        seen.append(told.get())

    group = Batches(look)
    told.set(7)
    await group.join([1])
    assert seen == [0]
