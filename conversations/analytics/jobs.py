"""Keeps the daily counts behind the insights up to date: the front does it in passing, `advisor insights rebuild` at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

from conversations.analytics import daily_counts
from conversations.db.schema import now
from conversations.db.store import Store

DAY, A_STRETCH = timedelta(days=1), 7  # days counted at a time
PAUSE = 0.05  # seconds between two, in which others write


class DailyCountJob:
    def __init__(self, store: Store):
        self._store = store

    async def go_on(self) -> None:
        """From the day that was counted last, which was not over yet, to today."""
        start = await self._store.read(daily_counts.last_counted_day) or await self._store.read(daily_counts.first_day)
        if start:
            await self._count(start)

    async def look_back(self, kept_days: int) -> None:
        """The days of which staff may still have ended something; but none whose conversations may be gone already."""
        if await self._store.read(daily_counts.last_counted_day):
            days = min(daily_counts.STAYS_OPEN, kept_days - 1) if kept_days else daily_counts.STAYS_OPEN
            await self._count(_today() - max(days, 0) * DAY)

    async def rebuild(self, kept_days: int) -> tuple[date, date] | None:
        """Count all anew that is still there in full: conversations go after `kept_days` (0: never). The days, or None."""
        first = await self._store.read(daily_counts.first_day)
        if first is None:
            return None
        whole = max(first, _today() - (kept_days - 1) * DAY) if kept_days else first
        await self._count(whole)
        return whole, _today()

    async def _count(self, start: date) -> None:
        for first, last in _stretches(start, _today()):
            found = await self._store.read(daily_counts.count, first, last)
            await self._store.write(daily_counts.store_counts, first, last, found)
            await asyncio.sleep(PAUSE)


def _stretches(start: date, end: date) -> Iterator[tuple[date, date]]:
    while start <= end:
        last = min(start + (A_STRETCH - 1) * DAY, end)
        yield start, last
        start = last + DAY


def _today() -> date:
    return now().date()
