"""Counting in the process itself: windows that move, and nothing kept for ever."""

import asyncio
from typing import Any

import pytest

from server.infra import limits
from server.infra.limits import Budget, Counts, UnderWay

THREE = Budget(name="three", amount=3, window_s=10)


@pytest.fixture
def counts() -> Counts:
    return Counts(key=b"k" * 32, redis_url=None)


class Clock:
    """The library's and our own wall clock."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.time", clock.time)
    return clock


class TestSpend:
    async def test_room_comes_back_one_by_one_as_the_window_moves(self, counts: Counts, clock: Clock) -> None:
        for _ in range(3):
            assert await counts.spend(THREE, "a")
            clock.now += 2
        assert not await counts.spend(THREE, "a")
        left = await counts.left(THREE, "a")
        assert (left.amount, left.room_in_s) == (0, 4), "the first was six seconds ago"
        clock.now += 4.01
        assert await counts.spend(THREE, "a")
        assert not await counts.spend(THREE, "a")

    async def test_refused_ones_are_not_counted(self, counts: Counts, clock: Clock) -> None:
        for _ in range(10):
            await counts.spend(THREE, "a")
        clock.now += 10.01
        assert (await counts.left(THREE, "a")).amount == 3

    async def test_each_has_its_own(self, counts: Counts) -> None:
        other = Budget(name="other", amount=3, window_s=10)
        for _ in range(3):
            await counts.spend(THREE, "a", "b")
        assert await counts.spend(THREE, "ab")
        assert await counts.spend(THREE, "a")
        assert await counts.spend(other, "a", "b")
        assert not await counts.spend(THREE, "a", "b")

    async def test_what_is_forgotten_may_be_spent_again(self, counts: Counts) -> None:
        for _ in range(3):
            await counts.spend(THREE, "a")
        await counts.forget(THREE, "a")
        assert (await counts.left(THREE, "a")).amount == 3

    async def test_who_came_once_is_forgotten(self, counts: Counts, clock: Clock) -> None:
        for number in range(500):
            await counts.spend(THREE, str(number))
        clock.now += 60
        await counts.spend(THREE, "now")
        assert len(kept(counts)) == 1

    async def test_who_is_refused_for_long_needs_no_more_memory(self, counts: Counts, clock: Clock) -> None:
        for _ in range(1000):
            clock.now += 0.01
            await counts.spend(THREE, "a")
        clock.now += 5
        assert max(len(entries) for entries in kept(counts).values()) == 3


def kept(counts: Counts) -> dict[str, Any]:
    memory = counts._own.storage
    assert isinstance(memory, limits._OwnMemory)
    return memory.events


class TestUnderWay:
    async def test_tries_are_numbered_while_they_last(self) -> None:
        under_way = UnderWay()
        async with under_way.one_more(THREE, "a") as first, under_way.one_more(THREE, "a") as second:
            assert (first, second) == (1, 2)
            async with under_way.one_more(THREE, "b") as other:
                assert other == 1
        async with under_way.one_more(THREE, "a") as again:
            assert again == 1

    async def test_a_try_that_is_given_up_is_over(self) -> None:
        under_way = UnderWay()

        async def give_up() -> None:
            async with under_way.one_more(THREE, "a"):
                await asyncio.sleep(60)

        task = asyncio.create_task(give_up())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with under_way.one_more(THREE, "a") as number:
            assert number == 1
