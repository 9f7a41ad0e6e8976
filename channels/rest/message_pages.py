"""Reading a conversation page by page, and waiting for the next message."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from channels.http import Refused
from conversations.models import VISITOR, Message
from conversations.pipeline.events import GONE, Event
from conversations.pipeline.service import ConversationService

PAGE = 100  # messages in an answer
LONGEST_WAIT = 25  # seconds
MOST_WAITS = 5  # of one conversation at once
END = Event("end", "")


class MessagePages:
    """Reader of conversations for clients that poll."""

    def __init__(self, service: ConversationService) -> None:
        self._service = service
        self._waits: Counter[str] = Counter()
        self._open: set[asyncio.Queue[Event]] = set()
        self._is_ended = False

    async def after(self, conversation_id: str, after: int, wait: int) -> list[Message]:
        """Return a page of the messages after an id.

        If none of them was said to the person, wait up to `wait` seconds for one. Refused with 429 if MOST_WAITS clients wait.
        """
        if not wait or self._is_ended:
            return await self._service.fetch_messages(conversation_id, after, PAGE)
        with self._waiting(conversation_id) as events:
            messages = await self._service.fetch_messages(conversation_id, after, PAGE)
            try:
                async with asyncio.timeout(wait):
                    while all(message.author == VISITOR for message in messages) and len(messages) < PAGE:
                        if (await events.get()).kind in (GONE, END.kind):
                            break
                        messages = await self._service.fetch_messages(conversation_id, after, PAGE)
            except TimeoutError:
                pass
        return messages

    def end(self) -> None:
        """Answer all waiting clients now, as the front stops, and later ones at once."""
        self._is_ended = True
        for queue in self._open:
            if not queue.full():  # else whoever waits is about to look
                queue.put_nowait(END)

    @contextmanager
    def _waiting(self, conversation_id: str) -> Iterator[asyncio.Queue[Event]]:
        if self._waits[conversation_id] >= MOST_WAITS:
            raise Refused("this conversation is waited for too often already", 429, {"Retry-After": "10"})
        self._waits[conversation_id] += 1
        try:
            with self._service.events.subscribe(conversation_id) as events:
                self._open.add(events)
                try:
                    yield events
                finally:
                    self._open.discard(events)
        finally:
            self._waits[conversation_id] -= 1
            if not self._waits[conversation_id]:
                del self._waits[conversation_id]
