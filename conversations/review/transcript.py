"""A conversation as staff read it: every message with what was understood, what was done, how far it got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from conversations.db import schema
from conversations.db.mappers import find_conversation, to_message
from conversations.handoff.states import StateChange, history
from conversations.learning.corrections import Correction, by_message
from conversations.models import Conversation, Message
from conversations.review.annotation import Annotations, annotations_of

MESSAGES, DELIVERIES = schema.message, schema.delivery
AT_ONCE = 200  # messages on a page
RUNNERS_UP = 4


@dataclass(frozen=True)
class Candidate:
    """An intent or topic that was weighed, and its share."""

    name: str
    share: float


@dataclass(frozen=True)
class TranscriptMessage:
    """A message with why: of a visitor's, what was understood; of a reply, its delivery (None where nothing is sent)."""

    message: Message
    intent: str
    confidence: float | None
    intents: tuple[Candidate, ...]
    topics: tuple[Candidate, ...]
    entities: tuple[Mapping[str, Any], ...]
    actions: tuple[str, ...]
    engine_ms: float | None
    waited_ms: float | None
    delivery: Mapping[str, Any] | None
    thumb: int = 0
    comment: str = ""
    correction: Correction | None = None


@dataclass(frozen=True)
class TranscriptContact:
    """What somebody left so that they can be reached."""

    name: str
    contact: str
    text: str
    state: str
    at: datetime


@dataclass(frozen=True)
class Transcript:
    """`earlier` is the number before which older messages lie; 0 where the page shows all from the start.

    `consents` are the versions of the privacy notice that the visitor agreed to, each with when.
    """

    conversation: Conversation
    said: tuple[TranscriptMessage, ...]
    changes: tuple[StateChange, ...]
    contacts: tuple[TranscriptContact, ...]
    reviewed: Annotations
    total: int
    earlier: int = 0
    consents: tuple[tuple[str, datetime], ...] = ()

    @property
    def moments(self) -> list[TranscriptMessage | StateChange]:
        """Messages and changes of who answers, as they happened."""
        first = self.said[0].message.at if self.said and self.earlier else None
        changes = [one for one in self.changes if first is None or one.at >= first]
        return sorted(
            [*self.said, *changes], key=lambda one: one.at if isinstance(one, StateChange) else one.message.at
        )


def read_transcript(
    connection: Connection, conversation_id: str, before: int | None = None, at_once: int | None = AT_ONCE
) -> Transcript | None:
    """The last messages of a conversation, or those before a number; `at_once` None gives all."""
    conversation = find_conversation(connection, conversation_id)
    if conversation is None:
        return None
    wanted = [MESSAGES.c.conversation_id == conversation_id, *([MESSAGES.c.id < before] if before else [])]
    newest_first = select(MESSAGES).where(*wanted).order_by(MESSAGES.c.id.desc())
    rows = connection.execute(newest_first.limit(at_once + 1) if at_once else newest_first).all()
    shown = rows[: at_once or None][::-1]
    return Transcript(
        conversation,
        _said(connection, conversation_id, shown),
        tuple(history(connection, conversation_id)),
        _contacts(connection, conversation_id),
        annotations_of(connection, conversation_id),
        total=connection.execute(_count(conversation_id)).scalar_one(),
        earlier=shown[0].id if len(rows) > len(shown) else 0,
        consents=_consents(connection, conversation_id),
    )


def read_message(connection: Connection, message_id: int) -> TranscriptMessage | None:
    """One message with why."""
    row = connection.execute(select(MESSAGES).where(MESSAGES.c.id == message_id)).first()
    return _one(row) if row else None


def _count(conversation_id: str):
    return select(func.count()).select_from(MESSAGES).where(MESSAGES.c.conversation_id == conversation_id)


def _said(connection: Connection, conversation_id: str, rows: list) -> tuple[TranscriptMessage, ...]:
    deliveries = _by_message(connection, DELIVERIES, conversation_id)
    thumbs = _by_message(connection, schema.feedback, conversation_id)
    corrected = by_message(connection, conversation_id)
    return tuple(_one(row, deliveries.get(row.id), thumbs.get(row.id), corrected.get(row.id)) for row in rows)


def _by_message(connection: Connection, table, conversation_id: str) -> dict[int, Any]:
    if table is DELIVERIES:  # found by message, for that is its index
        ours = select(MESSAGES.c.id).where(MESSAGES.c.conversation_id == conversation_id)
        rows = connection.execute(select(table).where(table.c.message_id.in_(ours)))
    else:
        rows = connection.execute(select(table).where(table.c.conversation_id == conversation_id))
    return {row.message_id: row for row in rows}


def _one(row, delivery=None, thumb=None, correction: Correction | None = None) -> TranscriptMessage:
    understood = row.understanding
    waited = (row.answered_at - row.at).total_seconds() * 1000 if row.answered_at else None
    return TranscriptMessage(
        message=to_message(row),
        intent=row.intent,
        confidence=row.confidence,
        intents=_candidates(understood.get("ranking"), "name"),
        topics=_candidates(understood.get("topics"), "key"),
        entities=tuple(one for one in understood.get("entities") or () if isinstance(one, Mapping)),
        actions=tuple(row.actions),
        engine_ms=row.engine_ms,
        waited_ms=waited,
        delivery=delivery._mapping if delivery else None,
        thumb=thumb.value if thumb else 0,
        comment=thumb.comment if thumb else "",
        correction=correction,
    )


def _candidates(ranking: Any, name: str) -> tuple[Candidate, ...]:
    """What an engine of another version left in another form is not shown, rather than shown wrongly."""
    found = [one for one in ranking or () if isinstance(one, Mapping) and isinstance(one.get(name), str)]
    return tuple(Candidate(one[name], float(one.get("confidence") or 0)) for one in found)[: RUNNERS_UP + 1]


def _consents(connection: Connection, conversation_id: str) -> tuple[tuple[str, datetime], ...]:
    table = schema.consent
    rows = connection.execute(select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.at))
    return tuple((row.version, row.at) for row in rows)


def _contacts(connection: Connection, conversation_id: str) -> tuple[TranscriptContact, ...]:
    table = schema.contact_request
    rows = connection.execute(select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.id))
    return tuple(TranscriptContact(row.name, row.contact, row.text, row.state, row.at) for row in rows)
