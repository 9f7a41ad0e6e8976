"""Regression conversations: what a visitor wrote, and the outcomes and topics that the advisor must give again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from conversations.db import schema
from conversations.db.mappers import to_message
from conversations.db.schema import AnyRow, now
from conversations.learning.corrections import Correction, by_message
from conversations.learning.pack_filters import of_conversations
from conversations.models import ANSWERED, VISITOR
from conversations.pii import has_personal_data
from core.translations import gettext as _

TESTS, MESSAGES = schema.talk_test, schema.message
MOST_TURNS = 20
LONGEST_NAME = 80
NEVER_EXPECTED = ("failed", "")  # outcomes that no test demands


class RegressionConversationError(Exception):
    """Raised when a conversation cannot become a test; the message says why."""


@dataclass(frozen=True)
class RegressionConversation:
    """Conversation kept as a test.

    Attributes:
        turns: In order, each with the message ("say") and what is expected of it: "outcome", "topic" or "intent".
        release: The release that wrote the conversation to the project's files; empty before.
    """

    id: int
    conversation_id: str
    name: str
    turns: tuple[Mapping[str, str], ...]
    by: str
    at: datetime
    release: str = ""


def save(connection: Connection, conversation_id: str, who: str) -> None:
    """Store a conversation as a test, in place of an earlier version of the same test.

    Raises:
        RegressionConversationError: The conversation is empty or too long, contains personal data, or has no answer.
    """
    query = select(MESSAGES).where(MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author == VISITOR)
    rows = connection.execute(query.order_by(MESSAGES.c.id).limit(MOST_TURNS + 1)).all()
    if not rows:
        raise RegressionConversationError(_("Nobody has said anything in this conversation."))
    if len(rows) > MOST_TURNS:
        raise RegressionConversationError(
            _("A test may have %(most_turns)s messages of the visitor; this conversation has more.")
            % {"most_turns": MOST_TURNS}
        )
    corrected = by_message(connection, conversation_id)
    turns = [_turn(row, corrected.get(row.id)) for row in rows]
    if all(set(turn) == {"say"} for turn in turns):
        raise RegressionConversationError(
            _("Nothing in this conversation was answered by the advisor, so there is nothing to hold it to.")
        )
    connection.execute(delete(TESTS).where(TESTS.c.conversation_id == conversation_id))
    name = " ".join(turns[0]["say"].split())[:LONGEST_NAME]
    values = {"conversation_id": conversation_id, "name": name, "turns": turns, "by": who, "at": now(), "release": ""}
    connection.execute(insert(TESTS), values)


def list_all(connection: Connection, pack: str | None = None) -> list[RegressionConversation]:
    """Return all regression conversations (of a guide pack), newest first."""
    wanted = of_conversations(TESTS.c.conversation_id, pack)
    rows = connection.execute(select(TESTS).where(*wanted).order_by(TESTS.c.id.desc()))
    return [_regression_conversation(row) for row in rows]


def list_unreleased(connection: Connection, pack: str | None = None) -> list[RegressionConversation]:
    """Return those (of a guide pack) that no release has written to the guide's files, oldest first."""
    wanted = TESTS.c.release == "", *of_conversations(TESTS.c.conversation_id, pack)
    rows = connection.execute(select(TESTS).where(*wanted).order_by(TESTS.c.id))
    return [_regression_conversation(row) for row in rows]


def remove(connection: Connection, test_id: int) -> None:
    """Delete a regression conversation, if it exists."""
    connection.execute(delete(TESTS).where(TESTS.c.id == test_id))


def mark_released(connection: Connection, release: str, ids: Iterable[int]) -> None:
    """Record that a release has written regression conversations to the project's files."""
    connection.execute(update(TESTS).where(TESTS.c.id.in_(list(ids))).values(release=release))


def reopen_released(connection: Connection, release: str) -> None:
    """Mark the regression conversations of a rolled-back release as unreleased."""
    connection.execute(update(TESTS).where(TESTS.c.release == release).values(release=""))


def to_file_content(conversation: RegressionConversation) -> dict[str, Any]:
    """Return the content of the conversation's file in the project (training/evaluation/)."""
    return {"name": conversation.name, "turns": [dict(turn) for turn in conversation.turns]}


def _turn(row: AnyRow, correction: Correction | None) -> dict[str, str]:
    """Return the message and what is expected of it: the correction if there is one, else what was answered."""
    message = to_message(row)
    if has_personal_data(message.words):
        raise RegressionConversationError(
            _("A message holds what may be somebody's data, and tests are files that are kept: correct it first.")
        )
    turn = {"say": message.words}
    if correction:  # its form is a check of its own, since nothing learns it
        means = (("topic", correction.topic), ("intent", correction.intent), ("thing", correction.thing))
        return {**turn, **{what: each for what, each in means if each}}
    if row.state == ANSWERED and row.outcome not in NEVER_EXPECTED:
        turn["outcome"] = row.outcome
        if row.topic:
            turn["topic"] = row.topic
    return turn


def _regression_conversation(row: AnyRow) -> RegressionConversation:
    facts = {name: getattr(row, name) for name in ("id", "conversation_id", "name", "by", "at", "release")}
    return RegressionConversation(turns=tuple(row.turns), **facts)
