"""Spreads what was stored in a conversation: to the platform it is to be sent to, and to the pages that show it."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from conversations.db import schema
from conversations.db.store import Store
from conversations.pipeline.delivery_worker import DeliveryWorker
from conversations.pipeline.events import ALL_CONVERSATIONS, MESSAGES, NOTIFIED, STATE, WORK, Event, EventBus

MESSAGE_TABLE = schema.message
OVERLAP = 200  # ids; a lower id may be committed after a higher one
MOST_AT_ONCE = 5000  # messages in one look


class Publisher:
    """Has new messages delivered and publishes events about them."""

    def __init__(self, deliveries: DeliveryWorker, events: EventBus) -> None:
        self._deliveries, self._events = deliveries, events

    def messages(self, conversation_id: str, state_changed: bool = False) -> None:
        """Deliver the new messages of a conversation and publish them; `state_changed` if its state may have changed."""
        self._deliveries.schedule(conversation_id)
        self._events.publish(Event(MESSAGES, conversation_id))
        if state_changed:
            self.state(conversation_id)

    def state(self, conversation_id: str) -> None:
        """Publish that the state of a conversation, or of a message in it, has changed."""
        self._events.publish(Event(STATE, conversation_id))

    def notified(self, account: str) -> None:
        """Publish that the notifications of a member of staff have changed."""
        self._events.publish(Event(NOTIFIED, ALL_CONVERSATIONS, account))

    def work(self, conversation_id: str) -> None:
        """Have the front that pauses over a conversation's messages, if another one does, go on at once."""
        self._events.publish_elsewhere(Event(WORK, conversation_id))


class LateEvents:
    """Publishes, at this front, messages that other fronts stored: the notice of a front that died may never have come."""

    def __init__(self, store: Store, events: EventBus) -> None:
        self._store, self._events = store, events
        self._newest: int | None = None
        self._known: set[int] = set()

    async def look(self) -> None:
        """Publish the messages that were stored since the last look; the first look only finds where to begin."""
        if self._newest is None:
            self._newest = await self._store.read(_newest_id)
            return
        found = await self._store.read(_stored_after, self._newest - OVERLAP)
        new = {conversation_id for message_id, conversation_id in found if message_id not in self._known}
        self._known = {message_id for message_id, _ in found}
        self._newest = max([self._newest, *self._known])
        for conversation_id in new:
            self._events.publish_here(Event(MESSAGES, conversation_id))


def _newest_id(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(MESSAGE_TABLE.c.id), 0))).scalar_one())


def _stored_after(connection: Connection, after: int) -> list[tuple[int, str]]:
    """Return the id and the conversation of the messages with ids above `after`, in order."""
    columns = select(MESSAGE_TABLE.c.id, MESSAGE_TABLE.c.conversation_id).where(MESSAGE_TABLE.c.id > after)
    return [(row.id, row.conversation_id) for row in connection.execute(columns.order_by("id").limit(MOST_AT_ONCE))]
