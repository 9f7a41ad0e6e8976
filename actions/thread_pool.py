"""Runs answers in threads: each for a moment at first, and what takes longer anew, in a few threads beside the others.

So any number of slow questions leaves threads for quick ones. An answer only reads, which is why it may begin twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import copy_context
from threading import get_ident
from typing import TypeVar

from core.loop_pool import LoopPool

QUICK, SLOW = 8, 2  # threads for quick answers, and for those that were not
MOMENT, SHORTEST = 0.5, 0.15  # seconds that an answer has at first; the more wait for a thread, the fewer

T = TypeVar("T")


class ThreadPool:
    """Pool of `number` threads; further jobs wait for a free one."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool = LoopPool(number, "answer")
        self._since: dict[int, float] = {}
        self._given = 0

    @property
    def waiting(self) -> int:
        """How many jobs wait for a thread."""
        return max(0, self._given - self.number)

    async def run(self, job: Callable[[], T]) -> T:
        """Return the result of a job, which starts when a thread is free."""
        self._given += 1
        try:
            return await self._pool.run(copy_context().run, self._timed, job)
        finally:
            self._given -= 1

    def all_busy_seconds(self) -> float:
        """Return for how many seconds no thread has been free; 0 if one is."""
        since = list(self._since.values())
        return time.monotonic() - max(since) if len(since) >= self.number else 0.0

    def _timed(self, job: Callable[[], T]) -> T:
        self._since[get_ident()] = time.monotonic()
        try:
            return job()
        finally:
            del self._since[get_ident()]


class TwoLanes:
    """Threads for quick answers and for slow ones; `too_slow` are the errors by which an answer ends at its time limit."""

    def __init__(self, *too_slow: type[Exception]) -> None:
        self.quick, self.slow = ThreadPool(QUICK), ThreadPool(SLOW)
        self._too_slow = too_slow

    async def run(self, job: Callable[[float], T], until: float) -> T:
        """Return the result of a job, which is given the time, by `time.monotonic()`, at which it must end."""
        try:
            return await self.quick.run(lambda: job(min(until, time.monotonic() + self._moment())))
        except self._too_slow:
            if time.monotonic() >= until:
                raise
        return await self.slow.run(lambda: job(until))

    def figures(self) -> dict[str, float]:
        """Return how many answers wait, and for how many seconds all threads have been busy, in both lanes."""
        lanes = {"quick": self.quick, "slow": self.slow}
        waiting: dict[str, float] = {f"{name}_waiting": lane.waiting for name, lane in lanes.items()}
        return waiting | {f"{name}_busy_seconds": round(lane.all_busy_seconds(), 1) for name, lane in lanes.items()}

    def _moment(self) -> float:
        return max(SHORTEST, MOMENT / (1 + self.quick.waiting / self.quick.number))
