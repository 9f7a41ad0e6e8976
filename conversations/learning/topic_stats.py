"""How often each topic was asked for, and what people thought of its answers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from conversations.db import schema
from conversations.db.schema import now
from conversations.db.store import Store
from conversations.models import TRY, VISITOR
from conversations.pii import mask

MESSAGES, FEEDBACK = schema.message, schema.feedback
FRESH = 300.0  # seconds that a count holds; with a million messages it takes half a second
LATEST = 400  # of a topic's messages, from which the newest questions are taken


@dataclass
class TopicCount:
    """`asked`: messages understood as the topic. `up` and `down`: thumbs of answers about it."""

    asked: int = 0
    up: int = 0
    down: int = 0


@dataclass(frozen=True)
class TopicStats:
    topics: dict[str, TopicCount] = field(default_factory=dict)
    at: datetime | None = None

    def of(self, topic: str) -> TopicCount:
        return self.topics.get(topic) or TopicCount()


@dataclass(frozen=True)
class RecentQuestion:
    """A question about a topic, covered."""

    message_id: int
    conversation_id: str
    text: str
    confidence: float | None
    at: datetime


class TopicStatsCache:
    """The count of a store, made anew where it is old; who asks while it is made gets the one before."""

    def __init__(self, store: Store):
        self._store, self._tally, self._made_at = store, None, 0.0
        self._making: asyncio.Task | None = None

    async def current(self) -> TopicStats:
        if self._tally is None:
            await self._make()
        elif time.monotonic() - self._made_at > FRESH and (self._making is None or self._making.done()):
            self._making = asyncio.create_task(self._make())
        return self._tally or TopicStats()

    async def _make(self) -> None:
        self._tally, self._made_at = await self._store.read(read_topic_stats), time.monotonic()


def read_topic_stats(connection: Connection) -> TopicStats:
    found: dict[str, TopicCount] = {}
    asked = (
        select(MESSAGES.c.topic, func.count())
        .where(MESSAGES.c.intent != "", MESSAGES.c.topic != "")  # an index holds both; only visitors' have an intent
        .group_by(MESSAGES.c.topic)
    )
    for topic, times in connection.execute(asked):
        found.setdefault(topic, TopicCount()).asked = times
    tries = select(schema.conversation.c.id).where(schema.conversation.c.channel == TRY)
    for topic, times in connection.execute(asked.where(MESSAGES.c.conversation_id.in_(tries))):
        found[topic].asked -= times
    thumbs = (
        select(
            MESSAGES.c.topic,
            func.sum(case((FEEDBACK.c.value > 0, 1), else_=0)),
            func.sum(case((FEEDBACK.c.value < 0, 1), else_=0)),
        )
        .join(FEEDBACK, FEEDBACK.c.message_id == MESSAGES.c.id)
        .where(MESSAGES.c.topic != "")
        .group_by(MESSAGES.c.topic)
    )
    for topic, up, down in connection.execute(thumbs):
        count = found.setdefault(topic, TopicCount())
        count.up, count.down = int(up), int(down)
    return TopicStats(found, now())


def latest_questions(connection: Connection, topic: str, limit: int = 10) -> list[RecentQuestion]:
    """The newest questions about a topic."""
    about_it = MESSAGES.c.topic == topic, MESSAGES.c.topic != schema.EMPTY
    newest = select(MESSAGES.c.id).where(*about_it).order_by(MESSAGES.c.id.desc()).limit(LATEST)
    wanted = (
        select(MESSAGES)
        .where(MESSAGES.c.id.in_(newest.scalar_subquery()), MESSAGES.c.author == VISITOR, MESSAGES.c.channel != TRY)
        .order_by(MESSAGES.c.id.desc())
        .limit(limit)
    )
    rows = connection.execute(wanted)
    return [RecentQuestion(row.id, row.conversation_id, mask(row.text), row.confidence, row.at) for row in rows]
