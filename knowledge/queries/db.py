"""Opens the knowledge base's file for reading."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from core.sqlite_reader import SqliteReader
from knowledge.db_format import APPLICATION_ID, REBUILD, SCHEMA_VERSION
from knowledge.errors import KnowledgeDamaged, KnowledgeMissing, KnowledgeTooSlow, UnknownKey
from knowledge.models import NameLink, Source, TopicLink

Query = TypeVar("Query", bound=Callable[..., Any])


def kept(query: Query) -> Query:
    """Make a query by keys look into the file once for each entry: the file never changes while it is open.

    What is not there is not kept, so that keys which strangers make up take no memory.
    """

    @wraps(query)
    def looked_up(self: Reader, *keys: Any) -> Any:
        asked = (query.__name__, *keys)
        found = self.found.get(asked)
        if found is None and (found := query(self, *keys)):
            self.found[asked] = found
        return found

    return cast(Query, looked_up)


class Reader(SqliteReader):
    """Base of all queries; turns every error that SQLite reports about the file into KnowledgeDamaged."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.found: dict[tuple[Any, ...], Any] = {}  # what `kept` keeps
        if not path.is_file():
            raise KnowledgeMissing(f"{path}: there is no knowledge base here. {REBUILD}")
        self._check_file()

    def too_slow(self) -> Exception:
        """Return KnowledgeTooSlow."""
        return KnowledgeTooSlow()

    def damaged(self, error: sqlite3.DatabaseError) -> Exception:
        """Return KnowledgeDamaged with what SQLite says."""
        return KnowledgeDamaged(f"{self.path}: the knowledge base cannot be read ({error}). {REBUILD}")

    def row(self, kind: str, key: str, sql: str) -> sqlite3.Row:
        """Return the row that the query finds by the key, or raise UnknownKey."""
        for row in self.rows(sql, key):
            return row
        raise UnknownKey(kind, key)

    @kept
    def source(self, key: str | None) -> Source | None:
        """Return a section of the guide as a source, or None if there is none with this key."""
        for row in self.rows("SELECT key, title, heading FROM section WHERE key = ?", key):
            return Source(*row)
        return None

    @kept
    def topic_link(self, key: str | None) -> TopicLink | None:
        """Return the link to a topic or open subject, or None if there is none with this key."""
        for row in self.rows("SELECT key, title FROM entry WHERE key = ?", key):
            return TopicLink(*row)
        return None

    def topic_links(self, keys: Iterable[str]) -> tuple[TopicLink, ...]:
        """Return the links to the topics and open subjects that exist."""
        return tuple(link for link in map(self.topic_link, keys) if link)

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
