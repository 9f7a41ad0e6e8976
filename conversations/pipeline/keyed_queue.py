"""One job at a time for each key, in order; different keys at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from conversations.pipeline.fair_slots import FairSlots

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 0.5, 5.0  # seconds before a job that raised is tried again


class KeyedQueue:
    """`job(key)` does all that is open for the key. `wake(key)` makes it run, again if it is just running.

    A job that returns seconds is run again after them; until then it takes none of the places that `at_once` gives. Where more
    keys want a place than there are, their groups take turns; a key that was woken without a group is one of its own.
    """

    def __init__(self, job: Callable[[str], Awaitable[float | None]], at_once: int = 64):
        self._job = job
        self._woken: dict[str, bool] = {}
        self._groups: dict[str, str] = {}
        self._pauses: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task] = set()
        self._places = FairSlots(at_once)
        self._stopping = False

    @property
    def stopping(self) -> bool:
        return self._stopping

    def wake(self, key: str, group: str = "") -> None:
        if self.stopping:
            return
        if key in self._woken:
            self._woken[key] = True
            return
        self._woken[key] = False
        self._groups[key] = group or key
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def hurry(self, key: str) -> None:
        """Wake it, and let it not wait out its pause."""
        self.wake(key)
        if key in self._pauses:
            self._pauses[key].set()

    def busy(self, key: str) -> bool:
        return key in self._woken

    def expected_wait(self, group: str) -> float:
        """Seconds until a key of this group that is woken now will run, as far as can be told."""
        return self._places.expected_wait(group)

    def announced(self, group: str) -> AbstractContextManager[None]:
        """While it lasts, a key of this group that will be woken soon counts among those that wait."""
        return self._places.announced(group)

    async def stop(self, seconds: float) -> None:
        """Let running jobs end; those that take longer are cut off (what they left open is found at the next start)."""
        self._stopping = True
        for pause in self._pauses.values():
            pause.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, key: str) -> None:
        failures = 0
        try:
            while not self.stopping:
                self._woken[key] = False
                try:
                    async with self._places.one(self._groups[key]):
                        wait = None if self.stopping else await self._job(key)
                    failures = 0
                except Exception as error:  # the database is locked, say: nothing is lost, and nobody else waits
                    logger.exception("a conversation's work failed and is tried again", exc_info=error)
                    wait = min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
                    failures += 1
                if wait:
                    await self._pause(key, wait)
                elif not self._woken[key]:
                    return
        finally:
            del self._woken[key], self._groups[key]

    async def _pause(self, key: str, seconds: float) -> None:
        """So long, or until it is to hurry, or we stop."""
        if self.stopping:
            return
        pause = self._pauses[key] = asyncio.Event()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pause.wait(), seconds)
        finally:
            del self._pauses[key]
