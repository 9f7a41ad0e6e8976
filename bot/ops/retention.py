"""Retention: masks and deletes conversations when they are old enough; `advisor privacy run`, and the front once a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from conversations.admin import timeouts
from conversations.admin.timeouts import Timeouts
from conversations.analytics.jobs import DailyCountJob
from conversations.data_rights import retention
from conversations.data_rights.retention import DueCounts, RetentionPeriods
from conversations.db.demo_marker import is_demo
from conversations.db.store import Store
from conversations.errors import StoreError

logger = logging.getLogger(__name__)
PAUSE = 0.05  # seconds between two batches, in which others write


class HeldBack(StoreError):
    """Refusal of a run that would delete so much at once that a clock or a setting may be wrong; nothing was done."""


class Retention:
    """Runs of the retention. `environment` holds the timeouts that the console does not set; `tell` alerts staff."""

    def __init__(
        self, store: Store, environment: Timeouts, tell: Callable[[str], Awaitable[object]] | None = None
    ) -> None:
        self._store, self._environment, self._tell = store, environment, tell

    async def run_daily(self) -> None:
        """Mask and delete what is due; if that is too much at once, do nothing and alert staff once."""
        try:
            await self.run()
        except HeldBack as error:
            logger.error("the privacy run was held back", extra={"reason": str(error)})
            if await self._store.write(retention.record_held_back, True) and self._tell:
                await self._tell(str(error))
            return
        await self._store.write(retention.record_held_back, False)

    async def run(self, sure: bool = False) -> DueCounts:
        """Delete, then mask what is due, and return how many of each.

        Demo data is nobody's, and stays. HeldBack where it would be nearly everything, unless somebody is `sure`.
        """
        if await self._store.read(is_demo):
            return DueCounts(0, 0)
        await DailyCountJob(self._store).go_on()  # what goes now is counted for good
        periods = (await self._store.read(timeouts.effective, self._environment)).periods
        too_much = (await self._store.read(retention.count_due, periods)).too_much
        if too_much and not sure:
            raise HeldBack(
                f"Not done: {too_much}. Look at this machine's clock and at ADVISOR_DELETE_AFTER_DAYS and "
                "ADVISOR_MASK_AFTER_DAYS; if it is right, run `advisor privacy run --yes`."
            )
        deleted = await self._delete(periods)
        return DueCounts(mask=await self._mask(periods), delete=deleted)

    async def _delete(self, periods: RetentionPeriods) -> int:
        count = 0
        while done := await self._store.write(retention.delete_batch, periods):
            count += len(done)
            await asyncio.sleep(PAUSE)
        return count

    async def _mask(self, periods: RetentionPeriods) -> int:
        """Mask in a thread of its own, while no transaction is open."""
        count = 0
        while found := await self._store.read(retention.next_to_mask, periods):
            for one in found:
                await self._store.write(retention.store_masked, await asyncio.to_thread(retention.mask_texts, one))
            count += len(found)
            await asyncio.sleep(PAUSE)
        return count
