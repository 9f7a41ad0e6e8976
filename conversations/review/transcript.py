"""Transcripts of conversations: every message with its understanding, actions and delivery, and changes of state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, func, select

from conversations.db import schema
from conversations.db.mappers import find_conversation, to_message
from conversations.db.schema import AnyRow
from conversations.handoff.ratings import Rating, ratings_of
from conversations.handoff.states import StateChange, history
from conversations.learning.corrections import Correction, by_message
from conversations.models import Conversation, Message
from conversations.review.annotation import Annotations, annotations_of
from conversations.review.understanding import (
    ProfileEntry,
    Understanding,
    WhyNot,
    profile_of,
    read_understanding,
)
from core.contract.messages import DECLINED

MESSAGES, DELIVERIES = schema.message, schema.delivery
AT_ONCE = 200  # messages on a page
RUNNERS_UP = 4  # candidates shown beside the best one


@dataclass(frozen=True)
class Candidate:
    """Intent or topic of a ranking, with its confidence, 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True)
class TranscriptMessage:
    """Message with the reasons for it.

    An inbound message has its understanding, actions, times in ms and correction; an outbound one the question that it answers
    (if that is on the page), its thumb (1, -1, or 0 for none), comment and delivery, which is None on channels that nothing
    is sent to.
    """

    message: Message
    intent: str
    confidence: float | None
    intents: tuple[Candidate, ...]
    topics: tuple[Candidate, ...]
    understood: Understanding
    actions: tuple[str, ...]
    engine_ms: float | None
    waited_ms: float | None
    delivery: RowMapping | None
    thumb: int = 0
    comment: str = ""
    correction: Correction | None = None
    question: TranscriptMessage | None = None

    @property
    def why_not(self) -> WhyNot | None:
        """Return why the question was not answered if this reply declines: what the engine told, or what is unknown."""
        if self.message.outcome != DECLINED or self.question is None:
            return None
        understood = self.question.understood
        told = next((each.why_not for each in understood.decisions if each.why_not), None)
        return told or (WhyNot(unknown=understood.unknown_names) if understood.unknown_names else None)


@dataclass(frozen=True)
class TranscriptTurn:
    """A visitor's message with the replies to it; without their deliveries and thumbs, as from `read_message`."""

    question: TranscriptMessage
    replies: tuple[TranscriptMessage, ...]


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
    """Page of a conversation, its newest messages by default.

    Attributes:
        total: The number of messages of the conversation.
        earlier: The id before which older messages follow; 0 if the page begins with the first message.
        consents: Versions of the privacy notice that the visitor agreed to, each with its time.
        profile: What the visitor has said of themselves.
        signed_in: Who the visitor is on the site, as its server has confirmed: e-mail address, if known, and id there.
        ratings: What the visitor was asked about persons who talked with them, with the answers.
    """

    conversation: Conversation
    said: tuple[TranscriptMessage, ...]
    changes: tuple[StateChange, ...]
    contacts: tuple[TranscriptContact, ...]
    annotations: Annotations
    total: int
    earlier: int = 0
    consents: tuple[tuple[str, datetime], ...] = ()
    profile: tuple[ProfileEntry, ...] = ()
    signed_in: tuple[str, ...] = ()
    ratings: tuple[Rating, ...] = ()

    @property
    def moments(self) -> list[TranscriptMessage | StateChange]:
        """Return messages and changes of state in the order in which they happened."""
        first = self.said[0].message.at if self.said and self.earlier else None
        changes = [change for change in self.changes if first is None or change.at >= first]
        return sorted(
            [*self.said, *changes], key=lambda each: each.at if isinstance(each, StateChange) else each.message.at
        )


def read_transcript(
    connection: Connection, conversation_id: str, before: int | None = None, at_once: int | None = AT_ONCE
) -> Transcript | None:
    """Return a page of a conversation.

    Args:
        before: Only messages with lower ids.
        at_once: The number of messages; None returns all.

    Returns:
        The page with the newest of these messages, or None if the conversation does not exist.
    """
    conversation = find_conversation(connection, conversation_id)
    if conversation is None:
        return None
    conditions = [MESSAGES.c.conversation_id == conversation_id, *([MESSAGES.c.id < before] if before else [])]
    newest_first = select(MESSAGES).where(*conditions).order_by(MESSAGES.c.id.desc())
    rows = connection.execute(newest_first.limit(at_once + 1) if at_once else newest_first).all()
    shown = rows[: at_once or None][::-1]
    count = select(func.count()).select_from(MESSAGES).where(MESSAGES.c.conversation_id == conversation_id)
    return Transcript(
        conversation,
        _messages(connection, conversation_id, shown),
        tuple(history(connection, conversation_id)),
        _contacts(connection, conversation_id),
        annotations_of(connection, conversation_id),
        total=connection.execute(count).scalar_one(),
        earlier=shown[0].id if len(rows) > len(shown) else 0,
        consents=_consents(connection, conversation_id),
        profile=profile_of(connection, conversation_id),
        signed_in=_signed_in(connection, conversation_id),
        ratings=ratings_of(connection, conversation_id),
    )


def read_message(connection: Connection, message_id: int) -> TranscriptMessage | None:
    """Return a message with its understanding, without delivery, thumb and correction; None if it does not exist."""
    row = connection.execute(select(MESSAGES).where(MESSAGES.c.id == message_id)).first()
    return _message(row) if row else None


def read_turns(connection: Connection, message_ids: Sequence[int]) -> dict[int, TranscriptTurn]:
    """Return the turns that began with these messages of visitors, by message id; ids that do not exist are left out."""
    among = MESSAGES.c.id.in_(message_ids) | MESSAGES.c.answers.in_(message_ids)
    rows = connection.execute(select(MESSAGES).where(among).order_by(MESSAGES.c.id)).all()
    questions = {row.id: _message(row) for row in rows if row.answers is None}
    replies: dict[int, list[TranscriptMessage]] = {message_id: [] for message_id in questions}
    for row in rows:
        if row.answers in questions:
            replies[row.answers].append(replace(_message(row), question=questions[row.answers]))
    return {number: TranscriptTurn(question, tuple(replies[number])) for number, question in questions.items()}


def _messages(connection: Connection, conversation_id: str, rows: Sequence[AnyRow]) -> tuple[TranscriptMessage, ...]:
    deliveries = _by_message(connection, DELIVERIES, conversation_id)
    thumbs = _by_message(connection, schema.feedback, conversation_id)
    corrected = by_message(connection, conversation_id)
    said = [_message(row, deliveries.get(row.id), thumbs.get(row.id), corrected.get(row.id)) for row in rows]
    by_id = {each.message.id: each for each in said}
    return tuple(replace(each, question=by_id.get(each.message.answers or 0)) for each in said)


def _by_message(connection: Connection, table: Table, conversation_id: str) -> dict[int, AnyRow]:
    if table is DELIVERIES:  # has an index by message, not by conversation
        message_ids = select(MESSAGES.c.id).where(MESSAGES.c.conversation_id == conversation_id)
        rows = connection.execute(select(table).where(table.c.message_id.in_(message_ids)))
    else:
        rows = connection.execute(select(table).where(table.c.conversation_id == conversation_id))
    return {row.message_id: row for row in rows}


def _message(
    row: AnyRow,
    delivery: AnyRow | None = None,
    feedback: AnyRow | None = None,
    correction: Correction | None = None,
) -> TranscriptMessage:
    understanding = row.understanding
    waited = (row.answered_at - row.at).total_seconds() * 1000 if row.answered_at else None
    return TranscriptMessage(
        message=to_message(row),
        intent=row.intent,
        confidence=row.confidence,
        intents=_candidates(understanding.get("ranking"), "name"),
        topics=_candidates(understanding.get("topics"), "key"),
        understood=read_understanding(understanding),
        actions=tuple(row.actions),
        engine_ms=row.engine_ms,
        waited_ms=waited,
        delivery=delivery._mapping if delivery else None,
        thumb=feedback.value if feedback else 0,
        comment=feedback.comment if feedback else "",
        correction=correction,
    )


def _candidates(ranking: Any, name: str) -> tuple[Candidate, ...]:
    """Return the best candidates of a ranking; entries in the form of another engine version are left out."""
    valid = [each for each in ranking or () if isinstance(each, Mapping) and isinstance(each.get(name), str)]
    return tuple(Candidate(each[name], float(each.get("confidence") or 0)) for each in valid)[: RUNNERS_UP + 1]


def _consents(connection: Connection, conversation_id: str) -> tuple[tuple[str, datetime], ...]:
    table = schema.consent
    rows = connection.execute(select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.at))
    return tuple((row.version, row.at) for row in rows)


def _signed_in(connection: Connection, conversation_id: str) -> tuple[str, ...]:
    identities = schema.visitor_identity.c
    wanted = select(identities.email, identities.subject)
    row = connection.execute(wanted.where(identities.conversation_id == conversation_id)).first()
    return tuple(filter(None, row or ()))


def _contacts(connection: Connection, conversation_id: str) -> tuple[TranscriptContact, ...]:
    table = schema.contact_request
    rows = connection.execute(select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.id))
    return tuple(TranscriptContact(row.name, row.contact, row.text, row.state, row.at) for row in rows)
