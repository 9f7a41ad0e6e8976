"""Spreads what was stored in a conversation: to the platform it is to be sent to, and to the pages that show it."""

from __future__ import annotations

from conversations.pipeline.delivery_worker import DeliveryWorker
from conversations.pipeline.events import MESSAGES, STATE, Event, EventBus


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
