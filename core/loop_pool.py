"""Pool of threads that hands results back to the event loop, at half the price of `run_in_executor`.

That makes two futures for a job, each with a lock and callbacks of its own, which costs 0.25 ms of processor for a way there
and back; a queue and one future cost 0.13 (docs/bench.md). A turn takes three such ways.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[..., Any], tuple[Any, ...]]


class LoopPool:
    """Pool of up to `number` threads, each begun when the others are busy; more jobs wait for one, in their order.

    Unless it is closed, the threads end with the process, in the middle of a job if need be.
    """

    def __init__(self, number: int, name: str) -> None:
        self._number, self._name = number, name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._given = 0  # jobs whose results have not come back
        self._lock = threading.Lock()  # several event loops may share a pool

    def run(self, job: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Queue a job and return the future of its result; one that is given up before it starts is not run.

        Raises RuntimeError if the pool is closed.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            if len(self._threads) < self._number and self._given >= len(self._threads):
                self._begin_thread()
            self._given += 1
            self._jobs.put((loop, future, job, args))
        return future

    def close(self) -> None:
        """Finish the jobs that were queued, and end the threads."""
        with self._lock:
            self._closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _begin_thread(self) -> None:
        thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._finish(*job)
            del job  # else what it held would stay in memory until the next one

    def _finish(
        self,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Any],
        job: Callable[..., Any],
        args: tuple[Any, ...],
    ) -> None:
        result, error = None, None
        try:
            if not future.cancelled():
                result = job(*args)
        except BaseException as raised:
            error = raised
        with self._lock:
            self._given -= 1
        with contextlib.suppress(RuntimeError):  # the loop is closed, so nobody waits
            loop.call_soon_threadsafe(_settle, future, result, error)


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():  # whoever asked has given up
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
