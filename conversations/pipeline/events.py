"""Publish and subscribe: tells open pages that something happened in a conversation, here or at another front.

An event says what happened, not what was said: subscribers read that from the database. Only typing is in the event itself,
since it is not stored. Where several fronts share a database, events cross to the others by a relay, which may lose some.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import Any

from conversations.sharing.relay import Relay

MESSAGES, STATE, TYPING, GONE = "messages", "state", "typing", "gone"  # kinds of events
PRESENCE = "presence"  # somebody of the staff (`who`) came or is away; of no conversation
NOTIFIED = "notified"  # somebody of the staff (`who`) has a new notification, or has read one; likewise
WORK = "work"  # a further kind, for other fronts alone: whichever pauses over the conversation's messages is to go on at once
ABOUT_STAFF = frozenset({PRESENCE, NOTIFIED})
ALL_CONVERSATIONS = ""  # what staff subscribe to
TOPIC = "event"  # of the notices that carry events
MOST_WAITING = 1000  # different events that may wait for a slow subscriber to all conversations; later ones are dropped


@dataclass(frozen=True)
class Event:
    """Something that happened in a conversation. For TYPING: `who` types, and whether they have begun or stopped (`on`).

    An event about staff alone (ABOUT_STAFF) has no conversation; `who` is the account.
    """

    kind: str
    conversation_id: str
    who: str = ""
    on: bool = True


class _EventQueue(asyncio.Queue[Event]):
    """The events that a subscriber has not read yet, without duplicates.

    Of several events of a kind for one conversation and person the last is held, so that typing, however much of it there
    is, never displaces the news of a message.
    """

    def _init(self, maxsize: int) -> None:
        self._queue: dict[tuple[str, str, str], Event] = {}

    def _put(self, event: Event) -> None:
        self._queue[event.kind, event.conversation_id, event.who] = event

    def _get(self) -> Event:
        return self._queue.pop(next(iter(self._queue)))


class EventBus:
    """Publishes events to the subscribers of a conversation and of all conversations, by a relay to those of other fronts."""

    def __init__(self, relay: Relay | None = None) -> None:
        self._subscribers: dict[str, set[asyncio.Queue[Event]]] = defaultdict(set)
        # Grows with each event of a conversation but TYPING. Begins with the time (ns), as a page may compare a number that it
        # got before the front was started again.
        self._published = time.time_ns()
        self.when_heard: Callable[[Event], None] = lambda event: None  # called with each event of another front
        self._relay = relay
        if relay:
            relay.subscribe(TOPIC, self._hear)
            relay.on_connected(self.wake_all)

    @property
    def position(self) -> str:
        """How far the events have come, without TYPING; who compares it, at the same front, misses none between two looks."""
        return f"{self._relay.sender}-{self._published}" if self._relay else str(self._published)

    def publish(self, event: Event) -> None:
        """Put an event into the queue of each subscriber, here and at other fronts; never blocks."""
        self.publish_here(event)
        self.publish_elsewhere(event)

    def publish_elsewhere(self, event: Event) -> None:
        """Tell the other fronts of an event that this one needs not hear of."""
        if self._relay:
            self._relay.send(TOPIC, *astuple(event))

    def publish_here(self, event: Event) -> None:
        """Put an event into the queue of each subscriber of this front."""
        self._published += event.kind != TYPING and event.kind not in ABOUT_STAFF
        for key in {event.conversation_id, ALL_CONVERSATIONS}:
            for queue in self._subscribers.get(key, ()):
                if key != ALL_CONVERSATIONS or queue.qsize() < MOST_WAITING:
                    queue.put_nowait(event)

    def wake_all(self) -> None:
        """Have every subscriber look: events of other fronts may have been lost."""
        self._published += 1
        for key, queues in self._subscribers.items():
            for queue in queues:
                queue.put_nowait(Event(MESSAGES, key))
                queue.put_nowait(Event(STATE, key))

    def _hear(self, values: list[Any]) -> None:
        event = Event(*values)
        if event.kind != WORK:
            self.publish_here(event)
        self.when_heard(event)

    @contextmanager
    def subscribe(self, conversation_id: str = ALL_CONVERSATIONS) -> Iterator[asyncio.Queue[Event]]:
        """Yield a queue of the events from now on, of one conversation or of all."""
        queue: asyncio.Queue[Event] = _EventQueue()
        self._subscribers[conversation_id].add(queue)
        try:
            yield queue
        finally:
            self._subscribers[conversation_id].discard(queue)
            if not self._subscribers[conversation_id]:
                del self._subscribers[conversation_id]
