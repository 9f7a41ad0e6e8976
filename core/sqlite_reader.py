"""Reads a SQLite file from several threads, with one connection for each and a time limit for its queries."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from core.traces.spans import QUERIES

T = TypeVar("T")
STEPS = 10_000  # of SQLite between two checks of the deadline: about a millisecond


class SqliteReader:
    """Base of a room's queries over a database file, which is opened read-only.

    A room says in `too_slow` and `damaged` which of its errors are raised for a query that was cut off, and for a file
    that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.local()

    def too_slow(self) -> Exception:
        """Return the error for a query that was cut off at its time limit."""
        raise NotImplementedError

    def damaged(self, error: sqlite3.DatabaseError) -> Exception:
        """Return the error for a file that cannot be read."""
        raise NotImplementedError

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        sums = QUERIES.get()
        if sums is None:
            return self._rows(sql, values)
        with sums.timed():
            return self._rows(sql, values)

    def _rows(self, sql: str, values: tuple[Any, ...]) -> list[sqlite3.Row]:
        if self._is_late():
            raise self.too_slow()
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            if self._is_late():
                raise self.too_slow() from None
            raise self.damaged(error) from error

    def column(self, sql: str, *values: Any) -> list[Any]:
        """Return the first column of a query."""
        return [row[0] for row in self.rows(sql, *values)]

    @contextmanager
    def deadline(self, until: float) -> Iterator[None]:
        """Interrupt this thread's queries once `time.monotonic()` reaches `until`, or the end of a deadline around this one."""
        connection = self._connection()
        outer = getattr(self._threads, "until", None)
        self._threads.until = until if outer is None else min(until, outer)
        connection.set_progress_handler(self._is_late, STEPS)
        try:
            yield
        finally:
            self._threads.until = outer
            if outer is None:
                connection.set_progress_handler(None, 0)

    def run_within(self, seconds: float, ask: Callable[[], T], otherwise: T) -> T:
        """Return what `ask` returns, or `otherwise` if it takes longer than that and there is time left to go on."""
        try:
            with self.deadline(time.monotonic() + seconds):
                return ask()
        except type(self.too_slow()):
            if self._is_late():
                raise
            return otherwise

    def close(self) -> None:
        """Close this thread's connection; its next query opens another."""
        connection = self._threads.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def _is_late(self) -> bool:
        until = getattr(self._threads, "until", None)
        return until is not None and time.monotonic() > until

    def _connection(self) -> sqlite3.Connection:
        connection = getattr(self._threads, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only = ON")
            self._threads.connection = connection
        return connection
