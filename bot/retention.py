"""Keeps what people said for as long as the settings say and no longer: `advisor privacy run`, and the front once a day."""

from __future__ import annotations

import asyncio

from bot.settings import Settings
from conversations import retention
from conversations.demo import is_demo
from conversations.retention import Due, Periods
from conversations.store import Store

PAUSE = 0.05  # seconds between two batches, in which others write


def periods_of(settings: Settings) -> Periods:
    return Periods(settings.mask_after_days, settings.delete_after_days)


class Retention:
    def __init__(self, store: Store, periods: Periods):
        self._store, self._periods = store, periods

    async def run(self) -> Due:
        """Do what is due, deletion first, so that nothing is covered that goes anyway. How many of each.

        Demo data is nobody's, and stays.
        """
        if await self._store.read(is_demo):
            return Due(0, 0)
        deleted = await self._all(retention.delete_some)
        return Due(mask=await self._all(retention.mask_some), delete=deleted)

    async def _all(self, some) -> int:
        count = 0
        while done := await self._store.write(some, self._periods):
            count += done if isinstance(done, int) else len(done)
            await asyncio.sleep(PAUSE)
        return count
