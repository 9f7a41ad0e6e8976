"""The threads in which answers are found, and how long all of them have been at work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from typing import Any


class Threads:
    """A pool of so many threads; `number` jobs may hang before one more has to wait."""

    def __init__(self, number: int):
        self.number = number
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="answer")
        self._since: dict[int, float] = {}

    async def run(self, job: Callable[..., Any], *given: Any) -> Any:
        """What the job gives, once a thread has taken it."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._timed, job, given)

    def all_busy_seconds(self) -> float:
        """For how long there has been no free thread; 0 where there is one."""
        since = list(self._since.values())
        return time.monotonic() - max(since) if len(since) >= self.number else 0.0

    def _timed(self, job: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        self._since[get_ident()] = time.monotonic()
        try:
            return job(*given)
        finally:
            del self._since[get_ident()]


threads = Threads(8)
