"""What the front does again and again: alerts told, late conversations given back, what is open taken up, deletions finished,
old sessions dropped, words indexed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.backup import days_of_copies, drop_old_copies
from bot.counting import Counting
from bot.retention import Retention
from bot.settings import Settings
from console.limits_page import limits_of
from console.meanings import Meanings
from conversations import limits, staff, word_index
from conversations.desk import Desk
from conversations.telling import RETENTION, Teller

logger = logging.getLogger(__name__)
DAY = 86_400.0  # seconds
PAUSE = 0.05  # seconds between two stretches of a long piece of work, so that messages are written in between
Duty = Callable[[], Awaitable[object]]


def duties(desk: Desk, teller: Teller, settings: Settings) -> list[tuple[Duty, float]]:
    """Each with the seconds between two rounds."""
    environment = limits_of(settings)

    async def take_back_overdue() -> None:
        found = await desk.store.read(limits.in_force, environment)
        await desk.take_back_overdue(found.waiting, found.silent)

    async def look_back() -> None:
        found = await desk.store.read(limits.in_force, environment)
        await counting.look_back(found.delete_after_days)

    async def drop_copies() -> None:
        found = await desk.store.read(limits.in_force, environment)
        await asyncio.to_thread(drop_old_copies, settings.var_dir, days_of_copies(found.delete_after_days))

    async def index_words() -> None:
        while desk.store.is_sqlite and await desk.store.write(word_index.index_words) >= word_index.AT_ONCE:
            await asyncio.sleep(PAUSE)

    async def tell_of_retention(words: str) -> None:
        await teller.tell(RETENTION, "Old conversations were not deleted", words)

    counting = Counting(desk.store)
    return [
        (teller.tell_open, 2.0),
        (take_back_overdue, 5.0),
        (desk.finish_erasures, 5.0),
        (desk.go_on, 5.0),
        (desk.store.work_in_log, 2.0),
        (index_words, 2.0),
        (Meanings(desk.store, settings.encoder_dir).look_on, 5.0),
        (counting.go_on, 300.0),
        (look_back, DAY),
        (Retention(desk.store, environment, tell_of_retention).run_daily, DAY),
        (drop_copies, DAY),
        (lambda: desk.store.write(staff.drop_old_sessions), 3600.0),
    ]


async def keep_doing(duty: Duty, seconds: float) -> None:
    """Until cancelled; a round that fails is logged and the next one comes all the same."""
    while True:
        try:
            await duty()
        except Exception as error:  # the database is locked, say
            logger.error("a duty failed", extra={"reason": type(error).__name__})
        await asyncio.sleep(seconds)
