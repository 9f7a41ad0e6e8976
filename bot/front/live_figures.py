"""Figures that are looked up when Prometheus asks: what waits in the database, open streams, the process itself.

What waits is counted in the database, so that every front on it tells the same: take the largest, not the sum.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from conversations.db import schema
from conversations.db.schema import now
from conversations.db.store import Store
from conversations.models import PERSON, RECEIVED, WAITING
from conversations.pipeline.outbox import PENDING, SENDING

READ_SECONDS = 3.0  # for the database; without an answer its figures are left out
MESSAGES, DELIVERIES, CONVERSATIONS = schema.message, schema.delivery, schema.conversation


@dataclass(frozen=True)
class Waiting:
    """How many things wait, and since when the oldest does; None if nothing waits."""

    count: int
    since: datetime | None


class LiveFigures:
    """The gauges of one front; `streams` returns how many widgets are open, `most_streams` is the limit of these."""

    def __init__(self, store: Store, streams: Callable[[], int], most_streams: int) -> None:
        self._store, self._streams = store, streams
        self._registry, self._waiting = CollectorRegistry(), CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._open_streams = self._gauge("advisor_streams_open", "Open widgets of this front.")
        self._gauge("advisor_streams_limit", "Open widgets that this front allows.").set(most_streams)
        self._database = self._gauge("advisor_database_reachable", "Whether the database answers (1) or not (0).")
        self._counts, self._ages = (
            Gauge(name, meaning, ["what"], registry=self._waiting)
            for name, meaning in (
                ("advisor_waiting", "Messages, deliveries and people that wait, in the whole database."),
                ("advisor_waiting_oldest_seconds", "How long the oldest of them has waited."),
            )
        )

    async def page(self) -> bytes:
        """Return all figures in Prometheus' text format; without those of the database if it does not answer."""
        self._open_streams.set(self._streams())
        try:
            async with asyncio.timeout(READ_SECONDS):
                found = await self._store.read(what_waits)
        except (SQLAlchemyError, TimeoutError):
            self._database.set(0)
            return generate_latest(self._registry)
        self._database.set(1)
        at = now()
        for what, waiting in found.items():
            self._counts.labels(what).set(waiting.count)
            self._ages.labels(what).set((at - waiting.since).total_seconds() if waiting.since else 0)
        return generate_latest(self._registry) + generate_latest(self._waiting)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self._registry)


def what_waits(connection: Connection) -> dict[str, Waiting]:
    """Return the messages without an answer, the deliveries under way, and the conversations that want or have a person."""
    is_under_way = DELIVERIES.c.state.in_((PENDING, SENDING))
    wanted = {
        "message": (MESSAGES.c.at, MESSAGES.c.state == RECEIVED),
        "delivery": (DELIVERIES.c.created_at, is_under_way),
        "for_person": (CONVERSATIONS.c.state_since, CONVERSATIONS.c.state == WAITING),
        "with_person": (CONVERSATIONS.c.state_since, CONVERSATIONS.c.state == PERSON),
    }
    found = {}
    for what, (since, condition) in wanted.items():
        [row] = connection.execute(select(func.count(), func.min(since)).where(condition))
        found[what] = Waiting(*row)
    return found
