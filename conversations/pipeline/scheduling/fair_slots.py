"""Limits how many jobs run at a time; groups of jobs take turns, so that a busy group does not hold up the others."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

LARGEST_SHARE = 0.75  # of the slots, for one group: another group always finds a slot soon
RATE_WINDOW = 5.0  # seconds over which released slots are counted
LONGEST_JOB = 8.0  # seconds; the lowest rate to expect is that of jobs which all take this long


class FairSlots:
    """A semaphore with `capacity` slots; waiters of one group are served in order, groups in turn (round robin)."""

    def __init__(self, capacity: int) -> None:
        self._capacity = self._free = capacity
        self._group_limit = max(1, int(capacity * LARGEST_SHARE))
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # the group whose turn is next comes first
        self._expected: Counter[str] = Counter()
        self._released_at: deque[float] = deque(maxlen=1000)

    @asynccontextmanager
    async def hold(self, group: str) -> AsyncIterator[None]:
        """Hold a slot, after waiting for the group's turn."""
        await self._acquire(group)
        try:
            yield
        finally:
            self._release(group)

    def expected_wait(self, group: str) -> float:
        """Return an estimate of the seconds that one more job of this group would wait, by the rate of released slots."""
        room = min(self._free, self._group_limit - self._held[group])
        if not self._waiting and self._expected.total() < room:
            return 0.0
        position = self._queue_length(group) + 1
        groups = self._waiting.keys() | self._expected.keys()
        ahead = sum(min(self._queue_length(other), position) for other in groups)
        return max(0, ahead - max(0, room)) / self._release_rate()

    @contextmanager
    def expecting(self, group: str) -> Iterator[None]:
        """Count a job of this group among those that wait before it does, while the context lasts."""
        self._expected[group] += 1
        try:
            yield
        finally:
            self._expected[group] -= 1
            if not self._expected[group]:
                del self._expected[group]

    def _queue_length(self, group: str) -> int:
        return len(self._waiting.get(group, ())) + self._expected[group]

    def _release_rate(self) -> float:
        """Return how many slots become free in a second."""
        now = time.monotonic()
        recent = [at for at in self._released_at if at > now - RATE_WINDOW]
        # A full deque covers less than the window.
        seconds = max(now - recent[0], 0.5) if len(recent) == self._released_at.maxlen else RATE_WINDOW
        return max(len(recent) / seconds, self._capacity / LONGEST_JOB)

    async def _acquire(self, group: str) -> None:
        if self._may_hold(group) and group not in self._waiting:
            self._grant(group)
            return
        granted = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, deque()).append(granted)
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # the slot was granted just as the waiter was cancelled
                self._release(group)
            raise

    def _may_hold(self, group: str) -> bool:
        return self._free > 0 and self._held[group] < self._group_limit

    def _grant(self, group: str) -> None:
        self._free -= 1
        self._held[group] += 1

    def _release(self, group: str) -> None:
        self._free += 1
        self._held[group] -= 1
        if not self._held[group]:
            del self._held[group]
        self._released_at.append(time.monotonic())
        self._grant_waiting()

    def _grant_waiting(self) -> None:
        while (group := next((each for each in self._waiting if self._may_hold(each)), None)) is not None:
            queue = self._waiting.pop(group)
            granted = queue.popleft()
            if queue:
                self._waiting[group] = queue  # at the end: the other groups' turn comes first
            if not granted.done():
                self._grant(group)
                granted.set_result(None)
