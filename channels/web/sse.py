"""Server-sent events of a conversation: messages (with ids), its state, who is typing, its erasure.

Messages are read from the database, after the last id that the browser knows; events of the bus only say when to look. So
nothing is lost or out of order, whatever happens between two looks, and a browser that reconnects goes on from its last id.

The framing is our own: it is four lines, and sse-starlette's response would add a task and a ping of its own to each of
thousands of streams, while a ping here is also the moment to look for what another front said.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import StreamingResponse

from channels.http import Refused
from channels.web.serializers import serialize_message, serialize_state
from channels.web.sites import Site
from conversations.db.mappers import find_conversation
from conversations.db.schema import now
from conversations.learning.feedback import feedback_by_message
from conversations.models import VISITOR, Conversation, Message
from conversations.pipeline import message_store
from conversations.pipeline.events import GONE, MESSAGES, STATE, TYPING, Event
from conversations.pipeline.inbox import LEFT
from conversations.pipeline.service import ConversationService
from core.traces import spans

logger = logging.getLogger(__name__)
PING_SECONDS = 20.0  # so that proxies keep the connection, and a dead one is noticed
PAGE = 200  # messages read at a time
MOST_CHARS = 128 * 1024  # of text read at a time: many streams that nobody reads must not fill the memory
MOST_HISTORY = 1024 * 1024  # characters that a page gets when it opens
MOST_IN_ALL = 5000
MOST_STREAMS = 20  # of one conversation: a browser has one, a person a few
OVERLAP = 100  # ids on PostgreSQL, where a lower id may be committed after a higher one; widgets drop what they know
FRESH_SECONDS = 60.0  # for which a reply that goes out belongs to its turn; later it is a page that looks back
END = Event("end", "")


class EventStreams:
    """All open streams, `most` at once; they end when the front stops, so that it need not wait for them."""

    def __init__(
        self, service: ConversationService, most: int = MOST_IN_ALL, ping_seconds: float = PING_SECONDS
    ) -> None:
        self._service, self._most, self._ping = service, most, ping_seconds
        self._open: dict[str, set[asyncio.Queue[Event]]] = defaultdict(set)
        self._count, self._is_ended = 0, False
        self._overlap = 0 if service.store.is_sqlite else OVERLAP

    def answer(self, site: Site, conversation: Conversation, after: int, token: str | None) -> StreamingResponse:
        """Return the stream of a conversation after the message `after`; `token` is a fresh session token to send first.

        Refused with 429 or 503 if too many streams are open.
        """
        if len(self._open.get(conversation.id, ())) >= MOST_STREAMS:
            raise Refused("this conversation is open too often already", 429, {"Retry-After": "60"})
        if self._count >= self._most:
            raise Refused("too many conversations are open at the moment", 503, {"Retry-After": "30"})
        events = self._until_the_database_is_away(self._events(site, conversation, after, token))
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @property
    def count(self) -> int:
        """How many streams are open."""
        return self._count

    def end_all(self) -> None:
        """End all streams, even those that nobody reads; from now on each new one ends at once."""
        self._is_ended = True
        for queues in self._open.values():
            for queue in queues:
                while queue.full():  # its events only say when to look, and nobody looks any more
                    queue.get_nowait()
                queue.put_nowait(END)

    async def _until_the_database_is_away(self, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield what a stream says; it ends where the database cannot be read, and its widget comes back by itself."""
        try:
            async for part in events:
                yield part
        except SQLAlchemyError as error:
            logger.warning("a stream ends, since the database is away", extra={"reason": type(error).__name__})

    async def _events(
        self, site: Site, conversation: Conversation, after: int, token: str | None
    ) -> AsyncIterator[bytes]:
        with self._service.events.subscribe(conversation.id) as events, self._counted(conversation.id, events):
            if token:
                yield _event("session", {"token": token})
            seen = SentMessages(after, self._overlap)
            async for part in self._look(site, conversation.id, seen, state_too=True):
                yield part
            while (batch := await self._next(events)) is not None:
                kinds = {event.kind for event in batch}
                if GONE in kinds:
                    yield _event("gone", {})
                    return
                for event in batch:
                    if event.kind == TYPING and event.who != VISITOR:
                        yield _event("typing", {"who": event.who, "on": event.on})
                if not batch:
                    yield b": ping\n\n"
                if kinds & {MESSAGES, STATE} or not batch:  # a look at each ping, too: what another front said
                    async for part in self._look(site, conversation.id, seen, kinds != {MESSAGES}):
                        yield part
                    if seen.is_gone:  # deleted at another front, of which no event told
                        yield _event("gone", {})
                        return
                    if seen.is_left:  # its visitor began another one; whoever holds the old token hears nothing more
                        return

    async def _next(self, events: asyncio.Queue[Event]) -> list[Event] | None:
        """Return the waiting events, none if it is time for a ping, or None at the end. One look serves all of them."""
        batch: list[Event] = []
        if not self._is_ended:  # else it opened too late to be told
            with suppress(TimeoutError):
                async with asyncio.timeout(self._ping):
                    batch.append(await events.get())
        while not events.empty():
            batch.append(events.get_nowait())
        return None if self._is_ended else batch

    async def _look(
        self, site: Site, conversation_id: str, seen: SentMessages, state_too: bool
    ) -> AsyncIterator[bytes]:
        """Yield the messages since the last look and, if `state_too`, the state."""
        after = seen.after
        while True:
            messages, conversation = await self._service.store.read(_what_is_new, conversation_id, after, state_too)
            for message in seen.new_of(messages):
                trace, began = await self._trace_of(message), time.time_ns()
                try:
                    yield _event("message", serialize_message(message, {}), message.id)
                finally:  # a widget may close as soon as it has the reply
                    if trace:
                        spans.record("send", trace, began, channel=message.channel)
            if len(messages) < PAGE and sum(len(message.text) for message in messages) < MOST_CHARS:
                break
            after = messages[-1].id
        seen.is_gone = state_too and conversation is None
        seen.is_left = conversation is not None and conversation.address.startswith(LEFT)
        if conversation and not seen.is_left:
            yield _event("state", serialize_state(site, conversation, now()))

    async def _trace_of(self, message: Message) -> str:
        """Return the trace of the turn that a reply belongs to; "" without one, and of a reply of long ago."""
        if not spans.is_on() or not message.answers or (now() - message.at).total_seconds() >= FRESH_SECONDS:
            return ""
        return await self._service.store.read(message_store.trace_of_reply, message)

    @contextmanager
    def _counted(self, conversation_id: str, events: asyncio.Queue[Event]) -> Iterator[None]:
        self._open[conversation_id].add(events)
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
            self._open[conversation_id].discard(events)
            if not self._open[conversation_id]:
                del self._open[conversation_id]


def read_history(connection: Connection, site: Site, conversation: Conversation) -> dict[str, Any]:
    """Return what a page needs when it opens: the last messages with their thumbs, and the state."""
    thumbs = feedback_by_message(connection, conversation.id)
    messages: list[Message] = message_store.latest_messages(connection, conversation.id, PAGE, MOST_HISTORY)
    return {
        "messages": [serialize_message(message, thumbs) for message in messages],
        **serialize_state(site, conversation, now()),
    }


class SentMessages:
    """Messages that a stream has sent. Looks begin `overlap` ids before the newest, as a lower id may be committed later."""

    def __init__(self, newest: int, overlap: int) -> None:
        self._newest, self._overlap, self._ids = newest, overlap, set[int]()
        self.is_left = self.is_gone = False

    @property
    def after(self) -> int:
        """Return the id after which to look."""
        return max(0, self._newest - self._overlap)

    def new_of(self, messages: list[Message]) -> list[Message]:
        """Return the messages that were not sent yet, and note them as sent."""
        new = [message for message in messages if message.id not in self._ids]
        self._ids.update(message.id for message in new)
        self._newest = max([self._newest, *self._ids])
        self._ids = {known for known in self._ids if known > self.after}
        return new


def _what_is_new(
    connection: Connection, conversation_id: str, after: int, state_too: bool
) -> tuple[list[Message], Conversation | None]:
    messages = message_store.messages_after(connection, conversation_id, after, PAGE, MOST_CHARS)
    return messages, find_conversation(connection, conversation_id) if state_too else None


def _event(kind: str, data: dict[str, Any], event_id: int | None = None) -> bytes:
    number = f"id: {event_id}\n" if event_id is not None else ""
    return f"{number}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
