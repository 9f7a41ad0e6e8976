"""Who watches a conversation hears of what was said, however slow they are and whatever else goes on."""

from __future__ import annotations

import asyncio

from conversations.news import EVERYTHING, GONE, MESSAGES, MOST_WAITING, TYPING, News, Notice


def waiting(notices: asyncio.Queue) -> list[Notice]:
    return [notices.get_nowait() for _ in range(notices.qsize())]


def test_typing_hides_nothing_said():
    async def use() -> list[Notice]:
        news = News()
        with news.watch("one") as notices:
            for number in range(500):
                news.tell(Notice(TYPING, "one", "Ada", number % 2 == 0))
            news.tell(Notice(MESSAGES, "one"))
            news.tell(Notice(GONE, "one"))
            return waiting(notices)

    assert asyncio.run(use()) == [Notice(TYPING, "one", "Ada", False), Notice(MESSAGES, "one"), Notice(GONE, "one")]


def test_slow_watcher_of_everything_is_bounded():
    async def use() -> int:
        news = News()
        with news.watch(EVERYTHING) as notices:
            for number in range(MOST_WAITING * 2):
                news.tell(Notice(MESSAGES, f"{number}"))
            return notices.qsize()

    assert asyncio.run(use()) == MOST_WAITING
