"""Who waits for a person, and whom a person talks with: for how long, and about what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from conversations.db import schema
from conversations.handoff.states import list_in_states
from conversations.models import PERSON, TRY, VISITOR, WAITING, Conversation
from conversations.pii import mask

MESSAGES, CONVERSATIONS = schema.message, schema.conversation
LAST_WORDS = 3  # of the visitor's messages, which say what it is about


@dataclass(frozen=True)
class QueueEntry:
    """A conversation in the queue. `words` are the visitor's last messages, covered, the newest last; `topics` their topics."""

    conversation: Conversation
    words: tuple[str, ...]
    topics: tuple[str, ...]
    last_at: datetime


def list_queue(connection: Connection) -> list[QueueEntry]:
    """Those who wait first, the longest waiting at the top; then those whom a person has."""
    held = [one for one in list_in_states(connection, WAITING, PERSON) if one.channel != TRY]
    ordered = sorted(held, key=lambda one: (one.state != WAITING, one.state_since))
    return [_waiting(connection, one) for one in ordered]


def count_waiting(connection: Connection) -> int:
    wanted = CONVERSATIONS.c.state == WAITING, CONVERSATIONS.c.channel != TRY
    return connection.execute(select(func.count()).select_from(CONVERSATIONS).where(*wanted)).scalar_one()


def last_topics(connection: Connection, conversation_id: str, limit: int = 3) -> list[str]:
    """The topics that the advisor thought likeliest for the last message that it looked at, the likeliest first."""
    wanted = MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author == VISITOR, MESSAGES.c.intent != ""
    newest = select(MESSAGES.c.topic, MESSAGES.c.understanding).where(*wanted).order_by(MESSAGES.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    if row is None:
        return []
    weighed = [one.get("key") for one in row.understanding.get("topics") or () if isinstance(one, dict)]
    return list(dict.fromkeys(one for one in (row.topic, *weighed) if isinstance(one, str) and one))[:limit]


def _waiting(connection: Connection, one: Conversation) -> QueueEntry:
    wanted = MESSAGES.c.conversation_id == one.id, MESSAGES.c.author == VISITOR
    newest = select(MESSAGES.c.text, MESSAGES.c.topic, MESSAGES.c.at).where(*wanted).order_by(MESSAGES.c.id.desc())
    rows = connection.execute(newest.limit(LAST_WORDS)).all()[::-1]
    return QueueEntry(
        one,
        tuple(mask(row.text) for row in rows if row.text.strip()),
        tuple(dict.fromkeys(row.topic for row in rows if row.topic)),
        rows[-1].at if rows else one.last_at,
    )
