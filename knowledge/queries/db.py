"""Opens the database file for reading, with one connection for each thread."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knowledge.db_format import APPLICATION_ID, REBUILD, SCHEMA_VERSION
from knowledge.errors import KnowledgeDamaged, KnowledgeMissing, KnowledgeTooSlow, UnknownKey
from knowledge.models import NameLink, Source, TopicLink

STEPS = 10_000  # of SQLite between two checks of the deadline: about a millisecond


class Reader:
    """Base of all queries; turns every error that SQLite reports about the file into KnowledgeDamaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.local()
        if not path.is_file():
            raise KnowledgeMissing(f"{path}: there is no knowledge base here. {REBUILD}")
        self._check_file()

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        if self._is_late():
            raise KnowledgeTooSlow()
        try:
            return self._connection().execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            if self._is_late():
                raise KnowledgeTooSlow() from None
            raise KnowledgeDamaged(f"{self.path}: the knowledge base cannot be read ({error}). {REBUILD}") from error

    @contextmanager
    def deadline(self, until: float) -> Iterator[None]:
        """Interrupt this thread's queries with KnowledgeTooSlow once `time.monotonic()` reaches `until`."""
        connection = self._connection()
        self._threads.until = until
        connection.set_progress_handler(self._is_late, STEPS)
        try:
            yield
        finally:
            connection.set_progress_handler(None, 0)
            self._threads.until = None

    def _is_late(self) -> bool:
        until = getattr(self._threads, "until", None)
        return until is not None and time.monotonic() > until

    def row(self, kind: str, key: str, sql: str) -> sqlite3.Row:
        """Return the row that the query finds by the key, or raise UnknownKey."""
        for row in self.rows(sql, key):
            return row
        raise UnknownKey(kind, key)

    def column(self, sql: str, *values: Any) -> list[Any]:
        """Return the first column of a query."""
        return [row[0] for row in self.rows(sql, *values)]

    def source(self, key: str | None) -> Source | None:
        """Return a section of the guide as a source, or None if there is none with this key."""
        for row in self.rows("SELECT key, title, heading FROM section WHERE key = ?", key):
            return Source(*row)
        return None

    def topic_link(self, key: str | None) -> TopicLink | None:
        """Return the link to a topic or open subject, or None if there is none with this key."""
        for row in self.rows("SELECT key, title FROM entry WHERE key = ?", key):
            return TopicLink(*row)
        return None

    def topic_links(self, keys: Iterable[str]) -> tuple[TopicLink, ...]:
        """Return the links to the topics and open subjects that exist."""
        return tuple(link for link in map(self.topic_link, keys) if link)

    def close(self) -> None:
        """Close this thread's connection; its next query opens another."""
        connection = self._threads.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection = getattr(self._threads, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA query_only = ON")
            self._threads.connection = connection
        return connection

    def _check_file(self) -> None:
        if self.column("PRAGMA application_id") != [APPLICATION_ID]:
            raise KnowledgeDamaged(f"{self.path}: this is not a knowledge base. {REBUILD}")
        if self.column("PRAGMA user_version") != [SCHEMA_VERSION]:
            raise KnowledgeDamaged(f"{self.path}: this knowledge base was built by another version. {REBUILD}")
        if self.column("PRAGMA quick_check") != ["ok"]:
            raise KnowledgeDamaged(f"{self.path}: the knowledge base is damaged. {REBUILD}")


def name_link(row: sqlite3.Row) -> NameLink:
    """Return the link in a row of key, name and optionally a short name."""
    return NameLink(row[0], row[1], row[2] if len(row) > 2 else row[1])
