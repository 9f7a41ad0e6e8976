"""Single writer for SQLite: a thread with a connection of its own that runs write transactions one after another.

SQLite allows one writer at a time, so a queue here is fair and needs no busy waiting. The connection is kept because SQLite's
page cache is valid only while no other connection writes: with changing connections every transaction would read anew what the
previous one wrote. A plain thread replaces ThreadPoolExecutor, whose way back to the event loop takes twice as long.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError


class SqliteWriter:
    """Queue of write transactions with its thread, which is started by the first job."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._closed = False

    def run(self, job: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> asyncio.Future[Any]:
        """Queue a job, which is called with a connection in a transaction of its own.

        The job is run even if the caller stops waiting.

        Raises:
            RuntimeError: The writer is closed.
        """
        if self._closed:
            raise RuntimeError("the store is closed")
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="store-write", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        context = contextvars.copy_context()  # the language of whoever asked holds in the thread, too
        self._jobs.put(lambda: context.run(self._run, loop, future, job, args, kwargs))
        return future

    def close(self) -> None:
        """Finish the queued jobs and end the thread."""
        if self._closed:
            return
        self._closed = True
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
        self._drop_connection()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # else the message that it wrote would stay in memory until the next one

    def _run(
        self,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Any],
        job: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        settle: Callable[[asyncio.Future[Any], Any], None]
        try:
            settle, outcome = _succeed, self._in_transaction(job, args, kwargs)
        except BaseException as error:
            settle, outcome = _fail, error
            # The thread goes on with a new connection, whatever happened to this one.
            with contextlib.suppress(SQLAlchemyError):
                self._drop_connection()
        with contextlib.suppress(RuntimeError):  # the loop is closed, so nobody waits
            loop.call_soon_threadsafe(settle, future, outcome)

    def _in_transaction(self, job: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._connection is None:
            self._connection = self._engine.connect()
        with self._connection.begin():
            return job(self._connection, *args, **kwargs)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()


def _succeed(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():  # the caller may have given up
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
