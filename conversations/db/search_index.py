"""Upkeep of SQLite's full-text index, in batches, some seconds after the messages were written.

Indexing each message while its visitor waits took a third of the time of writing. On PostgreSQL a trigger maintains the index.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

AT_ONCE = 200  # messages per transaction, which blocks other writes for a few milliseconds
# Ids only grow and are never reused, so the messages above the highest indexed id are those that are not indexed.
INDEXED = "coalesce((SELECT max(id) FROM message_words_docsize), 0)"
_INDEX_NEXT = text(
    "INSERT INTO message_words(rowid, text)"
    f" SELECT id, words_as_indexed(text) FROM message WHERE id > {INDEXED} ORDER BY id LIMIT :most"
)
_UNINDEXED = text(f"SELECT id, text FROM message WHERE id > {INDEXED} AND id <= :newest ORDER BY id DESC")


def index_batch(connection: Connection, limit: int = AT_ONCE) -> int:
    """Index the oldest unindexed messages, up to `limit`, and return their number; does nothing on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return 0
    return connection.execute(_INDEX_NEXT, {"most": limit}).rowcount


def unindexed_messages(connection: Connection, newest: int) -> list[tuple[int, str]]:
    """Return (id, text) of the unindexed messages with ids up to `newest`, newest first; empty on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return []
    return [(row.id, row.text) for row in connection.execute(_UNINDEXED, {"newest": newest})]
