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
        deleted = await self._delete(periods)
        return Due(mask=await self._mask(periods), delete=deleted)

    async def _delete(self, periods: Periods) -> int:
        count = 0
        while done := await self._store.write(retention.delete_some, periods):
            count += len(done)
            await asyncio.sleep(PAUSE)
        return count

    async def _mask(self, periods: Periods) -> int:
        """Cover in a thread of its own, while no transaction is open."""
        count = 0
        while found := await self._store.read(retention.next_to_mask, periods):
            for one in found:
                await self._store.write(retention.keep_covered, await asyncio.to_thread(retention.covered, one))
            count += len(found)
            await asyncio.sleep(PAUSE)
        return count
