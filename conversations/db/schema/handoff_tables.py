"""Hand-off to a person: changes of state, contact requests, alerts."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from conversations.db.schema.base import LONGEST_ID, NUMBER, UtcTime, belongs_to, metadata, now

# Every change of the state of a conversation.
handoff = Table(
    "handoff",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("before", String(10), nullable=False),
    Column("after", String(10), nullable=False),
    Column("by", String(120), nullable=False),  # a staff member, "visitor", "advisor" or "front"
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_handoff_at", "at"),
    Index("ix_handoff_conversation", "conversation_id", "id"),
    Index("ix_handoff_after", "after", "conversation_id"),
)

# Contact details that visitors left.
contact_request = Table(
    "contact_request",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("name", String(120), nullable=False, default=""),
    Column("contact", String(LONGEST_ID), nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("state", String(10), nullable=False, default="open"),  # open, taken, done
    Column("at", UtcTime, nullable=False, default=now),
    Column("by", String(60), nullable=False, default=""),  # who took or finished it
    Column("changed_at", UtcTime, nullable=True),
    Index("ix_contact_request_conversation", "conversation_id"),
    Index("ix_contact_request_state", "state", "id"),
)

# E-mails of staff to people who left an address.
contact_email = Table(
    "contact_email",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("contact_id", NUMBER, belongs_to("contact_request"), nullable=False),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("address", String(320), nullable=False),  # as long as RFC 3696 allows
    Column("subject", String(150), nullable=False),
    Column("text", Text, nullable=False),
    Column("reference", String(400), nullable=False),  # its Message-ID
    Column("by", String(60), nullable=False),
    Column("at", UtcTime, nullable=False, default=now),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", UtcTime, nullable=True),  # NULL once it was sent or given up
    Column("sent_at", UtcTime, nullable=True),
    Column("result", String(200), nullable=False, default=""),  # of the last attempt, in words
    Index("ix_contact_email_contact", "contact_id", "id"),
    Index("ix_contact_email_conversation", "conversation_id"),
    Index("ix_contact_email_due", "due_at"),
    sqlite_autoincrement=True,
)

# Alerts that staff have not been told of yet, and those that they have.
alert = Table(
    "alert",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),  # one of the kinds in conversations/handoff/alerts.py
    # NULL: the alert is about a platform
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=True),
    Column("at", UtcTime, nullable=False, default=now),
    Column("told", JSON, nullable=False, default=list),  # the means by which staff were told already
    Column("attempts", Integer, nullable=False, default=0),
    Column("done_at", UtcTime, nullable=True),
    Index("ix_alert_open", "done_at", "id"),
)

# What visitors were asked about a conversation with a person, and what they said.
rating = Table(
    "rating",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("person", String(120), nullable=False),  # the member of staff that it is about
    Column("scale", Integer, nullable=False),  # how many answers there are to choose from
    Column("value", Integer, nullable=True),  # from 1 to scale, which is best; NULL: not answered
    Column("asked_at", UtcTime, nullable=False, default=now),
    Column("at", UtcTime, nullable=True),
    Index("ix_rating_conversation", "conversation_id", "id"),
    Index("ix_rating_person", "person", "conversation_id"),
    Index("ix_rating_at", "at"),
    sqlite_autoincrement=True,
)
