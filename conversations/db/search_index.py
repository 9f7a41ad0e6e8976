"""SQLite's index of all words: brought up to date some seconds after messages are written, many at a time.

A message a time, while somebody waits for the reply, it took a third of the writing. PostgreSQL keeps its own by a trigger.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

AT_ONCE = 200  # messages a transaction: a few milliseconds, in which no message can be written
# Ids grow and are never given out again, so what lies above the highest indexed one is just what is not indexed.
INDEXED = "coalesce((SELECT max(id) FROM message_words_docsize), 0)"
_NEXT = text(
    "INSERT INTO message_words(rowid, text)"
    f" SELECT id, words_as_indexed(text) FROM message WHERE id > {INDEXED} ORDER BY id LIMIT :most"
)
_NOT_YET = text(f"SELECT id, text FROM message WHERE id > {INDEXED} AND id <= :newest ORDER BY id DESC")


def index_batch(connection: Connection, most: int = AT_ONCE) -> int:
    """Index the oldest messages that are not; how many there were."""
    if connection.dialect.name != "sqlite":
        return 0
    return connection.execute(_NEXT, {"most": most}).rowcount


def unindexed_messages(connection: Connection, newest: int) -> list[tuple[int, str]]:
    """(id, text) of the messages up to that one that are not in the index yet, the newest first."""
    if connection.dialect.name != "sqlite":
        return []
    return [(row.id, row.text) for row in connection.execute(_NOT_YET, {"newest": newest})]
