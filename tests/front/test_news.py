"""Who watches a conversation hears of what was said, however slow they are and whatever else goes on."""

from __future__ import annotations

import asyncio

from conversations.pipeline.events import EVERYTHING, GONE, MESSAGES, MOST_WAITING, TYPING, Event, EventBus


def waiting(notices: asyncio.Queue) -> list[Event]:
    return [notices.get_nowait() for _ in range(notices.qsize())]


def test_typing_hides_nothing_said():
    async def use() -> list[Event]:
        news = EventBus()
        with news.watch("one") as notices:
            for number in range(500):
                news.tell(Event(TYPING, "one", "Ada", number % 2 == 0))
            news.tell(Event(MESSAGES, "one"))
            news.tell(Event(GONE, "one"))
            return waiting(notices)

    assert asyncio.run(use()) == [Event(TYPING, "one", "Ada", False), Event(MESSAGES, "one"), Event(GONE, "one")]


def test_slow_watcher_of_everything_is_bounded():
    async def use() -> int:
        news = EventBus()
        with news.watch(EVERYTHING) as notices:
            for number in range(MOST_WAITING * 2):
                news.tell(Event(MESSAGES, f"{number}"))
            return notices.qsize()

    assert asyncio.run(use()) == MOST_WAITING
