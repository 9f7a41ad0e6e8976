"""Delivers what is in the outbox: in order within a conversation, again until the platform takes it or never will."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from conversations.db.schema import now
from conversations.db.store import Store
from conversations.handoff import alerts
from conversations.models import Outgoing
from conversations.pipeline import outbox
from conversations.pipeline.keyed_queue import KeyedQueue
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import DeliveryError, OutboundChannel

logger = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # seconds between tries; doubled each time
MOST_DEFECTS = 3  # tries of a message at which our own code fails
OLDEST = timedelta(hours=24)  # what a platform has not taken by then is given up, and staff are told


class DeliveryWorker:
    def __init__(self, store: Store, channels: Mapping[str, OutboundChannel], metrics: Metrics):
        self._store, self._channels, self._metrics = store, channels, metrics
        self.queue = KeyedQueue(self._deliver_all)

    async def go_on(self) -> None:
        """See that somebody is at every delivery that is open in the database."""
        for conversation_id in await self._store.read(outbox.conversations_with_open_deliveries):
            if not self.queue.busy(conversation_id):
                self.queue.wake(conversation_id)

    def wake(self, conversation_id: str) -> None:
        if self._channels:
            self.queue.wake(conversation_id)

    async def _deliver_all(self, conversation_id: str) -> float | None:
        """Seconds until the next try, where the platform does not take it now."""
        while not self.queue.stopping and (outgoing := await self._store.write(outbox.claim_next, conversation_id)):
            if wait := await self._deliver(outgoing):
                return wait
        return None

    async def _deliver(self, outgoing: Outgoing) -> float:
        """The seconds to wait before the next try; 0 where this one is done with."""
        channel = self._channels.get(outgoing.message.channel)
        try:
            if channel is None:
                raise DeliveryError("this channel is not set up any more", for_good=True)
            taken = await channel.send(outgoing, self._noting(outgoing))
        except DeliveryError as error:
            return await self._not_delivered(outgoing, error)
        except Exception as error:  # a defect of ours, say in rendering: it must not hold up the rest for ever
            logger.exception("sending failed", extra={"channel": outgoing.message.channel})
            why = DeliveryError(type(error).__name__, for_good=outgoing.attempts >= MOST_DEFECTS, unsure=True)
            return await self._not_delivered(outgoing, why)
        self._metrics.deliveries.labels(outgoing.message.channel, "delivered").inc()
        await self._surely(outbox.mark_delivered, outgoing.delivery_id, taken)
        return 0

    async def _surely(self, job: Callable, *args: Any) -> None:
        """Write what the platform has said; with the database away, wait for it rather than send twice."""
        while True:
            try:
                await self._store.write(job, *args)
                return
            except SQLAlchemyError as error:
                logger.error("a delivery could not be noted", extra={"reason": type(error).__name__})
                await asyncio.sleep(FIRST_WAIT)

    def _noting(self, outgoing: Outgoing):
        async def part_taken(part: int, platform_ids: tuple[str, ...]) -> None:
            await self._surely(outbox.record_part_delivered, outgoing.delivery_id, part, platform_ids)

        return part_taken

    async def _not_delivered(self, outgoing: Outgoing, error: DeliveryError) -> float:
        self._metrics.deliveries.labels(outgoing.message.channel, "not delivered").inc()
        too_old = now() - outgoing.message.at > OLDEST
        if error.for_good or too_old:
            logger.warning("a reply was given up", extra={"channel": outgoing.message.channel, "reason": str(error)})
            await self._store.write(_give_up, outgoing, str(error))
            return 0
        await self._store.write(outbox.schedule_retry, outgoing.delivery_id, str(error), error.unsure)
        if error.retry_after is not None:
            return max(error.retry_after, FIRST_WAIT)
        return min(FIRST_WAIT * 2 ** min(outgoing.attempts - 1, 10), LONGEST_WAIT)


def _give_up(connection: Connection, outgoing: Outgoing, why: str) -> None:
    alerts.raise_alert(connection, alerts.UNDELIVERED, outgoing.conversation.id)
    outbox.mark_failed(connection, outgoing.delivery_id, why)
