"""Questions that were declined or not understood, put aside for staff with their meaning, until somebody decides.

They are found in passing, some seconds after they were asked: the newest messages are looked through from where the last
look ended, so that no page has to search millions of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from conversations.db import schema
from conversations.models import RECEIVED, TRY, VISITOR
from conversations.pii import mask
from core.contract.intents import NOT_UNDERSTOOD

MESSAGES, WAITING, ABOUT = schema.message, schema.unanswered, schema.about_database
OUTCOMES = ("declined", "clarify")
LOOKED_TO = "unanswered looked to"  # the name under which the database keeps where the last look ended
STRETCH = 2000  # messages that one look goes through
MOST = 1500  # the newest questions that are grouped; older ones wait for those to be decided
FEWEST_LETTERS = 2
_FACTS = ("id", "conversation_id", "text", "outcome", "intent", "topic", "at")
_WITH_MEANING = select(*(MESSAGES.c[name] for name in _FACTS), WAITING.c.meaning).join(
    WAITING, WAITING.c.message_id == MESSAGES.c.id
)


@dataclass(frozen=True)
class Question:
    """`said` is as it was said, `text` covered. `meaning` is a unit vector, or None where there is no sentence model."""

    message_id: int
    conversation_id: str
    said: str
    outcome: str
    intent: str
    topic: str
    at: datetime
    meaning: np.ndarray | None

    @property
    def text(self) -> str:
        return mask(self.said)


def scan(connection: Connection) -> int:
    """Put aside what was asked since the last look; how many messages were looked through (0: all are)."""
    start = _looked_to(connection)
    end = _end(connection, start)
    if end is None:
        return 0
    connection.execute(insert(WAITING).from_select(["message_id", "conversation_id"], _found(start, end)))
    connection.execute(update(ABOUT).where(ABOUT.c.name == LOOKED_TO).values(value=str(end)))
    return end - start


def without_embedding(connection: Connection, limit: int) -> list[tuple[int, str]]:
    """(message, text) of the newest that have no vector yet."""
    wanted = (
        select(MESSAGES.c.id, MESSAGES.c.text)
        .join(WAITING, WAITING.c.message_id == MESSAGES.c.id)
        .where(WAITING.c.meaning.is_(None))
        .order_by(WAITING.c.message_id.desc())
        .limit(limit)
    )
    return [(row.id, row.text) for row in connection.execute(wanted)]


def store_embeddings(connection: Connection, meanings: Iterable[tuple[int, np.ndarray]]) -> None:
    for message_id, vector in meanings:
        held = vector.astype(np.float16).tobytes()
        connection.execute(update(WAITING).where(WAITING.c.message_id == message_id).values(meaning=held))


def list_newest(connection: Connection, limit: int = MOST, only: Sequence[ColumnElement[bool]] = ()) -> list[Question]:
    """What waits to be decided, the newest first; `only` says of which messages."""
    wanted = _WITH_MEANING.where(*only).order_by(WAITING.c.message_id.desc()).limit(limit)
    return [_question(row) for row in connection.execute(wanted)]


def find_by_messages(connection: Connection, message_ids: list[int]) -> list[Question]:
    """Those of the messages that still wait, the newest first."""
    wanted = _WITH_MEANING.where(WAITING.c.message_id.in_(message_ids)).order_by(WAITING.c.message_id.desc())
    return [_question(row) for row in connection.execute(wanted)]


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(WAITING)).scalar_one()


def rescan(connection: Connection) -> None:
    """Look through everything again from the start; what was decided stays decided."""
    connection.execute(delete(WAITING))
    connection.execute(delete(ABOUT).where(ABOUT.c.name == LOOKED_TO))


def _looked_to(connection: Connection) -> int:
    value = connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == LOOKED_TO)).scalar()
    if value is None:
        connection.execute(insert(ABOUT), {"name": LOOKED_TO, "value": "0"})
    return int(value or 0)


def _end(connection: Connection, start: int) -> int | None:
    """The last message of the next stretch: none that is still to be answered, nor any after one."""
    after = select(MESSAGES.c.id).where(MESSAGES.c.id > start).order_by(MESSAGES.c.id).limit(STRETCH).subquery()
    end = connection.execute(select(func.max(after.c.id))).scalar()
    still_open = select(func.min(MESSAGES.c.id)).where(MESSAGES.c.state == RECEIVED, MESSAGES.c.id > start)
    first_open = connection.execute(still_open).scalar()
    if end is not None and first_open is not None:
        end = min(end, first_open - 1)
    return end if end is not None and end > start else None


def _found(start: int, end: int):
    decided = [exists(select(one.c.message_id).where(one.c.message_id == MESSAGES.c.id)) for one in _DECIDED]
    return select(MESSAGES.c.id, MESSAGES.c.conversation_id).where(
        MESSAGES.c.id > start,
        MESSAGES.c.id <= end,
        MESSAGES.c.author == VISITOR,
        MESSAGES.c.channel != TRY,
        MESSAGES.c.outcome.in_(OUTCOMES) | (MESSAGES.c.intent == NOT_UNDERSTOOD),
        func.length(MESSAGES.c.text) >= FEWEST_LETTERS,
        *(~one for one in decided),
    )


_DECIDED = (schema.correction, schema.judgement, schema.unanswered)


def _question(row) -> Question:
    meaning = None if row.meaning is None else np.frombuffer(row.meaning, np.float16).astype(np.float32)
    facts = {name: getattr(row, name) for name in ("conversation_id", "outcome", "intent", "topic", "at")}
    return Question(message_id=row.id, said=row.text, meaning=meaning, **facts)
