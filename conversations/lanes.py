"""One job at a time for each key, in order; different keys at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a job that raised is tried again


class Lanes:
    """`job(key)` does all that is open for the key. `wake(key)` makes it run, again if it is just running."""

    def __init__(self, job: Callable[[str], Awaitable[None]], at_once: int = 64):
        self._job = job
        self._woken: dict[str, bool] = {}
        self._tasks: set[asyncio.Task] = set()
        self._places = asyncio.Semaphore(at_once)
        self._stopping = False

    def wake(self, key: str) -> None:
        if self._stopping:
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
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, key: str) -> None:
        wait = FIRST_WAIT
        try:
            while True:
                self._woken[key] = False
                try:
                    async with self._places:
                        await self._job(key)
                    wait = FIRST_WAIT
                except Exception as error:  # the database is locked, say: nothing is lost, and nobody else waits
                    logger.exception("a conversation's work failed and is tried again", exc_info=_without_values(error))
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, LONGEST_WAIT)
                    continue
                if not self._woken[key] or self._stopping:
                    return
        finally:
            del self._woken[key]


def _without_values(error: Exception) -> Exception:
    """An error as it may be logged: SQLAlchemy's carry the values, and so what people wrote."""
    return RuntimeError(type(error).__name__).with_traceback(error.__traceback__)
