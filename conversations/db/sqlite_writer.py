"""SQLite's one writer: a thread with a connection that it keeps, in which transactions run one after another.

SQLite has one writer at a time, so queueing here is fair and costs no busy waiting. The connection is kept since SQLite
keeps pages in memory only as long as nobody else writes: with connections by turns, each transaction would read anew what
the last one wrote. A thread of our own, since concurrent.futures' way back to an event loop takes twice as long.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError


class SqliteWriter:
    """Opened by its first job; `close` lets those that wait be done."""

    def __init__(self, engine: Engine):
        self._engine = engine
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._closed = False

    def run(self, job: Callable[..., Any], args: tuple, kwargs: dict) -> asyncio.Future:
        """Run the job with a connection, in a transaction: all or nothing. It is done even if nobody waits for it any more."""
        if self._closed:
            raise RuntimeError("the store is closed")
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="store-write", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._waiting.put(lambda: self._do(loop, done, job, args, kwargs))
        return done

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
        self._drop_connection()

    def _work(self) -> None:
        while (doing := self._waiting.get()) is not None:
            doing()
            del doing  # else what somebody wrote would be held until the next one

    def _do(
        self, loop: asyncio.AbstractEventLoop, done: asyncio.Future, job: Callable, args: tuple, kwargs: dict
    ) -> None:
        try:
            settle, outcome = _succeed, self._in_transaction(job, args, kwargs)
        except BaseException as error:
            settle, outcome = _fail, error
            with contextlib.suppress(
                SQLAlchemyError
            ):  # whatever is the matter with it: the thread lives on, and begins anew
                self._drop_connection()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(settle, done, outcome)

    def _in_transaction(self, job: Callable, args: tuple, kwargs: dict) -> Any:
        if self._connection is None:
            self._connection = self._engine.connect()
        with self._connection.begin():
            return job(self._connection, *args, **kwargs)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()


def _succeed(done: asyncio.Future, result: Any) -> None:
    if not done.done():  # who waited may have given up
        done.set_result(result)


def _fail(done: asyncio.Future, error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)
