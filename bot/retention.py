"""Keeps what people said for as long as the settings say and no longer: `advisor privacy run`, and the front once a day."""

from __future__ import annotations

import asyncio

from bot.counting import Counting
from conversations import limits, retention
from conversations.demo import is_demo
from conversations.limits import Limits
from conversations.retention import Due, Periods
from conversations.store import Store

PAUSE = 0.05  # seconds between two batches, in which others write


class Retention:
    """`environment` are the limits that hold where the console sets none."""

    def __init__(self, store: Store, environment: Limits):
        self._store, self._environment = store, environment

    async def run(self) -> Due:
        """Do what is due, deletion first, so that nothing is covered that goes anyway. How many of each.

        Demo data is nobody's, and stays.
        """
        if await self._store.read(is_demo):
            return Due(0, 0)
        await Counting(self._store).go_on()  # what goes now is counted for good
        periods = (await self._store.read(limits.in_force, self._environment)).periods
        deleted = await self._all(retention.delete_some, periods)
        return Due(mask=await self._all(retention.mask_some, periods), delete=deleted)

    async def _all(self, some, periods: Periods) -> int:
        count = 0
        while done := await self._store.write(some, periods):
            count += done if isinstance(done, int) else len(done)
            await asyncio.sleep(PAUSE)
        return count
