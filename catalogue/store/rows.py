"""Writes rows of several tables, many at a time."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

MOST = 4000  # rows of one statement that are held back


class Rows:
    """Rows that wait to be written, by their statement; `flush` writes them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._waiting: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def add(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Have a statement run with each of the rows, at the latest by `flush`."""
        waiting = self._waiting[statement]
        waiting.extend(rows)
        if len(waiting) >= MOST:
            self._connection.executemany(statement, waiting)
            waiting.clear()

    def flush(self) -> None:
        """Write all rows that wait."""
        for statement, waiting in self._waiting.items():
            if waiting:
                self._connection.executemany(statement, waiting)
                waiting.clear()
