"""In-process publish and subscribe: tells open pages that something happened in a conversation.

An event says what happened, not what was said: subscribers read that from the database. Only typing is in the event itself,
since it is not stored.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MESSAGES, STATE, TYPING, GONE = "messages", "state", "typing", "gone"  # kinds of events
ALL_CONVERSATIONS = ""  # what staff subscribe to
MOST_WAITING = 1000  # different events that may wait for a slow subscriber to all conversations; later ones are dropped


@dataclass(frozen=True)
class Event:
    """Something that happened in a conversation. For TYPING: `who` types, and whether they have begun or stopped (`on`)."""

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
    """Publishes events to the subscribers of a conversation and of all conversations, within this process."""

    def __init__(self) -> None:
        self._subscribers: dict[str, set[asyncio.Queue[Event]]] = defaultdict(set)
        # Grows with each event of all kinds but TYPING, so that who compares it misses none between two looks. It begins
        # with the time (ns), as a page may compare a number that it got before the front was started again.
        self.published = time.time_ns()

    def publish(self, event: Event) -> None:
        """Put an event into the queue of each subscriber; never blocks."""
        self.published += event.kind != TYPING
        for key in (event.conversation_id, ALL_CONVERSATIONS):
            for queue in self._subscribers.get(key, ()):
                if key != ALL_CONVERSATIONS or queue.qsize() < MOST_WAITING:
                    queue.put_nowait(event)

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
