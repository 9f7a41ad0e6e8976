"""One job at a time for each key, in order; different keys at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a job that raised is tried again


class Lanes:
    """`job(key)` does all that is open for the key. `wake(key)` makes it run, again if it is just running.

    A job that returns seconds is run again after them; until then it takes none of the places that `at_once` gives.
    """

    def __init__(self, job: Callable[[str], Awaitable[float | None]], at_once: int = 64):
        self._job = job
        self._woken: dict[str, bool] = {}
        self._tasks: set[asyncio.Task] = set()
        self._places = asyncio.Semaphore(at_once)
        self._stop = asyncio.Event()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def wake(self, key: str) -> None:
        if self.stopping:
            return
        if key in self._woken:
            self._woken[key] = True
            return
        self._woken[key] = False
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def busy(self, key: str) -> bool:
        return key in self._woken

    async def stop(self, seconds: float) -> None:
        """Let running jobs end; those that take longer are cut off (what they left open is found at the next start)."""
        self._stop.set()
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
                    async with self._places:
                        wait = await self._job(key)
                    failures = 0
                except Exception as error:  # the database is locked, say: nothing is lost, and nobody else waits
                    logger.exception("a conversation's work failed and is tried again", exc_info=error)
                    wait = min(FIRST_WAIT * 2**failures, LONGEST_WAIT)
                    failures += 1
                if wait:
                    await self._pause(wait)
                elif not self._woken[key]:
                    return
        finally:
            del self._woken[key]

    async def _pause(self, seconds: float) -> None:
        """So long, or until we stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
