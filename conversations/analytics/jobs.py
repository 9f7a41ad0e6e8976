"""Background job that keeps the daily counts up to date; `advisor insights rebuild` runs it as a command."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta

from conversations.accounts import accounts
from conversations.analytics import daily_counts
from conversations.db.store import Store
from conversations.local_days import by_clock_of, is_zone, office_zone, today

DAY, BATCH_DAYS = timedelta(days=1), 7  # days counted per transaction
PAUSE = 0.05  # seconds between two batches, in which others can write


class DailyCountJob:
    """Counts the days of a store, in batches."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def go_on(self) -> None:
        """Count from the last counted day, which was not over then, to today, by the clock of each zone in use."""
        for zone in await self._zones():
            with by_clock_of(zone):
                await self._go_on()

    async def _go_on(self) -> None:
        start = await self._store.read(daily_counts.last_counted_day) or await self._store.read(daily_counts.first_day)
        if start:
            await self._count(start)

    async def recount_recent(self, kept_days: int) -> None:
        """Count again the recent days whose hand-offs may have ended since.

        `kept_days` is the retention of conversations (0: for ever); older days are left alone, since their conversations may
        be deleted already.
        """
        zones = await self._zones()
        await self._store.write(daily_counts.forget_other_zones, zones)
        for zone in zones:
            with by_clock_of(zone):
                await self._recount_recent(kept_days)

    async def _recount_recent(self, kept_days: int) -> None:
        if await self._store.read(daily_counts.last_counted_day):
            days = min(daily_counts.STAYS_OPEN, kept_days - 1) if kept_days else daily_counts.STAYS_OPEN
            await self._count(today() - max(days, 0) * DAY)

    async def rebuild(self, kept_days: int) -> tuple[date, date] | None:
        """Count again all days whose conversations are still stored completely.

        Args:
            kept_days: Retention of conversations in days; 0 means for ever.

        Returns:
            The first and last day counted by the office's clock, or None without messages.
        """
        spans = []
        for zone in await self._zones():
            with by_clock_of(zone):
                spans.append(await self._rebuild(kept_days))
        return spans[0]

    async def _rebuild(self, kept_days: int) -> tuple[date, date] | None:
        first = await self._store.read(daily_counts.first_day)
        if first is None:
            return None
        start = max(first, today() - (kept_days - 1) * DAY) if kept_days else first
        await self._count(start)
        return start, today()

    async def _zones(self) -> list[str]:
        """Return the zones by whose clocks is counted: "", which stands for the office's, and those of accounts."""
        chosen = await self._store.read(accounts.list_time_zones)
        return ["", *(zone for zone in chosen if zone != office_zone() and is_zone(zone))]

    async def _count(self, start: date) -> None:
        for first, last in _batches(start, today()):
            rows = await self._store.read(daily_counts.count, first, last)
            await self._store.write(daily_counts.store_counts, first, last, rows)
            await asyncio.sleep(PAUSE)


def _batches(start: date, end: date) -> Iterator[tuple[date, date]]:
    while start <= end:
        last = min(start + (BATCH_DAYS - 1) * DAY, end)
        yield start, last
        start = last + DAY
