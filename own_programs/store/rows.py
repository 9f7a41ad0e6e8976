"""Writes rows of several tables, many at a time."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

MOST = 4000  # rows of one statement that are held back
MOST_SORTED = 200_000  # where their order matters


class Rows:
    """Rows that wait to be written, by their statement; `flush` writes them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._in_order: set[str] = set()

    def add(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Have a statement run with each of the rows, at the latest by `flush`."""
        waiting = self._waiting[statement]
        waiting.extend(rows)
        if len(waiting) >= MOST:
            self._write(statement)

    def add_in_order(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Do the same with many more rows at a time, sorted, as a key that has no order (a hash) needs it.

        One by one, each would change another page of a large table, and most pages would be written many times.
        """
        self._in_order.add(statement)
        waiting = self._waiting[statement]
        waiting.extend(rows)
        if len(waiting) >= MOST_SORTED:
            self._write(statement)

    def flush(self) -> None:
        """Write all rows that wait."""
        for statement, waiting in self._waiting.items():
            if waiting:
                self._write(statement)

    def _write(self, statement: str) -> None:
        waiting = self._waiting[statement]
        if statement in self._in_order:
            waiting.sort()
        self._connection.executemany(statement, waiting)
        waiting.clear()
