"""Loads made-up conversations into a database that is marked as a demo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from conversations.db import schema
from conversations.db.demo_marker import mark_as_demo
from conversations.db.search_index import index_batch
from conversations.db.store import Store
from conversations.models import ADVISOR, ANSWERED, FAILED, PERSON, SAID, VISITOR

BATCH = 2000  # conversations a transaction
Rows = dict[Any, list[dict[str, Any]]]  # of each table


@dataclass
class DemoTurn:
    """A question with its answer."""

    asked: str
    answer: str
    outcome: str
    intent: str
    confidence: float | None
    ranking: list[tuple[str, float]] = field(default_factory=list)
    engine_ms: float | None = None
    topic: str = ""
    topics: list[tuple[str, float]] = field(default_factory=list)
    entities: list[dict[str, str]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    sources: list[dict[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    failure: str = ""
    delivered: bool = False
    thumb: int = 0
    person: DemoHandoff | None = None


@dataclass
class DemoHandoff:
    """A hand-off: a person takes over, writes once and gives back or closes; times in seconds after it was asked for."""

    name: str
    words: str
    after: float
    done_after: float
    closes: bool


@dataclass
class DemoConversation:
    """A conversation; `number` makes its id."""

    number: int
    channel: str
    site: str
    page: str
    language: str
    state: str
    at: datetime
    turns: list[DemoTurn]
    tags: tuple[str, ...]
    note: str
    reviewer: str
    flagged: bool
    seconds_between: float

    @property
    def messages(self) -> int:
        """Return how many messages the conversation has."""
        return sum(3 if turn.person else 2 for turn in self.turns)


def load(store: Store, conversations: Iterable[DemoConversation]) -> int:
    """Write the conversations and return how many messages they have; raises StoreError if the database holds real ones."""
    store.run(mark_as_demo)
    remaining, number = iter(conversations), store.run(_last_number)
    while batch := list(islice(remaining, BATCH)):
        number = store.run(_write, batch, number)
    store.run(_tidy)
    return number


def _write(connection: Connection, batch: list[DemoConversation], number: int) -> int:
    rows: Rows = defaultdict(list)
    for conversation in batch:
        number = _add(rows, conversation, number)
    for table in schema.metadata.sorted_tables:
        if rows[table]:
            connection.execute(insert(table), rows[table])
    index_batch(connection, limit=number)
    return number


def _last_number(connection: Connection) -> int:
    return connection.execute(select(func.max(schema.message.c.id))).scalar() or 0


def _tidy(connection: Connection) -> None:
    """Let the database number on from the rows that were written, and analyse them for its query planner."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence('message', 'id'), (SELECT max(id) FROM message))")
        )
    connection.execute(text("ANALYZE"))


def _add(rows: Rows, conversation: DemoConversation, number: int) -> int:
    identity = f"{conversation.number:032x}"
    at, last = conversation.at, conversation.at
    for turn in conversation.turns:
        number, last = _add_turn(rows, conversation, identity, turn, number, at)
        at = last + timedelta(seconds=conversation.seconds_between)
    rows[schema.conversation].append(_head(conversation, identity, last))
    _add_marks(rows, conversation, identity, last)
    return number


def _add_turn(
    rows: Rows, conversation: DemoConversation, identity: str, turn: DemoTurn, number: int, at: datetime
) -> tuple[int, datetime]:
    asked, said = number + 1, number + 2
    answered = at + timedelta(milliseconds=(turn.engine_ms or 0) + 40)
    rows[schema.message] += [
        _question(conversation, identity, turn, asked, at, answered),
        _answer(conversation, identity, turn, said, asked, answered),
    ]
    if turn.thumb:
        rows[schema.feedback].append(
            {"message_id": said, "conversation_id": identity, "value": turn.thumb, "comment": "", "at": answered}
        )
    if turn.delivered:
        rows[schema.delivery].append(_delivery(conversation, identity, said, answered))
    if turn.outcome == "handoff":
        rows[schema.handoff].append(
            {"conversation_id": identity, "before": "bot", "after": "waiting", "by": VISITOR, "at": answered}
        )
    if turn.person:
        return _add_person(rows, conversation, identity, turn.person, said + 1, answered)
    return said, answered


def _add_person(
    rows: Rows, conversation: DemoConversation, identity: str, person: DemoHandoff, number: int, asked: datetime
) -> tuple[int, datetime]:
    """Return the rows of a hand-off: taken over, a message, given back or closed."""
    at, done = (asked + timedelta(seconds=length) for length in (person.after, person.done_after))
    said = {
        "author": PERSON,
        "author_name": person.name,
        "text": person.words,
        "state": SAID,
        "outcome": "",
        "topic": "",
    }
    rows[schema.message].append(_message(conversation, identity, number, at) | said)
    changes = (("waiting", "person", at), ("person", "closed" if person.closes else "bot", done))
    rows[schema.handoff] += [
        {"conversation_id": identity, "before": before, "after": after, "by": person.name, "at": moment}
        for before, after, moment in changes
    ]
    return number, done


def _head(conversation: DemoConversation, identity: str, last: datetime) -> dict[str, Any]:
    return {
        "id": identity,
        "channel": conversation.channel,
        "site": conversation.site,
        "address": f"demo-{identity}",
        "page": conversation.page,
        "language": conversation.language,
        "state": conversation.state,
        "state_since": last,
        "created_at": conversation.at,
        "last_at": last,
    }


def _question(
    conversation: DemoConversation, identity: str, turn: DemoTurn, number: int, at: datetime, answered: datetime
) -> dict[str, Any]:
    understanding = {
        "ranking": [{"name": name, "confidence": round(share, 4)} for name, share in turn.ranking],
        "topics": [{"key": key, "confidence": round(share, 4)} for key, share in turn.topics],
        "entities": turn.entities,
    }
    return _message(conversation, identity, number, at) | {
        "author": VISITOR,
        "text": turn.asked,
        "state": FAILED if turn.failure else ANSWERED,
        "outcome": turn.outcome,
        "topic": turn.topic,
        "intent": turn.intent,
        "confidence": turn.confidence,
        "understanding": understanding,
        "actions": turn.actions,
        "failure": turn.failure,
        "engine_ms": turn.engine_ms,
        "answered_at": answered,
    }


def _answer(
    conversation: DemoConversation, identity: str, turn: DemoTurn, number: int, answers: int, at: datetime
) -> dict[str, Any]:
    return _message(conversation, identity, number, at) | {
        "author": ADVISOR,
        "text": turn.answer,
        "state": SAID,
        "outcome": turn.outcome,
        "topic": turn.topic,
        "sources": turn.sources,
        "buttons": [{"title": title, "payload": "/demo", "token": ""} for title in turn.buttons],
        "answers": answers,
    }


def _message(conversation: DemoConversation, identity: str, number: int, at: datetime) -> dict[str, Any]:
    """Return the columns that both kinds of messages have, since a bulk insert needs the same ones in every row."""
    blank: dict[str, Any] = {
        "sources": [],
        "buttons": [],
        "answers": None,
        "intent": "",
        "confidence": None,
        "understanding": {},
    }
    blank |= {"actions": [], "failure": "", "engine_ms": None, "answered_at": None, "author_name": ""}
    return {"id": number, "conversation_id": identity, "channel": conversation.channel, "at": at, **blank}


def _delivery(conversation: DemoConversation, identity: str, said: int, at: datetime) -> dict[str, Any]:
    return {
        "message_id": said,
        "conversation_id": identity,
        "channel": conversation.channel,
        "part": 1,
        "state": "delivered",
        "attempts": 1,
        "platform_ids": [str(said)],
        "created_at": at,
        "done_at": at + timedelta(milliseconds=230),
    }


def _add_marks(rows: Rows, conversation: DemoConversation, identity: str, last: datetime) -> None:
    at = last + timedelta(hours=3)
    rows[schema.tag] += [{"conversation_id": identity, "name": tag, "by": "ann", "at": at} for tag in conversation.tags]
    if conversation.note:
        rows[schema.note].append({"conversation_id": identity, "by": "bashir", "text": conversation.note, "at": at})
    if conversation.reviewer:
        rows[schema.review].append({"conversation_id": identity, "reviewer": conversation.reviewer, "at": at})
    if conversation.flagged:
        rows[schema.flag].append({"conversation_id": identity, "by": "chiara", "at": at})
