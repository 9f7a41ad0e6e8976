"""Conversations and their messages, on the way in and on the way out."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from conversations.db.schema.base import LONGEST_ID, NUMBER, UtcTime, belongs_to, metadata, now, partial_index

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("site", String(60), nullable=False, default=""),
    Column(
        "pack", String(40), nullable=False, default="", server_default=""
    ),  # whose guide answers; empty: the first's
    # identifies the conversation on its channel, e.g. a session, or a chat and person
    Column("address", String(LONGEST_ID), nullable=False),
    # what the channel needs to send there, e.g. chat and thread ids
    Column("reach", JSON, nullable=False, default=dict),
    Column("person_name", String(120), nullable=False, default=""),
    Column("language", String(20), nullable=False, default=""),
    Column("page", Text, nullable=False, default=""),
    Column("state", String(10), nullable=False, default="bot"),  # bot, waiting, person, closed
    Column("state_since", UtcTime, nullable=False, default=now),
    Column("held_by", String(120), nullable=False, default=""),  # the staff member, while state is person
    Column("held_as", String(120), nullable=False, default="", server_default=""),  # that person's name for the visitor
    Column("created_at", UtcTime, nullable=False, default=now),
    Column("last_at", UtcTime, nullable=False, default=now),
    UniqueConstraint("channel", "address"),
    Index("ix_conversation_state", "state", "state_since"),
    Index("ix_conversation_last_at", "last_at", "id"),
    Index("ix_conversation_site", "site"),
)

message = Table(
    "message",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("external_id", String(LONGEST_ID), nullable=True),  # the platform's id of an inbound message
    Column("author", String(10), nullable=False),  # visitor, advisor, person, front
    Column("author_name", String(120), nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("payload", Text, nullable=False, default=""),  # of a pressed button, whose title is in `text`
    Column("buttons", JSON, nullable=False, default=list),
    Column("cards", JSON, nullable=False, default=list),
    Column("sources", JSON, nullable=False, default=list),
    Column("state", String(12), nullable=False),  # inbound: received, answered, failed, left; outbound: said
    # the inbound message it replies to
    Column("answers", NUMBER, ForeignKey("message.id", ondelete="CASCADE"), nullable=True),
    Column("outcome", String(12), nullable=False, default=""),
    Column("topic", String(120), nullable=False, default=""),
    Column("intent", String(60), nullable=False, default=""),
    Column("confidence", Float, nullable=True),
    Column("understanding", JSON, nullable=False, default=dict),  # ranking, topics, entities, as in the turn contract
    Column("actions", JSON, nullable=False, default=list),
    Column("failure", Text, nullable=False, default=""),  # why the turn failed, for staff; contains no message text
    Column("engine_ms", Float, nullable=True),
    Column("at", UtcTime, nullable=False, default=now),
    Column("answered_at", UtcTime, nullable=True),
    Column("context", JSON, nullable=False, default=dict),  # facts from the channel: message ids, thread, language
    UniqueConstraint("channel", "external_id"),
    Index("ix_message_conversation", "conversation_id", "id"),
    Index("ix_message_open", "state", "id"),
    partial_index("ix_message_answers", "answers", only="answers IS NOT NULL"),
    # For the console's filters: the first answers "does this conversation have such a message?", the others find rare
    # values. They leave out empty values, since every index entry is written while a visitor waits for the reply.
    Index("ix_message_facts", "conversation_id", "intent", "topic", "outcome", "confidence"),
    partial_index("ix_message_intent", "intent", "conversation_id", only="intent <> ''"),
    partial_index("ix_message_topic", "topic", "conversation_id", only="topic <> ''"),
    partial_index("ix_message_outcome", "outcome", "conversation_id", only="outcome <> ''"),
    partial_index("ix_message_confidence", "confidence", "conversation_id", only="confidence IS NOT NULL"),
    Index("ix_message_at", "at"),
    sqlite_autoincrement=True,
)

# Buttons that may be pressed in a conversation.
button = Table(
    "button",
    metadata,
    Column("token", String(24), primary_key=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("message_id", NUMBER, belongs_to("message"), nullable=False),
    Column("title", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Index("ix_button_conversation", "conversation_id"),
    Index("ix_button_message", "message_id"),
)

# Outbound messages on their way to a platform that must be sent to.
delivery = Table(
    "delivery",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("message_id", NUMBER, belongs_to("message"), nullable=False),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("part", Integer, nullable=False, default=0),  # number of parts of the message that the platform has accepted
    Column("state", String(10), nullable=False, default="pending"),  # pending, sending, delivered, failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("platform_ids", JSON, nullable=False, default=list),
    Column("failure", Text, nullable=False, default=""),
    Column("maybe_twice", Boolean, nullable=False, default=False),  # sent again after the process died while sending it
    Column("created_at", UtcTime, nullable=False, default=now),
    Column("done_at", UtcTime, nullable=True),
    Index("ix_delivery_message", "message_id"),
    Index("ix_delivery_open", "state", "id"),
    sqlite_autoincrement=True,
)

feedback = Table(
    "feedback",
    metadata,
    Column("message_id", NUMBER, belongs_to("message"), primary_key=True),
    Column("conversation_id", String(32), belongs_to("conversation"), nullable=False),
    Column("value", Integer, nullable=False),  # 1 or -1
    Column("comment", Text, nullable=False, default=""),
    Column("at", UtcTime, nullable=False, default=now),
    Index("ix_feedback_at", "at"),
    Index("ix_feedback_conversation", "conversation_id"),
    Index("ix_feedback_value", "value", "conversation_id"),
)

consent = Table(
    "consent",
    metadata,
    Column("conversation_id", String(32), belongs_to("conversation"), primary_key=True),
    Column("version", String(40), primary_key=True),
    Column("at", UtcTime, nullable=False, default=now),
)
