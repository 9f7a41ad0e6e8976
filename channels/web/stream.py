"""The stream of a conversation as server-sent events: what was said (with ids), its state, who is typing, that it is gone.

What was said is read from the database, from the last id that the browser knows; notices only say when to look. So an event
is neither lost nor out of order, whatever happens between two looks. A browser that reconnects goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import contextmanager
from typing import Any

from starlette.responses import StreamingResponse

from channels.http import Refused
from channels.web.shapes import message_shape, state_shape
from channels.web.sites import Site
from conversations import turns
from conversations.asides import feedback_in
from conversations.desk import Desk
from conversations.news import GONE, STATE, TYPING, Notice
from conversations.records import VISITOR, Conversation, Message
from conversations.rows import find_conversation
from conversations.tables import now

PING_SECONDS = 20.0  # so that proxies keep the connection, and a dead one is noticed
PAGE = 200  # messages read at a time
MOST_STREAMS = 20  # of one conversation: a browser has one, a person a few
OVERLAP = 100  # ids on PostgreSQL, where a lower id may be committed after a higher one; widgets drop what they know
END = Notice("end", "")


class Streams:
    """All open streams; they end when the front stops, so that it need not wait for them."""

    def __init__(self, desk: Desk, ping_seconds: float = PING_SECONDS):
        self._desk, self._ping = desk, ping_seconds
        self._open: dict[str, set[asyncio.Queue[Notice]]] = defaultdict(set)
        self._overlap = 0 if desk.store.is_sqlite else OVERLAP

    def answer(self, site: Site, conversation: Conversation, after: int, token: str | None) -> StreamingResponse:
        """The stream from the message after `after` on; with a fresh token where there is one."""
        if len(self._open.get(conversation.id, ())) >= MOST_STREAMS:
            raise Refused("this conversation is open too often already", 429, {"Retry-After": "60"})
        events = self._events(site, conversation, max(0, after - self._overlap), token)
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    def end_all(self) -> None:
        for queues in self._open.values():
            for queue in queues:
                queue.put_nowait(END)

    async def _events(
        self, site: Site, conversation: Conversation, after: int, token: str | None
    ) -> AsyncIterator[bytes]:
        with self._desk.news.watch(conversation.id) as notices, self._counted(conversation.id, notices):
            if token:
                yield _event("session", {"token": token})
            sent: set[int] = set()
            async for part in self._said(conversation.id, after, sent):
                yield part
            yield await self._state(site, conversation.id)
            while (notice := await self._next(notices)) is not END:
                if notice is None:
                    yield b": ping\n\n"
                elif notice.kind == GONE:
                    yield _event("gone", {})
                    return
                elif notice.kind == TYPING:
                    if notice.who != VISITOR:
                        yield _event("typing", {"who": notice.who, "on": notice.on})
                else:
                    async for part in self._said(conversation.id, max([after, *sent]) - self._overlap, sent):
                        yield part
                    if notice.kind == STATE:
                        yield await self._state(site, conversation.id)

    async def _next(self, notices: asyncio.Queue[Notice]) -> Notice | None:
        """The next notice; None where it is time for a ping."""
        try:
            async with asyncio.timeout(self._ping):
                return await notices.get()
        except TimeoutError:
            return None

    async def _said(self, conversation_id: str, after: int, sent: set[int]) -> AsyncIterator[bytes]:
        while messages := await self._desk.store.read(turns.said_since, conversation_id, after, PAGE):
            after = messages[-1].id
            for message in messages:
                if message.id not in sent:
                    yield _event("message", message_shape(message, {}), message.id)
            sent.update(message.id for message in messages)
            _keep_newest(sent)
            if len(messages) < PAGE:
                return

    async def _state(self, site: Site, conversation_id: str) -> bytes:
        conversation = await self._desk.store.read(find_conversation, conversation_id)
        return _event("state", state_shape(site, conversation, now())) if conversation else _event("gone", {})

    @contextmanager
    def _counted(self, conversation_id: str, notices: asyncio.Queue[Notice]):
        self._open[conversation_id].add(notices)
        try:
            yield
        finally:
            self._open[conversation_id].discard(notices)
            if not self._open[conversation_id]:
                del self._open[conversation_id]


def history_shape(connection, site: Site, conversation: Conversation) -> dict[str, Any]:
    """What a page needs when it opens: the last messages with their thumbs, and the state."""
    thumbs = feedback_in(connection, conversation.id)
    messages: list[Message] = turns.last_said(connection, conversation.id, PAGE)
    return {
        "messages": [message_shape(one, thumbs) for one in messages],
        **state_shape(site, conversation, now()),
    }


def _keep_newest(sent: set[int]) -> None:
    for old in sorted(sent)[: -2 * OVERLAP]:
        sent.discard(old)


def _event(kind: str, data: dict[str, Any], event_id: int | None = None) -> bytes:
    number = f"id: {event_id}\n" if event_id is not None else ""
    return f"{number}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
