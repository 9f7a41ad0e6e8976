"""Serial task queue with one worker per key: jobs of one key run in order, jobs of different keys at the same time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from conversations.pipeline.scheduling.fair_slots import FairSlots

logger = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0  # seconds before a job that raised runs again
FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0  # seconds before a lease that another front has is asked for again
MOST_PAUSING = 300  # leases kept in pauses; the server has room for some thousand


class Leases(Protocol):
    """What keeps other fronts on the same database from the work of a key."""

    async def acquire(self, key: str) -> bool:
        """Take the lease of a key; returns False if it cannot be had now."""

    def release(self, key: str) -> None:
        """Give the lease of a key back, if it is held."""

    def holds(self, key: str) -> bool:
        """Return True if the lease of a key is held."""


class KeyedQueue:
    """Runs `job(key)`, which does all that is open for the key, whenever the key is scheduled.

    A key that is scheduled while its job runs is run once more. A job that returns a number of seconds is run again after
    them; while it pauses it holds none of the `concurrency` slots. When more keys want a slot than there are, their groups
    take turns; a key scheduled without a group is a group of its own.

    With `leases`, several fronts have such a queue over one database, and a job runs only while its key is leased: at one
    front at a time. The leases of this queue are named by `kind`.
    """

    def __init__(
        self,
        job: Callable[[str], Awaitable[float | None]],
        concurrency: int = 64,
        leases: Leases | None = None,
        kind: str = "",
    ) -> None:
        self._job, self._leases, self._kind = job, leases, kind
        self._refusals: dict[str, int] = {}  # by key that another front works on: how often its lease was refused
        self._run_again: dict[str, bool] = {}  # by active key: True if it was scheduled since its job began
        self._groups: dict[str, str] = {}
        self._pauses: dict[str, asyncio.Event] = {}
        self._without_pause: set[str] = set()  # active keys whose pause was ended before it began
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = FairSlots(concurrency)
        self._stopping = False

    def may_go_on(self, key: str) -> bool:
        """Return False once the queue is stopping or the key's lease was lost; the key's job should then return early."""
        return not self._stopping and (self._leases is None or self._leases.holds(self.lease_of(key)))

    def lease_of(self, key: str) -> str:
        """Return the name of a key's lease."""
        return f"{self._kind} {key}"

    def was_elsewhere(self, key: str) -> bool:
        """Return True if another front had the key since it was scheduled; what was known of it may be old."""
        return key in self._refusals

    def schedule(self, key: str, group: str = "") -> None:
        """Have the key's job run as soon as its group gets a slot; does nothing once the queue is stopping."""
        if self._stopping:
            return
        if key in self._run_again:
            self._run_again[key] = True
            return
        self._run_again[key] = False
        self._groups[key] = group or key
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def schedule_now(self, key: str) -> None:
        """Schedule the key and end its pause, be it under way or asked for by the job that is running."""
        if key in self._pauses:
            self._pauses[key].set()
        elif self.is_active(key):
            self._without_pause.add(key)
        self.schedule(key)

    def look_again(self, key: str) -> None:
        """End the wait of a key for another front's lease, if it waits: that front has done something."""
        if key in self._refusals and key in self._pauses:
            self._pauses[key].set()

    def is_active(self, key: str) -> bool:
        """Return True if the key's job is running, pausing or waiting for a slot."""
        return key in self._run_again

    def expected_wait(self, group: str) -> float:
        """Return an estimate of the seconds until a key of this group would run if it were scheduled now."""
        return self._slots.expected_wait(group)

    def expecting(self, group: str) -> AbstractContextManager[None]:
        """Count a key of this group that will be scheduled soon among those that wait, while the context lasts."""
        return self._slots.expecting(group)

    async def stop(self, seconds: float) -> None:
        """Let running jobs end, and cancel those that take longer than `seconds`."""
        self._stopping = True
        for pause in self._pauses.values():
            pause.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, key: str) -> None:
        failures = 0
        try:
            while not self._stopping:
                try:
                    async with self._slots.hold(self._groups[key]):
                        self._run_again[key] = False
                        self._without_pause.discard(key)
                        pause = None if self._stopping else await self._run_job(key)
                    failures = 0
                except Exception as error:  # for example a locked database: nothing is lost, other keys go on
                    logger.exception("a conversation's work failed and is tried again", exc_info=error)
                    pause = min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)
                    failures += 1
                if pause and key not in self._without_pause:
                    await self._pause(key, pause)
                elif not self._run_again[key]:
                    return
        finally:
            del self._run_again[key], self._groups[key]
            self._without_pause.discard(key)
            self._refusals.pop(key, None)
            if self._leases:
                self._leases.release(self.lease_of(key))

    async def _run_job(self, key: str) -> float | None:
        """Run the key's job, if its lease can be had; return the seconds until it is to run again, or None if it is done."""
        if self._leases is None:
            return await self._job(key)
        lease = self.lease_of(key)
        if not (self._leases.holds(lease) or await self._leases.acquire(lease)):
            self._refusals[key] = self._refusals.get(key, 0) + 1
            return min(FIRST_WAIT * 2.0 ** min(self._refusals[key] - 1, 10), LONGEST_WAIT)
        pause = await self._job(key)
        if not self._leases.holds(lease) and not self._stopping:
            return FIRST_WAIT  # the lease was lost meanwhile, and with it perhaps the rest of the work
        self._refusals.pop(key, None)
        if pause and len(self._pauses) >= MOST_PAUSING:
            self._leases.release(lease)
        return pause

    async def _pause(self, key: str, seconds: float) -> None:
        """Wait for the seconds to pass; ends early on `schedule_now` and `stop`."""
        if self._stopping:
            return
        pause = self._pauses[key] = asyncio.Event()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pause.wait(), seconds)
        finally:
            del self._pauses[key]
