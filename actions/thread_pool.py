"""Runs answers in threads and measures how long all threads have been busy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from typing import Any


class ThreadPool:
    """Pool of `number` threads; further jobs wait for a free one."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool = ThreadPoolExecutor(number, thread_name_prefix="answer")
        self._since: dict[int, float] = {}

    async def run(self, job: Callable[..., Any], *given: Any) -> Any:
        """Return the result of a job, which starts when a thread is free."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._timed, job, given)

    def all_busy_seconds(self) -> float:
        """Return for how many seconds no thread has been free; 0 if one is."""
        since = list(self._since.values())
        return time.monotonic() - max(since) if len(since) >= self.number else 0.0

    def _timed(self, job: Callable[..., Any], given: tuple[Any, ...]) -> Any:
        self._since[get_ident()] = time.monotonic()
        try:
            return job(*given)
        finally:
            del self._since[get_ident()]


threads = ThreadPool(8)
