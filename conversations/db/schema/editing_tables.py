"""What staff write for the knowledge: drafts of entries, their earlier versions, comments, publications."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from conversations.db.schema.base import EMPTY, NUMBER, UtcTime, belongs_to, metadata, now

# SQLite holds to no length, and cannot change one without making the table anew.
_KIND = String(20).with_variant(String(10), "sqlite")
_HAS_KEY = Column("key", String(120), nullable=False, default="")


def _pack() -> Column[str]:
    """Return the column for the guide pack that something is written for, "" for the first."""
    return Column("pack", String(40), nullable=False, default="", server_default="")


# What is to become of an entry of the guide, until it is published.
entry_draft = Table(
    "entry_draft",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("kind", _KIND, nullable=False),  # topic, subject, or a kind of the catalogue's rows
    _HAS_KEY,  # empty as long as a new entry has no place in the guide
    Column("content", JSON(none_as_null=True), nullable=True),  # by field; NULL: the entry is to be removed
    Column("base", String(32), nullable=False, default=""),  # fingerprint of the published entry that it began from
    Column("version", Integer, nullable=False, default=1),  # goes up with each save
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Column("why", Text, nullable=False, default=""),
    Column("assigned", String(60), nullable=False, default=""),  # who is asked to look at it
    _pack(),
    Index(
        "ix_entry_draft_key",
        "kind",
        "key",
        unique=True,
        sqlite_where=_HAS_KEY != EMPTY,
        postgresql_where=_HAS_KEY != EMPTY,
    ),
    sqlite_autoincrement=True,
)

# What an entry or a draft of it was: what was saved, and what was published.
entry_version = Table(
    "entry_version",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("kind", _KIND, nullable=False),
    Column("key", String(120), nullable=False, default=""),
    Column("draft", NUMBER, nullable=True),  # the draft that it is a version of, which may be gone
    Column("content", JSON(none_as_null=True), nullable=True),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Column("why", Text, nullable=False, default=""),
    Column("publication", String(40), nullable=False, default=""),  # empty: saved, not published
    _pack(),
    Index("ix_entry_version_key", "kind", "key", "id"),
    Index("ix_entry_version_draft", "draft", "id"),
    sqlite_autoincrement=True,
)

draft_comment = Table(
    "draft_comment",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("draft_id", NUMBER, belongs_to("entry_draft"), nullable=False),
    Column("text", Text, nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_draft_comment_draft", "draft_id"),
    sqlite_autoincrement=True,
)

# What was found in files that staff brought, to be made drafts of piece by piece.
guide_import = Table(
    "guide_import",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("files", JSON, nullable=False),  # their names
    Column("proposals", JSON, nullable=False),  # each with what was decided about it
    Column("left", JSON, nullable=False),  # what nothing was made of, and why
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Column("version", Integer, nullable=False, default=1),  # goes up with each decision
    _pack(),
    sqlite_autoincrement=True,
)

# Drafts that are checked or published together, and what came of it.
publication = Table(
    "publication",
    metadata,
    Column("name", String(40), primary_key=True),  # begins with its time
    Column("state", String(12), nullable=False),
    Column("training", Integer, nullable=False, default=0),  # 1 if the model has to learn
    Column("entries", JSON, nullable=False, default=list),  # of each draft: id, version, kind, key, title, content
    Column("log", JSON, nullable=False, default=list),  # lines for people
    Column("report", JSON, nullable=False, default=dict),  # what got better and worse
    Column("why", Text, nullable=False, default=""),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    _pack(),
)
