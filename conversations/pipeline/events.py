"""Tells those who watch a conversation that something happened in it; what happened is read from the database.

Passing things (somebody is typing) are in the notice itself and are not kept.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MESSAGES, STATE, TYPING, GONE = "messages", "state", "typing", "gone"  # kinds of notices
EVERYTHING = ""  # watched by staff
MOST_WAITING = 1000  # different notices that a slow watcher of everything may fall behind


@dataclass(frozen=True)
class Event:
    """Something happened in a conversation. Of `typing`: who, and whether they still do."""

    kind: str
    conversation_id: str
    who: str = ""
    on: bool = True


class _Notices(asyncio.Queue):
    """What a watcher has not looked at yet, each thing once.

    However slow the watcher is, somebody's typing never takes the place of what was said: that waits until it is looked at.
    """

    def _init(self, maxsize: int) -> None:
        self._queue: dict[tuple[str, str, str], Event] = {}

    def _put(self, notice: Event) -> None:
        self._queue[notice.kind, notice.conversation_id, notice.who] = notice

    def _get(self) -> Event:
        return self._queue.pop(next(iter(self._queue)))


class EventBus:
    def __init__(self) -> None:
        self._watching: dict[str, set[asyncio.Queue[Event]]] = defaultdict(set)

    def tell(self, notice: Event) -> None:
        for key in (notice.conversation_id, EVERYTHING):
            for queue in self._watching.get(key, ()):
                if key != EVERYTHING or queue.qsize() < MOST_WAITING:
                    queue.put_nowait(notice)

    @contextmanager
    def watch(self, conversation_id: str = EVERYTHING) -> Iterator[asyncio.Queue[Event]]:
        """The notices from now on, of one conversation or of all."""
        queue: asyncio.Queue[Event] = _Notices()
        self._watching[conversation_id].add(queue)
        try:
            yield queue
        finally:
            self._watching[conversation_id].discard(queue)
            if not self._watching[conversation_id]:
                del self._watching[conversation_id]
