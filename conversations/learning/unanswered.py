"""Unanswered questions: declined or not understood, listed with their embeddings until staff decide about them.

A job scans new messages some seconds after they were asked, from the point at which the last scan ended, so that no page has to
search millions of messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, delete, exists, func, insert, select, update

from conversations.db import schema
from conversations.db.schema import AnyRow
from conversations.learning.pack_filters import of_conversations
from conversations.models import RECEIVED, TRY, VISITOR
from conversations.pii import mask
from core.contract.intents import NOT_UNDERSTOOD

MESSAGES, UNANSWERED, ABOUT = schema.message, schema.unanswered, schema.about_database
OUTCOMES = ("declined", "clarify")
SCANNED_TO = "unanswered looked to"  # row of `about_database` with the last scanned message id
SCAN_SIZE = 2000  # messages per scan
MOST = 1500  # newest questions that are clustered; older ones follow when these are decided
FEWEST_LETTERS = 2
Vector: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
_FACTS = ("id", "conversation_id", "text", "outcome", "intent", "topic", "at")
_WITH_EMBEDDING = select(*(MESSAGES.c[name] for name in _FACTS), UNANSWERED.c.meaning).join(
    UNANSWERED, UNANSWERED.c.message_id == MESSAGES.c.id
)


@dataclass(frozen=True)
class Question:
    """Unanswered question of a visitor.

    Attributes:
        unmasked_text: The text as it was written.
        embedding: The sentence as a unit vector; None before it is computed and without a sentence model.
    """

    message_id: int
    conversation_id: str
    unmasked_text: str
    outcome: str
    intent: str
    topic: str
    at: datetime
    embedding: Vector | None

    @property
    def text(self) -> str:
        """Return the masked text."""
        return mask(self.unmasked_text)


def scan(connection: Connection) -> int:
    """List the unanswered questions among the next SCAN_SIZE messages.

    Returns:
        The difference between the last ids of this scan and the one before; 0 if there is nothing new to scan.
    """
    start = _scanned_to(connection)
    end = _scan_end(connection, start)
    if end is None:
        return 0
    between = _unanswered(MESSAGES.c.id > start, MESSAGES.c.id <= end)
    connection.execute(insert(UNANSWERED).from_select(["message_id", "conversation_id"], between))
    connection.execute(update(ABOUT).where(ABOUT.c.name == SCANNED_TO).values(value=str(end)))
    return end - start


def without_embedding(connection: Connection, limit: int) -> list[tuple[int, str]]:
    """Return (message id, text) of questions without an embedding, newest first."""
    query = (
        select(MESSAGES.c.id, MESSAGES.c.text)
        .join(UNANSWERED, UNANSWERED.c.message_id == MESSAGES.c.id)
        .where(UNANSWERED.c.meaning.is_(None))
        .order_by(UNANSWERED.c.message_id.desc())
        .limit(limit)
    )
    return [(row.id, row.text) for row in connection.execute(query)]


def store_embeddings(connection: Connection, embeddings: Iterable[tuple[int, Vector]]) -> None:
    """Store the embeddings of questions, given as (message id, vector), in 16 bits per number."""
    for message_id, vector in embeddings:
        packed = vector.astype(np.float16).tobytes()
        connection.execute(update(UNANSWERED).where(UNANSWERED.c.message_id == message_id).values(meaning=packed))


def list_newest(
    connection: Connection, limit: int = MOST, only: Sequence[ColumnElement[bool]] = (), pack: str | None = None
) -> list[Question]:
    """Return the undecided questions (of a guide pack), newest first; `only` holds conditions on their messages."""
    wanted = *only, *of_conversations(UNANSWERED.c.conversation_id, pack)
    query = _WITH_EMBEDDING.where(*wanted).order_by(UNANSWERED.c.message_id.desc()).limit(limit)
    return [_question(row) for row in connection.execute(query)]


def find_by_messages(connection: Connection, message_ids: list[int], pack: str | None = None) -> list[Question]:
    """Return the questions among these messages (of a guide pack) that are still undecided, newest first."""
    wanted = UNANSWERED.c.message_id.in_(message_ids), *of_conversations(UNANSWERED.c.conversation_id, pack)
    query = _WITH_EMBEDDING.where(*wanted).order_by(UNANSWERED.c.message_id.desc())
    return [_question(row) for row in connection.execute(query)]


def thumbs_down(connection: Connection, message_ids: Sequence[int]) -> set[int]:
    """Return those of the questions of which an answer got a thumb down."""
    rated = schema.feedback.join(MESSAGES, MESSAGES.c.id == schema.feedback.c.message_id)
    wanted = MESSAGES.c.answers.in_(message_ids), schema.feedback.c.value < 0
    return set(connection.execute(select(MESSAGES.c.answers).select_from(rated).where(*wanted)).scalars())


def count(connection: Connection, pack: str | None = None) -> int:
    """Return the number of undecided questions (of a guide pack)."""
    wanted = of_conversations(UNANSWERED.c.conversation_id, pack)
    return connection.execute(select(func.count()).select_from(UNANSWERED).where(*wanted)).scalar_one()


def rescan(connection: Connection) -> None:
    """Make the next scan begin with the first message; decisions are kept."""
    connection.execute(delete(UNANSWERED))
    connection.execute(delete(ABOUT).where(ABOUT.c.name == SCANNED_TO))


def list_again(connection: Connection, message_ids: Sequence[int]) -> None:
    """List those of the messages that are unanswered and have been scanned before, after a decision was taken back."""
    again = _unanswered(MESSAGES.c.id.in_(message_ids), MESSAGES.c.id <= _scanned_to(connection))
    connection.execute(insert(UNANSWERED).from_select(["message_id", "conversation_id"], again))


def _scanned_to(connection: Connection) -> int:
    value = connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == SCANNED_TO)).scalar()
    if value is None:
        connection.execute(insert(ABOUT), {"name": SCANNED_TO, "value": "0"})
    return int(value or 0)


def _scan_end(connection: Connection, start: int) -> int | None:
    """Return the last message id of the next scan, which ends before the first message that waits for its answer."""
    after = select(MESSAGES.c.id).where(MESSAGES.c.id > start).order_by(MESSAGES.c.id).limit(SCAN_SIZE).subquery()
    end = connection.execute(select(func.max(after.c.id))).scalar()
    still_open = select(func.min(MESSAGES.c.id)).where(MESSAGES.c.state == RECEIVED, MESSAGES.c.id > start)
    first_open = connection.execute(still_open).scalar()
    if end is not None and first_open is not None:
        end = min(end, first_open - 1)
    return end if end is not None and end > start else None


def _unanswered(*among: ColumnElement[bool]) -> Select[int, str]:
    """Select the id and conversation of unanswered messages, among those that meet the conditions."""
    decided_or_listed = (schema.correction, schema.judgement, schema.unanswered)
    return select(MESSAGES.c.id, MESSAGES.c.conversation_id).where(
        *among,
        MESSAGES.c.author == VISITOR,
        MESSAGES.c.channel != TRY,
        MESSAGES.c.outcome.in_(OUTCOMES) | (MESSAGES.c.intent == NOT_UNDERSTOOD),
        func.length(MESSAGES.c.text) >= FEWEST_LETTERS,
        *(
            ~exists(select(table.c.message_id).where(table.c.message_id == MESSAGES.c.id))
            for table in decided_or_listed
        ),
    )


def _question(row: AnyRow) -> Question:
    embedding = None if row.meaning is None else np.frombuffer(row.meaning, np.float16).astype(np.float32)
    facts = {name: getattr(row, name) for name in ("conversation_id", "outcome", "intent", "topic", "at")}
    return Question(message_id=row.id, unmasked_text=row.text, embedding=embedding, **facts)
