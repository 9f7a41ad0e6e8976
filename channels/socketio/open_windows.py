"""The open chat windows of each conversation, and the messages sent to them, in order, from the database.

The outbox holds messages until a window is open. An event only says when to look, so nothing is lost or out of order, and what
staff say while the window is closed waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from channels.socketio import NAME
from channels.socketio.serializers import events_of
from conversations.pipeline import outbox
from conversations.pipeline.events import GONE
from conversations.pipeline.inbox import conversation_at
from conversations.pipeline.service import ConversationService

logger = logging.getLogger(__name__)
Emit = Callable[[str, dict[str, Any]], Awaitable[None]]  # to all windows of an address
PAUSE = 1.0  # seconds before the database is asked again
MOST = 10  # windows of one conversation at once: a browser has a few


class OpenWindows:
    """Sends conversations to their open windows; one task watches each conversation."""

    def __init__(self, service: ConversationService, emit: Emit) -> None:
        self._service, self._emit = service, emit
        self._open: dict[str, set[str]] = defaultdict(set)
        self._watching: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()  # to be looked at once more when the present look ends

    def of(self, address: str) -> set[str]:
        """Return the open windows of an address."""
        return self._open.get(address, set())

    def full(self, address: str) -> bool:
        """Return True if an address has MOST windows open."""
        return len(self.of(address)) >= MOST

    def opened(self, address: str, window: str) -> None:
        """Note that a window shows this conversation, and send it what is held."""
        self._open[address].add(window)
        self.look(address)

    def closed(self, address: str, window: str) -> None:
        """Note that a window is closed; with the last one, watching ends."""
        self._open[address].discard(window)
        if not self._open[address]:
            del self._open[address]
            self._again.discard(address)
            if task := self._watching.pop(address, None):
                task.cancel()

    def look(self, address: str) -> None:
        """Watch a conversation if a window is open and nobody watches it yet."""
        if address in self._watching:
            self._again.add(address)
        elif address in self._open:
            self._watching[address] = task = asyncio.create_task(self._watch(address))
            task.add_done_callback(lambda done: self._ended(address, done))

    async def close(self) -> None:
        """Stop watching."""
        tasks = list(self._watching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, address: str, task: asyncio.Task[None]) -> None:
        if self._watching.get(address) is task:
            del self._watching[address]
            if address in self._again:
                self._again.discard(address)
                self.look(address)

    async def _watch(self, address: str) -> None:
        while True:
            try:
                conversation = await self._service.store.read(conversation_at, NAME, address)
                break
            except SQLAlchemyError as error:
                await self._after_trouble(error)
        if conversation is None:
            return  # nothing was said yet; the first message looks again
        with self._service.events.subscribe(conversation.id) as events:
            while True:
                try:
                    await self._send(address, conversation.id)
                except SQLAlchemyError as error:
                    await self._after_trouble(error)
                    continue
                found = [await events.get()]
                while not events.empty():  # one look serves them all
                    found.append(events.get_nowait())
                if any(event.kind == GONE for event in found):
                    return

    async def _after_trouble(self, error: SQLAlchemyError) -> None:
        logger.error("a chat window could not be served", extra={"reason": type(error).__name__})
        await asyncio.sleep(PAUSE)

    async def _send(self, address: str, conversation_id: str) -> None:
        for message in await self._service.store.read(outbox.held_messages, conversation_id):
            for event in events_of(message):
                await self._emit(address, event)
            await self._service.store.write(outbox.mark_fetched, [message.id])
