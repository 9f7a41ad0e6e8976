"""What other programs of the organisation get: webhooks, what is to be sent to them, and tokens of the data API."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from conversations.db.schema.base import NUMBER, UtcTime, belongs_to, metadata, now

# Addresses that are told of events.
webhook = Table(
    "webhook",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("url", Text, nullable=False),
    Column("secret", String(80), nullable=False),  # signs what is sent; whsec_ and base64
    Column("events", JSON, nullable=False),  # names out of EVENTS in conversations/integrations/webhooks.py
    Column("stopped", String(120), nullable=False, default=""),  # why nothing is sent any more; empty while it is
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    sqlite_autoincrement=True,
)

# One event for one webhook: sent, to be sent, or given up.
webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("webhook_id", NUMBER, belongs_to("webhook"), nullable=False),
    Column("event", String(40), nullable=False),
    Column("payload", JSON, nullable=False),  # ids and states, never what somebody wrote; {} once it is over
    Column("at", UtcTime, nullable=False, default=now),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcTime),  # empty once it was sent or given up
    Column("sent_at", UtcTime),
    Column("result", String(120), nullable=False, default=""),  # of the last attempt, in words
    Index("ix_webhook_delivery_due_at", "due_at"),
    Index("ix_webhook_delivery_webhook", "webhook_id", "id"),
    sqlite_autoincrement=True,
)

# Tokens of the data API.
api_token = Table(
    "api_token",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("name", String(60), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # SHA-256 of the token, which is nowhere stored itself
    Column("scopes", JSON, nullable=False),  # names out of SCOPES in conversations/integrations/api_tokens.py
    Column("expires_at", UtcTime),
    Column("used_at", UtcTime),  # to the minute
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    sqlite_autoincrement=True,
)
