"""So many jobs at once, and who is next: groups take turns, so that one that asks for much keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

MOST_OF_ONE = 0.75  # the share of the places that one group may hold: somebody else always finds one soon
LOOK_BACK = 5.0  # seconds in which places that were given back are counted
LONGEST_JOB = 8.0  # seconds; the least pace to be reckoned with is that of jobs which all take so long


class FairSlots:
    """A group waits in the order in which it came; where several wait, each gets a place in turn."""

    def __init__(self, at_once: int):
        self._at_once = self._free = at_once
        self._most_of_one = max(1, int(at_once * MOST_OF_ONE))
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._announced: Counter[str] = Counter()
        self._given_back: deque[float] = deque(maxlen=1000)

    @asynccontextmanager
    async def one(self, group: str) -> AsyncIterator[None]:
        """Hold a place; waits until the group's turn has come."""
        await self._take(group)
        try:
            yield
        finally:
            self._give_back(group)

    def expected_wait(self, group: str) -> float:
        """Seconds that one more of this group would wait for its place, by how fast places came free lately."""
        room = min(self._free, self._most_of_one - self._held[group])
        before = self._in_line(group) + 1
        if not self._waiting and self._announced.total() < room:
            return 0.0
        ahead = sum(min(self._in_line(one), before) for one in self._waiting.keys() | self._announced.keys())
        return max(0, ahead - max(0, room)) / self._pace()

    @contextmanager
    def announced(self, group: str) -> Iterator[None]:
        """Count one of this group among those that wait, before it can."""
        self._announced[group] += 1
        try:
            yield
        finally:
            self._announced[group] -= 1
            if not self._announced[group]:
                del self._announced[group]

    def _in_line(self, group: str) -> int:
        return len(self._waiting.get(group, ())) + self._announced[group]

    def _pace(self) -> float:
        """Places given back a second."""
        now = time.monotonic()
        lately = [at for at in self._given_back if at > now - LOOK_BACK]
        seen = max(now - lately[0], 0.5) if len(lately) == self._given_back.maxlen else LOOK_BACK
        return max(len(lately) / seen, self._at_once / LONGEST_JOB)

    async def _take(self, group: str) -> None:
        if self._may_have_one(group) and group not in self._waiting:
            self._give(group)
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was given just as its job was cut off
                self._give_back(group)
            raise

    def _may_have_one(self, group: str) -> bool:
        return self._free > 0 and self._held[group] < self._most_of_one

    def _give(self, group: str) -> None:
        self._free -= 1
        self._held[group] += 1

    def _give_back(self, group: str) -> None:
        self._free += 1
        self._held[group] -= 1
        if not self._held[group]:
            del self._held[group]
        self._given_back.append(time.monotonic())
        self._pass_on()

    def _pass_on(self) -> None:
        while (group := next((one for one in self._waiting if self._may_have_one(one)), None)) is not None:
            queue = self._waiting.pop(group)
            turn = queue.popleft()
            if queue:
                self._waiting[group] = queue  # behind the others
            if not turn.done():
                self._give(group)
                turn.set_result(None)
