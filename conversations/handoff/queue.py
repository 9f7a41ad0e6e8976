"""The hand-off queue: conversations that wait for a person or that a person has, and what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from conversations.db import schema
from conversations.handoff.states import list_in_states
from conversations.models import PERSON, TRY, VISITOR, WAITING, Conversation
from conversations.pii import mask

MESSAGES, CONVERSATIONS = schema.message, schema.conversation
LAST_WORDS = 3  # of the visitor's messages, shown in the queue


@dataclass(frozen=True)
class QueueEntry:
    """A conversation in the queue; `words` are the visitor's last messages, masked, the newest last, `topics` their topics."""

    conversation: Conversation
    words: tuple[str, ...]
    topics: tuple[str, ...]
    last_at: datetime


def list_queue(connection: Connection) -> list[QueueEntry]:
    """Return the conversations that wait, the longest waiting first, and then those that a person has."""
    conversations = [each for each in list_in_states(connection, WAITING, PERSON) if each.channel != TRY]
    ordered = sorted(conversations, key=lambda each: (each.state != WAITING, each.state_since))
    return [_entry(connection, conversation) for conversation in ordered]


def longest_waiting(connection: Connection, limit: int) -> list[QueueEntry]:
    """Return the conversations that have waited longest, at most `limit`."""
    waiting = [each for each in list_in_states(connection, WAITING) if each.channel != TRY]
    return [_entry(connection, conversation) for conversation in waiting[:limit]]


def takers(connection: Connection) -> list[str]:
    """Return who ever took a conversation over or assigned one, in the order of their names."""
    by = schema.handoff.c.by
    taken = select(by).where(schema.handoff.c.after == PERSON).distinct().order_by(by)
    return list(connection.execute(taken).scalars())


def count_waiting(connection: Connection) -> int:
    """Return the number of conversations that wait for a person."""
    wanted = CONVERSATIONS.c.state == WAITING, CONVERSATIONS.c.channel != TRY
    return connection.execute(select(func.count()).select_from(CONVERSATIONS).where(*wanted)).scalar_one()


def last_topics(connection: Connection, conversation_id: str, limit: int = 3) -> list[str]:
    """Return the topics of the visitor's last message that the engine understood, the most probable first."""
    wanted = MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author == VISITOR, MESSAGES.c.intent != ""
    newest = select(MESSAGES.c.topic, MESSAGES.c.understanding).where(*wanted).order_by(MESSAGES.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    if row is None:
        return []
    ranked = [each.get("key") for each in row.understanding.get("topics") or () if isinstance(each, dict)]
    return list(dict.fromkeys(key for key in (row.topic, *ranked) if isinstance(key, str) and key))[:limit]


def _entry(connection: Connection, conversation: Conversation) -> QueueEntry:
    wanted = MESSAGES.c.conversation_id == conversation.id, MESSAGES.c.author == VISITOR
    newest = select(MESSAGES.c.text, MESSAGES.c.topic, MESSAGES.c.at).where(*wanted).order_by(MESSAGES.c.id.desc())
    rows = connection.execute(newest.limit(LAST_WORDS)).all()[::-1]
    return QueueEntry(
        conversation,
        tuple(mask(row.text) for row in rows if row.text.strip()),
        tuple(dict.fromkeys(row.topic for row in rows if row.topic)),
        rows[-1].at if rows else conversation.last_at,
    )
