"""Statistics per topic: how often it was asked for and how its answers were rated; the newest questions about it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from conversations.db import schema
from conversations.db.schema import now
from conversations.db.store import Store
from conversations.learning.pack_filters import of_conversations
from conversations.models import TRY, VISITOR
from conversations.pii import mask

MESSAGES, FEEDBACK = schema.message, schema.feedback
FRESH = 300.0  # seconds that statistics are cached; with a million messages they take half a second
LATEST = 400  # newest messages of a topic, replies included, among which its newest questions are searched


@dataclass
class TopicCount:
    """Counts of a topic: messages understood as it, and thumbs up and down for its answers."""

    asked: int = 0
    up: int = 0
    down: int = 0


@dataclass(frozen=True)
class TopicStats:
    """Counts by topic key, and when they were made."""

    topics: dict[str, TopicCount] = field(default_factory=dict)
    at: datetime | None = None

    def of(self, topic: str) -> TopicCount:
        """Return the counts of a topic, all 0 if it was never asked for."""
        return self.topics.get(topic) or TopicCount()


@dataclass(frozen=True)
class RecentQuestion:
    """Question about a topic; its text is masked."""

    message_id: int
    conversation_id: str
    text: str
    confidence: float | None
    at: datetime


class TopicStatsCache:
    """Topic statistics of a store (of a guide pack), cached for 5 minutes; stale ones are served while they are refreshed."""

    def __init__(self, store: Store, pack: str | None = None) -> None:
        self._store, self._pack = store, pack
        self._stats: TopicStats | None = None
        self._refreshed_at = 0.0
        self._refreshing: asyncio.Task[None] | None = None

    async def current(self) -> TopicStats:
        """Return the cached statistics; only the first call waits for the database."""
        if self._stats is None:
            await self._refresh()
        elif time.monotonic() - self._refreshed_at > FRESH and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh())
        return self._stats or TopicStats()

    async def _refresh(self) -> None:
        self._stats, self._refreshed_at = await self._store.read(read_topic_stats, self._pack), time.monotonic()


def read_topic_stats(connection: Connection, pack: str | None = None) -> TopicStats:
    """Count all messages and thumbs by topic (of a guide pack), except those of staff who try the advisor."""
    in_pack = of_conversations(MESSAGES.c.conversation_id, pack)
    topics: dict[str, TopicCount] = {}
    asked = (
        select(MESSAGES.c.topic, func.count())
        .where(
            MESSAGES.c.intent != "", MESSAGES.c.topic != "", *in_pack
        )  # both columns are in an index; only visitors' messages have an intent
        .group_by(MESSAGES.c.topic)
    )
    for topic, times in connection.execute(asked):
        topics.setdefault(topic, TopicCount()).asked = times
    tries = select(schema.conversation.c.id).where(schema.conversation.c.channel == TRY)
    for topic, times in connection.execute(asked.where(MESSAGES.c.conversation_id.in_(tries))):
        topics[topic].asked -= times
    thumbs = (
        select(
            MESSAGES.c.topic,
            func.sum(case((FEEDBACK.c.value > 0, 1), else_=0)),
            func.sum(case((FEEDBACK.c.value < 0, 1), else_=0)),
        )
        .join(FEEDBACK, FEEDBACK.c.message_id == MESSAGES.c.id)
        .where(MESSAGES.c.topic != "", *in_pack)
        .group_by(MESSAGES.c.topic)
    )
    for topic, up, down in connection.execute(thumbs):
        count = topics.setdefault(topic, TopicCount())
        count.up, count.down = int(up), int(down)
    return TopicStats(topics, now())


def latest_questions(
    connection: Connection, topic: str, limit: int = 10, pack: str | None = None
) -> list[RecentQuestion]:
    """Return up to `limit` questions about a topic (of a guide pack), newest first."""
    in_pack = of_conversations(MESSAGES.c.conversation_id, pack)
    about_topic = MESSAGES.c.topic == topic, MESSAGES.c.topic != schema.EMPTY, *in_pack
    newest = select(MESSAGES.c.id).where(*about_topic).order_by(MESSAGES.c.id.desc()).limit(LATEST)
    query = (
        select(MESSAGES)
        .where(MESSAGES.c.id.in_(newest.scalar_subquery()), MESSAGES.c.author == VISITOR, MESSAGES.c.channel != TRY)
        .order_by(MESSAGES.c.id.desc())
        .limit(limit)
    )
    rows = connection.execute(query)
    return [RecentQuestion(row.id, row.conversation_id, mask(row.text), row.confidence, row.at) for row in rows]
