"""Delivers the outbox: in order within a conversation, retried until the platform takes a message or never will."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from conversations.db.schema import now
from conversations.db.store import Store
from conversations.handoff import alerts
from conversations.models import Outgoing
from conversations.pipeline import message_store, outbox
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import DeliveryError, OutboundChannel, PartTaken
from conversations.pipeline.scheduling.keyed_queue import KeyedQueue, Leases
from conversations.sharing.front_session import lease_number, leased_numbers
from core.traces import spans

logger = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds between attempts; each pause is twice the one before
# Attempts of this front at a message for which a channel raises what is no trouble of platform or database.
MOST_DEFECTS = 3
OLDEST = timedelta(hours=24)  # after which a message is given up and staff are alerted


class DeliveryWorker:
    """Sends the deliveries in the outbox to their platforms, one at a time for a conversation.

    With `leases`, other fronts have such a worker over the same database.
    """

    def __init__(
        self, store: Store, channels: Mapping[str, OutboundChannel], metrics: Metrics, leases: Leases | None = None
    ) -> None:
        self._store, self._channels, self._metrics, self._leases = store, channels, metrics, leases
        self._defects: Counter[int] = Counter()  # by delivery
        self.queue = KeyedQueue(self._deliver_all, leases=leases, kind="deliveries")

    async def resume(self) -> None:
        """Schedule every conversation that has open deliveries in the database and that no front is at."""
        found = await self._store.read(outbox.conversations_with_open_deliveries)
        leased = await self._store.read(leased_numbers) if found and self._leases else set()
        for conversation_id in found:
            is_leased = lease_number(self.queue.lease_of(conversation_id)) in leased
            if not is_leased and not self.queue.is_active(conversation_id):
                self.queue.schedule(conversation_id)

    def schedule(self, conversation_id: str) -> None:
        """Have the open deliveries of a conversation sent."""
        if self._channels:
            self.queue.schedule(conversation_id)

    async def _deliver_all(self, conversation_id: str) -> float | None:
        """Send what is open in a conversation; return the seconds until the next attempt, or None if all is done."""
        while self.queue.may_go_on(conversation_id):
            outgoing = await self._store.write(outbox.claim_next, conversation_id)
            if outgoing is None:
                break
            if pause := await self._deliver_traced(outgoing):
                return pause
        return None

    async def _deliver_traced(self, outgoing: Outgoing) -> float:
        trace = await self._store.read(message_store.trace_of_reply, outgoing.message) if spans.is_on() else ""
        with spans.span("send", parent=trace, channel=outgoing.message.channel, attempt=outgoing.attempts) as span:
            pause = await self._deliver(outgoing)
            if pause:
                span.fail("not delivered")
            return pause

    async def _deliver(self, outgoing: Outgoing) -> float:
        """Attempt a delivery; return the seconds until its next attempt, or 0 if it is done or given up."""
        channel = self._channels.get(outgoing.message.channel)
        try:
            if channel is None:
                raise DeliveryError("this channel is not set up any more", permanent=True)
            platform_ids = await channel.send(outgoing, self._part_recorder(outgoing))
        except DeliveryError as error:
            return await self._record_failure(outgoing, error)
        except SQLAlchemyError as error:  # channels read before they send: this says nothing of the message
            return await self._record_failure(outgoing, DeliveryError(type(error).__name__))
        except Exception as error:  # a defect of ours, say in rendering: it must not hold up the rest for ever
            logger.exception("sending failed", extra={"channel": outgoing.message.channel})
            return await self._record_failure(outgoing, self._defect(outgoing, error))
        self._defects.pop(outgoing.delivery_id, None)
        self._metrics.deliveries.labels(outgoing.message.channel, "delivered").inc()
        await self._write_until_stored(outbox.mark_delivered, outgoing.delivery_id, platform_ids)
        return 0

    def _defect(self, outgoing: Outgoing, error: Exception) -> DeliveryError:
        """Return what an error means that no channel should raise; at the last of some attempts the message is given up."""
        self._defects[outgoing.delivery_id] += 1
        is_last = self._defects[outgoing.delivery_id] >= MOST_DEFECTS
        return DeliveryError(type(error).__name__, permanent=is_last, ambiguous=True)

    async def _write_until_stored(self, job: Callable[..., None], *args: Any) -> None:
        """Write what the platform said; while the database is away, wait for it rather than send twice."""
        while True:
            try:
                await self._store.write(job, *args)
                return
            except SQLAlchemyError as error:
                logger.error("a delivery could not be noted", extra={"reason": type(error).__name__})
                await asyncio.sleep(FIRST_PAUSE)

    def _part_recorder(self, outgoing: Outgoing) -> PartTaken:
        async def part_taken(part: int, platform_ids: tuple[str, ...]) -> None:
            await self._write_until_stored(outbox.record_part_delivered, outgoing, part, platform_ids)

        return part_taken

    async def _record_failure(self, outgoing: Outgoing, error: DeliveryError) -> float:
        """Store why an attempt failed; return the seconds until the next, or 0 if the message is given up."""
        self._metrics.deliveries.labels(outgoing.message.channel, "not delivered").inc()
        is_too_old = now() - outgoing.message.at > OLDEST
        if error.permanent or is_too_old:
            logger.warning("a reply was given up", extra={"channel": outgoing.message.channel, "reason": str(error)})
            await self._store.write(_give_up, outgoing, str(error))
            self._defects.pop(outgoing.delivery_id, None)
            return 0
        await self._store.write(outbox.schedule_retry, outgoing, str(error), error.ambiguous)
        if error.retry_after is not None:
            return max(error.retry_after, FIRST_PAUSE)
        return min(FIRST_PAUSE * 2.0 ** min(outgoing.attempts - 1, 10), LONGEST_PAUSE)


def _give_up(connection: Connection, outgoing: Outgoing, reason: str) -> None:
    if outbox.mark_failed(connection, outgoing, reason):
        alerts.raise_alert(connection, alerts.UNDELIVERED, outgoing.conversation.id)
