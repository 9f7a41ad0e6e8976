"""The open chat windows of each conversation, and what is said going to them: in order, from the database.

All that is said is held (outbox) until a window is open. A notice says when to look; so nothing is lost or out of order,
and what staff say while the window is closed waits for it.
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
    def __init__(self, service: ConversationService, emit: Emit):
        self._service, self._emit = service, emit
        self._open: dict[str, set[str]] = defaultdict(set)
        self._watching: dict[str, asyncio.Task] = {}
        self._again: set[str] = set()  # to be looked at once more when the present look ends

    def of(self, address: str) -> set[str]:
        return self._open.get(address, set())

    def full(self, address: str) -> bool:
        return len(self.of(address)) >= MOST

    def opened(self, address: str, window: str) -> None:
        """A window shows this conversation now; what is held for it goes to it."""
        self._open[address].add(window)
        self.look(address)

    def closed(self, address: str, window: str) -> None:
        self._open[address].discard(window)
        if not self._open[address]:
            del self._open[address]
            self._again.discard(address)
            if task := self._watching.pop(address, None):
                task.cancel()

    def look(self, address: str) -> None:
        """Watch a conversation with an open window, if there is one by now and nobody watches it yet."""
        if address in self._watching:
            self._again.add(address)
        elif address in self._open:
            self._watching[address] = task = asyncio.create_task(self._watch(address))
            task.add_done_callback(lambda done: self._ended(address, done))

    async def close(self) -> None:
        tasks = list(self._watching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, address: str, task: asyncio.Task) -> None:
        if self._watching.get(address) is task:
            del self._watching[address]
            if address in self._again:
                self._again.discard(address)
                self.look(address)

    async def _watch(self, address: str) -> None:
        conversation = await self._service.store.read(conversation_at, NAME, address)
        if conversation is None:
            return  # nothing was said yet; the first message looks again
        with self._service.events.subscribe(conversation.id) as notices:
            while True:
                try:
                    await self._send(address, conversation.id)
                except SQLAlchemyError as error:
                    logger.error("a chat window could not be served", extra={"reason": type(error).__name__})
                    await asyncio.sleep(PAUSE)
                    continue
                found = [await notices.get()]
                while not notices.empty():  # one look serves them all
                    found.append(notices.get_nowait())
                if any(notice.kind == GONE for notice in found):
                    return

    async def _send(self, address: str, conversation_id: str) -> None:
        for message in await self._service.store.read(outbox.held_messages, conversation_id):
            for event in events_of(message):
                await self._emit(address, event)
            await self._service.store.write(outbox.mark_fetched, [message.id])
