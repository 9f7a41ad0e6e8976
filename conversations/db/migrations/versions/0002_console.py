"""Create the tables of the staff console: accounts, annotations, indexes for its filters, the full-text index."""

import sqlalchemy as sa
from alembic import op

from conversations.db.schema import NUMBER, UtcTime

revision = "0002"
down_revision = "0001"

INDEXES = (
    ("ix_message_facts", "message", ["conversation_id", "intent", "topic", "outcome", "confidence"]),
    ("ix_message_intent", "message", ["intent", "conversation_id"]),
    ("ix_message_topic", "message", ["topic", "conversation_id"]),
    ("ix_message_outcome", "message", ["outcome", "conversation_id"]),
    ("ix_message_confidence", "message", ["confidence", "conversation_id"]),
    ("ix_message_at", "message", ["at"]),
    ("ix_conversation_site", "conversation", ["site"]),
    ("ix_handoff_after", "handoff", ["after", "conversation_id"]),
    ("ix_feedback_value", "feedback", ["value", "conversation_id"]),
)

# FTS5 keeps the words and reads the text from `message`. A deletion must name what was indexed.
SQLITE_WORDS = (
    """CREATE VIRTUAL TABLE message_words USING fts5(
        text, content='message', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER message_words_added AFTER INSERT ON message BEGIN
        INSERT INTO message_words(rowid, text) VALUES (new.id, new.text); END""",
    """CREATE TRIGGER message_words_gone AFTER DELETE ON message BEGIN
        INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.id, old.text); END""",
    """CREATE TRIGGER message_words_changed AFTER UPDATE OF text ON message BEGIN
        INSERT INTO message_words(message_words, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO message_words(rowid, text) VALUES (new.id, new.text); END""",
    "INSERT INTO message_words(message_words) VALUES ('rebuild')",
)

# A narrow table of its own: the newest matches are found without reading whole messages. Accents and ASCII punctuation
# go, so that words are cut as SQLite cuts them ("anna@example.org" is three).
POSTGRES_WORDS = (
    r"""CREATE FUNCTION message_words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
        SELECT to_tsvector('simple', regexp_replace(regexp_replace(
            normalize(said, NFD), U&'[\0300-\036F]', '', 'g'), '[!-/:-@\[-`{-~]+', ' ', 'g')) $$""",
    """CREATE TABLE message_words (
        message_id bigint PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE,
        words tsvector NOT NULL)""",
    """CREATE FUNCTION message_words_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO message_words VALUES (new.id, message_words_of(new.text))
            ON CONFLICT (message_id) DO UPDATE SET words = excluded.words;
        RETURN NULL; END $$""",
    """CREATE TRIGGER message_words_keep AFTER INSERT OR UPDATE OF text ON message
        FOR EACH ROW EXECUTE FUNCTION message_words_keep()""",
    "INSERT INTO message_words SELECT id, message_words_of(text) FROM message",
    "CREATE INDEX message_words_words ON message_words USING gin (words)",
)


def upgrade() -> None:
    _staff()
    _review()
    op.drop_index("ix_conversation_last_at", "conversation")
    op.create_index("ix_conversation_last_at", "conversation", ["last_at", "id"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    connection = op.get_bind()
    for line in SQLITE_WORDS if connection.dialect.name == "sqlite" else POSTGRES_WORDS:
        connection.exec_driver_sql(line)


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for name in ("added", "gone", "changed"):
            connection.exec_driver_sql(f"DROP TRIGGER message_words_{name}")
    else:
        connection.exec_driver_sql("DROP TRIGGER message_words_keep ON message")
        connection.exec_driver_sql("DROP FUNCTION message_words_keep()")
    connection.exec_driver_sql("DROP TABLE message_words")
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("DROP FUNCTION message_words_of(text)")
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    op.drop_index("ix_conversation_last_at", "conversation")
    op.create_index("ix_conversation_last_at", "conversation", ["last_at"])
    for table in ("about_database", "review", "flag", "tag", "note", "staff_session", "staff"):
        op.drop_table(table)


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcTime(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("last_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    op.create_index("ix_staff_session_staff", "staff_session", ["staff_id"])
    op.create_table(
        "about_database",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_about_database")),
    )


def _review() -> None:
    op.create_table(
        "note",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        _of_conversation("note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_conversation", "note", ["conversation_id", "id"])
    op.create_table(
        "tag",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        _of_conversation("tag"),
        sa.PrimaryKeyConstraint("conversation_id", "name", name=op.f("pk_tag")),
    )
    op.create_index("ix_tag_name", "tag", ["name", "conversation_id"])
    op.create_table(
        "flag",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        _of_conversation("flag"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_flag")),
    )
    op.create_table(
        "review",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("reviewer", sa.String(length=60), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        _of_conversation("review"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_reviewer", "review", ["reviewer", "conversation_id"])


def _of_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id"], ["conversation.id"], name=op.f(f"fk_{table}_conversation_id"), ondelete="CASCADE"
    )
