"""Annotations that staff make about conversations."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from conversations.db.schema.base import NUMBER, UtcTime, belongs_to, metadata, now

# Notes that staff write to each other about a conversation.
note = Table(
    "note",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("by", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_note_conversation", "conversation_id", "id"),
)

# Accounts that a note mentions.
note_mention = Table(
    "note_mention",
    metadata,
    Column("note_id", NUMBER, belongs_to("note"), primary_key=True),
    Column("staff_id", NUMBER, belongs_to("staff"), primary_key=True),
    Column("words", String(60), nullable=False),  # what stands after the @ in the note
    Index("ix_note_mention_staff", "staff_id"),
)

tag = Table(
    "tag",
    metadata,
    Column("conversation_id", String(32), belongs_to("conversation"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_tag_name", "name", "conversation_id"),
)

# Conversations that somebody should look at.
flag = Table(
    "flag",
    metadata,
    Column("conversation_id", String(32), belongs_to("conversation"), primary_key=True),
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
)

# Conversations that somebody has read through.
review = Table(
    "review",
    metadata,
    Column("conversation_id", String(32), belongs_to("conversation"), primary_key=True),
    Column("reviewer", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_review_reviewer", "reviewer", "conversation_id"),
)

# Searches of the list under a name: one's own, or the team's.
saved_view = Table(
    "saved_view",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("staff_id", NUMBER, belongs_to("staff"), nullable=True),  # NULL: of the team
    Column("by", String(60), nullable=False),
    Column("title", String(60), nullable=False),
    Column("search", Text, nullable=False),  # as typed into the search field
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_saved_view_staff", "staff_id"),
)
