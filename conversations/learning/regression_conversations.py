"""Conversations that staff keep as tests: what visitors said, covered, and what came of it or should have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from conversations.db import schema
from conversations.db.mappers import to_message
from conversations.db.schema import now
from conversations.learning.corrections import Correction, by_message
from conversations.models import ANSWERED, VISITOR
from conversations.pii import has_personal_data

TESTS, MESSAGES = schema.talk_test, schema.message
MOST_TURNS = 20
LONGEST_NAME = 80
NEVER_EXPECTED = ("failed", "")


class RegressionConversationError(Exception):
    """A conversation that can be no test; the message says why."""


@dataclass(frozen=True)
class RegressionConversation:
    """`turns`: {"say", "outcome"?, "topic"?} each, in order. `release` is the one that wrote it into the project."""

    id: int
    conversation_id: str
    name: str
    turns: tuple[Mapping[str, str], ...]
    by: str
    at: datetime
    release: str = ""


def save(connection: Connection, conversation_id: str, who: str) -> None:
    """Keep a conversation as a test, in place of what was kept of it before."""
    wanted = select(MESSAGES).where(MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author == VISITOR)
    rows = connection.execute(wanted.order_by(MESSAGES.c.id).limit(MOST_TURNS + 1)).all()
    if not rows:
        raise RegressionConversationError("Nobody has said anything in this conversation.")
    if len(rows) > MOST_TURNS:
        raise RegressionConversationError(
            f"A test may have {MOST_TURNS} messages of the visitor; this conversation has more."
        )
    corrected = by_message(connection, conversation_id)
    turns = [_turn(row, corrected.get(row.id)) for row in rows]
    if all(set(turn) == {"say"} for turn in turns):
        raise RegressionConversationError(
            "Nothing in this conversation was answered by the advisor, so there is nothing to hold it to."
        )
    connection.execute(delete(TESTS).where(TESTS.c.conversation_id == conversation_id))
    name = " ".join(turns[0]["say"].split())[:LONGEST_NAME]
    values = {"conversation_id": conversation_id, "name": name, "turns": turns, "by": who, "at": now(), "release": ""}
    connection.execute(insert(TESTS), values)


def list_all(connection: Connection) -> list[RegressionConversation]:
    """All of them, the newest first."""
    rows = connection.execute(select(TESTS).order_by(TESTS.c.id.desc()))
    return [_talk(row) for row in rows]


def list_unreleased(connection: Connection) -> list[RegressionConversation]:
    """Those that no release has written into the project yet, the oldest first."""
    rows = connection.execute(select(TESTS).where(TESTS.c.release == "").order_by(TESTS.c.id))
    return [_talk(row) for row in rows]


def remove(connection: Connection, talk_id: int) -> None:
    connection.execute(delete(TESTS).where(TESTS.c.id == talk_id))


def mark_released(connection: Connection, release: str, ids: Iterable[int]) -> None:
    connection.execute(update(TESTS).where(TESTS.c.id.in_(list(ids))).values(release=release))


def reopen_released(connection: Connection, release: str) -> None:
    connection.execute(update(TESTS).where(TESTS.c.release == release).values(release=""))


def to_file_content(talk: RegressionConversation) -> dict[str, Any]:
    """What stands in the project's file of it (training/evaluation/talks/)."""
    return {"name": talk.name, "turns": [dict(turn) for turn in talk.turns]}


def _turn(row, correction: Correction | None) -> dict[str, str]:
    """What was said and what must come of it: as it was, or as staff corrected it; of what failed, nothing is expected."""
    message = to_message(row)
    if has_personal_data(message.words):
        raise RegressionConversationError(
            "A message holds what may be somebody's data, and tests are files that are kept: correct it first."
        )
    turn = {"say": message.words}
    if correction:
        return {**turn, "topic": correction.topic} if correction.topic else {**turn, "intent": correction.intent}
    if row.state == ANSWERED and row.outcome not in NEVER_EXPECTED:
        turn["outcome"] = row.outcome
        if row.topic:
            turn["topic"] = row.topic
    return turn


def _talk(row) -> RegressionConversation:
    facts = {name: getattr(row, name) for name in ("id", "conversation_id", "name", "by", "at", "release")}
    return RegressionConversation(turns=tuple(row.turns), **facts)
