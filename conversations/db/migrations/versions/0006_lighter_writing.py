"""Write less per message: partial indexes without empty values, and a full-text index that is updated in batches."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

PARTIAL = (
    ("ix_message_answers", ["answers"], "answers IS NOT NULL"),
    ("ix_message_intent", ["intent", "conversation_id"], "intent <> ''"),
    ("ix_message_topic", ["topic", "conversation_id"], "topic <> ''"),
    ("ix_message_outcome", ["outcome", "conversation_id"], "outcome <> ''"),
    ("ix_message_confidence", ["confidence", "conversation_id"], "confidence IS NOT NULL"),
)

# A row that has not been indexed must not be removed from the index, since FTS5 does not check and would be corrupted.
INDEXED = "old.id <= (SELECT max(id) FROM message_words_docsize)"
TAKE_OUT = "INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.id, old.text);"
PUT_IN = "INSERT INTO message_words(rowid, text) VALUES (new.id, new.text);"
GONE, CHANGED = "message_words_gone AFTER DELETE ON message", "message_words_changed AFTER UPDATE OF text ON message"


def upgrade() -> None:
    for name, columns, condition in PARTIAL:
        op.drop_index(name, "message")
        only = sa.text(condition)
        op.create_index(name, "message", columns, sqlite_where=only, postgresql_where=only)
    _on_sqlite(
        "DROP TRIGGER message_words_added",
        "DROP TRIGGER message_words_gone",
        "DROP TRIGGER message_words_changed",
        f"CREATE TRIGGER {GONE} WHEN {INDEXED} BEGIN {TAKE_OUT} END",
        f"CREATE TRIGGER {CHANGED} WHEN {INDEXED} BEGIN {TAKE_OUT} {PUT_IN} END",
    )


def downgrade() -> None:
    for name, columns, _ in PARTIAL:
        op.drop_index(name, "message")
        op.create_index(name, "message", columns)
    _on_sqlite(
        "INSERT INTO message_words(message_words) VALUES ('rebuild')",
        "DROP TRIGGER message_words_gone",
        "DROP TRIGGER message_words_changed",
        f"CREATE TRIGGER message_words_added AFTER INSERT ON message BEGIN {PUT_IN} END",
        f"CREATE TRIGGER {GONE} BEGIN {TAKE_OUT} END",
        f"CREATE TRIGGER {CHANGED} BEGIN {TAKE_OUT} {PUT_IN} END",
    )


def _on_sqlite(*lines: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for line in lines:
            connection.exec_driver_sql(line)
