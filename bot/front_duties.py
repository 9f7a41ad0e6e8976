"""What the front does again and again: alerts told, late conversations given back, deletions finished, old sessions dropped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.retention import Retention, periods_of
from bot.settings import Settings
from console.meanings import Meanings
from conversations import staff
from conversations.desk import Desk
from conversations.telling import Teller

logger = logging.getLogger(__name__)
DAY = 86_400.0  # seconds
Duty = Callable[[], Awaitable[object]]


def duties(desk: Desk, teller: Teller, settings: Settings) -> list[tuple[Duty, float]]:
    """Each with the seconds between two rounds."""
    waiting = timedelta(minutes=settings.handoff_wait_minutes)
    silent = timedelta(minutes=settings.person_silent_minutes)
    return [
        (teller.tell_open, 2.0),
        (lambda: desk.take_back_overdue(waiting, silent), 5.0),
        (desk.finish_erasures, 5.0),
        (desk.store.work_in_log, 2.0),
        (Meanings(desk.store, settings.encoder_dir).look_on, 5.0),
        (Retention(desk.store, periods_of(settings)).run, DAY),
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
