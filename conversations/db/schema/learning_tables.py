"""Learning from conversations: corrections, unanswered questions, regression conversations."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, LargeBinary, String, Table, Text, UniqueConstraint

from conversations.db.schema.base import NUMBER, UtcTime, belongs_to, metadata, now

# What a visitor's message really meant, until a release has learned it.
correction = Table(
    "correction",
    metadata,
    Column("message_id", NUMBER, belongs_to("message"), primary_key=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("text", Text, nullable=False),  # what is to be learned: the masked message, or what staff made of it
    Column("topic", String(120), nullable=False, default=""),
    Column("intent", String(60), nullable=False, default=""),  # set if there is no topic
    Column("thing", String(160), nullable=False, default=""),  # kind and key of the catalogue's entry that was meant
    Column("words", Text, nullable=False, default=""),  # of the message, for the thing
    Column("form", String(20), nullable=False, default=""),  # in which the message asks
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Column("state", String(10), nullable=False, default="collected"),  # collected, released
    Column("why", Text, nullable=False, default=""),  # why the last release did not learn it
    Column("release", String(40), nullable=False, default=""),
    Index("ix_correction_state", "state", "at"),
    Index("ix_correction_conversation", "conversation_id"),
)

# Messages that staff looked at and that teach nothing; of wrong answers, a comment on a draft says why.
judgement = Table(
    "judgement",
    metadata,
    Column("message_id", NUMBER, belongs_to("message"), primary_key=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("what", String(10), nullable=False),  # right, dismissed, wrong
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_judgement_conversation", "conversation_id"),
)

# Questions that were declined or not understood, until staff decide about them.
unanswered = Table(
    "unanswered",
    metadata,
    Column("message_id", NUMBER, belongs_to("message"), primary_key=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("meaning", LargeBinary, nullable=True),  # embedding, 384 numbers of 16 bits; NULL without the sentence model
    Index("ix_unanswered_conversation", "conversation_id"),
)

# Regression conversations: they must keep going as they did. The rows contain no personal data.
talk_test = Table(
    "talk_test",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("name", String(120), nullable=False),
    Column("turns", JSON, nullable=False, default=list),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Column("release", String(40), nullable=False, default=""),  # the release that wrote it to the project's files
    UniqueConstraint("conversation_id"),
    sqlite_autoincrement=True,
)
