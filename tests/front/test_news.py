"""Who watches a conversation hears of what was said, however slow they are and whatever else goes on."""

from __future__ import annotations

import asyncio

from conversations.pipeline.events import ALL_CONVERSATIONS, GONE, MESSAGES, MOST_WAITING, TYPING, Event, EventBus


def waiting(queue: asyncio.Queue) -> list[Event]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_typing_hides_nothing_said() -> None:
    async def use() -> list[Event]:
        events = EventBus()
        with events.subscribe("one") as queue:
            for number in range(500):
                events.publish(Event(TYPING, "one", "Ada", number % 2 == 0))
            events.publish(Event(MESSAGES, "one"))
            events.publish(Event(GONE, "one"))
            return waiting(queue)

    assert asyncio.run(use()) == [Event(TYPING, "one", "Ada", False), Event(MESSAGES, "one"), Event(GONE, "one")]


def test_slow_watcher_of_everything_is_bounded() -> None:
    async def use() -> int:
        events = EventBus()
        with events.subscribe(ALL_CONVERSATIONS) as queue:
            for number in range(MOST_WAITING * 2):
                events.publish(Event(MESSAGES, f"{number}"))
            return queue.qsize()

    assert asyncio.run(use()) == MOST_WAITING
