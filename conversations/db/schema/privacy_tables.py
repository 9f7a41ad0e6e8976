"""Data protection: erasures, masked conversations, the audit log."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from conversations.db.schema.base import LONGEST_ID, NUMBER, UtcTime, belongs_to, metadata, now

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

# Who a conversation's visitor is, as the server of the page that carries the widget has confirmed.
visitor_identity = Table(
    "visitor_identity",
    metadata,
    Column("conversation_id", String(32), belongs_to("conversation"), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("subject", String(LONGEST_ID), nullable=False),  # the site's own id
    Column("name", String(120), nullable=False, default=""),
    Column("email", String(320), nullable=False, default=""),  # as long as RFC 3696 allows
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_visitor_identity_subject", "subject", "site"),
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
