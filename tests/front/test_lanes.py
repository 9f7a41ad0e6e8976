"""Who waits for one of a few places gets it in turn, and nobody who waits is forgotten."""

from __future__ import annotations

import asyncio
import random

import pytest

from conversations.pipeline.scheduling.fair_slots import FairSlots
from conversations.pipeline.scheduling.keyed_queue import KeyedQueue
from tests.harness import PATIENCE


def test_one_source_keeps_no_other_waiting() -> None:
    ran: list[str] = []

    async def use() -> None:
        async def job(key: str) -> None:
            await asyncio.sleep(0.001)
            ran.append(key)

        queue = KeyedQueue(job, concurrency=4)
        for number in range(200):
            queue.schedule(f"flood {number}", "10.0.0.1")
        for number in range(3):
            queue.schedule(f"visitor {number}", f"10.0.1.{number}")
        while len(ran) < 203:
            await asyncio.sleep(0.001)
        await queue.stop(1)

    asyncio.run(use())
    assert max(ran.index(f"visitor {number}") for number in range(3)) < 20


def test_pausing_job_holds_no_place() -> None:
    ran: list[str] = []

    async def use() -> None:
        async def job(key: str) -> float | None:
            ran.append(key)
            return 3600.0 if key.startswith("failing") else None

        queue = KeyedQueue(job, concurrency=2)
        for number in range(10):
            queue.schedule(f"failing {number}")
        queue.schedule("well")
        while "well" not in ran:
            await asyncio.sleep(0.001)
        queue.schedule_now("failing 3")
        while ran.count("failing 3") < 2:
            await asyncio.sleep(0.001)
        await queue.stop(1)

    asyncio.run(asyncio.wait_for(use(), PATIENCE))
    assert len(ran) == 12


def test_pause_that_is_ended_before_it_begins_is_none() -> None:
    ran: list[str] = []

    async def use() -> None:
        failing, ended = asyncio.Event(), asyncio.Event()

        async def job(key: str) -> float | None:
            ran.append(key)
            if len(ran) > 1:
                return None
            failing.set()
            await ended.wait()
            return 3600.0

        queue = KeyedQueue(job)
        queue.schedule("a conversation")
        await failing.wait()
        queue.schedule_now("a conversation")  # taken by staff, say, while the attempt that fails is under way
        ended.set()
        while queue.is_active("a conversation"):
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(use(), PATIENCE))
    assert len(ran) == 2


@pytest.mark.parametrize("seed", range(5))
def test_no_wake_is_lost(seed) -> None:
    """Work that is put down before a wake is always done, however wakes, jobs, failures and cut-off waits fall together."""
    chance = random.Random(seed)
    put, done = dict.fromkeys(range(30), 0), dict.fromkeys(range(30), 0)

    async def use() -> None:
        async def job(key: str) -> float | None:
            seen = put[int(key)]
            await asyncio.sleep(chance.random() * 0.002)
            if chance.random() < 0.02:
                return 0.001
            done[int(key)] = seen
            return None

        queue = KeyedQueue(job, concurrency=3)
        for _ in range(2000):
            key = chance.randrange(30)
            put[key] += 1
            queue.schedule(str(key), f"source {key % 4}")
            if chance.random() < 0.2:
                await asyncio.sleep(0)
        while put != done:
            await asyncio.sleep(0.001)
        await queue.stop(1)

    asyncio.run(asyncio.wait_for(use(), PATIENCE))


def test_cut_off_wait_takes_no_place() -> None:
    async def use() -> None:
        places, held = FairSlots(1), asyncio.Event()

        async def hold() -> None:
            async with places.hold("a"):
                await held.wait()

        first = asyncio.create_task(hold())
        await asyncio.sleep(0)
        others = [asyncio.create_task(hold()) for _ in range(3)]
        await asyncio.sleep(0)
        others[0].cancel()
        held.set()
        await asyncio.gather(first, *others, return_exceptions=True)
        async with places.hold("b"):
            pass
        assert places.expected_wait("c") == 0

    asyncio.run(asyncio.wait_for(use(), PATIENCE))


def test_wait_is_expected_by_source() -> None:
    async def use() -> None:
        places = FairSlots(2)

        async def hold(group: str) -> None:
            async with places.hold(group):
                await asyncio.sleep(60)

        tasks = [asyncio.create_task(hold("flood")) for _ in range(100)] + [asyncio.create_task(hold("other"))]
        await asyncio.sleep(0)
        assert places.expected_wait("flood") > 10 * places.expected_wait("newcomer") > 0
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(asyncio.wait_for(use(), PATIENCE))
