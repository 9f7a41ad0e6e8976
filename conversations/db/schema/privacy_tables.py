"""Data protection: erasures, masked conversations, the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from conversations.db.schema.base import NUMBER, UtcTime, belongs_to, metadata, now

# Erased conversations that the engine has not deleted yet; holds no personal data.
erasure = Table(
    "erasure",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("at", UtcTime, nullable=False, default=now),
)

# Conversations whose personal data retention has masked for good.
masked = Table(
    "masked",
    metadata,
    Column("conversation_id", String(32), belongs_to("conversation"), primary_key=True),
    Column("at", UtcTime, nullable=False, default=now),
)

# Who did what with whose data, without its content; outlives the conversation.
audit = Table(
    "audit",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False, default=now),
    Column("who", String(120), nullable=False),
    Column("what", String(60), nullable=False),
    Column("about", String(120), nullable=False, default=""),
    Index("ix_audit_at", "at"),
)
