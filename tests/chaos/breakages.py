"""Things that break, chosen by a seed before anything begins, so that a run's choices can be repeated."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.installation import ClockedFront, Installation
from tests.chaos.machine import FAKETIME
from tests.front.processes import Program

KILL_FRONT, KILL_ENGINE, KILL_DATABASE, KILL_NGINX = "front killed", "engine killed", "database killed", "nginx killed"
CRASH, CUT, DELAY, HOLD = "database crashed", "connection cut", "connection slowed", "connection held up"
DISK, CLOCK = "disk filled", "clock set wrong"
# How often each comes in turn; the database takes all with it, so it is left in peace more often than the rest.
KINDS = (
    KILL_FRONT,
    CUT,
    HOLD,
    KILL_ENGINE,
    DELAY,
    KILL_FRONT,
    CRASH,
    CUT,
    CLOCK,
    DISK,
    HOLD,
    KILL_NGINX,
    KILL_DATABASE,
)
LOOK_SECONDS = 0.5  # between two looks whether a process has ended; a service manager takes as long to start it again


@dataclass(frozen=True)
class Breakage:
    """What breaks when (seconds from the beginning), for how long; `number` chooses where, `amount` (0 to 1) how much."""

    at: float
    kind: str
    number: int
    seconds: float
    amount: float


def chosen(seed: int, seconds: float, pause: float) -> list[Breakage]:
    """Return what breaks within some seconds, with `pause` seconds between two on average."""
    dice = random.Random(seed)
    found: list[Breakage] = []
    waiting: list[str] = []
    at = pause
    while at < seconds:
        if not waiting:
            waiting = dice.sample(KINDS, len(KINDS))
        length = min(dice.uniform(1.0, 8.0), seconds - at)
        found.append(Breakage(at, waiting.pop(), dice.randrange(1000), length, dice.random()))
        at += pause * dice.uniform(0.4, 1.6)
    return found


class Breaker:
    """Breaks an installation as chosen, starts again what has ended, and keeps a log of both in a file."""

    def __init__(self, installation: Installation, breakages: list[Breakage], log: Path) -> None:
        self._all, self._breakages, self._log = installation, breakages, log
        self._began = time.monotonic()
        self._being_killed: list[Program] = []
        self.counts: Counter[str] = Counter()
        self._broken: dict[str, Callable[[Breakage], Awaitable[str]]] = {
            KILL_FRONT: lambda it: self._kill(self._all.fronts, it),
            KILL_ENGINE: lambda it: self._kill(self._all.engines, it),
            KILL_DATABASE: lambda it: self._kill([self._all.database], it),
            **{KILL_NGINX: self._kill_nginx, CRASH: self._crash, CUT: self._cut, DELAY: self._delay, HOLD: self._hold},
            **{DISK: self._fill, CLOCK: self._set_clock},
        }

    async def run(self) -> None:
        """Break everything at its time, and return when all of it is over."""
        async with asyncio.TaskGroup() as group:
            for breakage in self._breakages:
                group.create_task(self._break(breakage))

    async def keep_running(self) -> None:
        """Start again what has ended, as a service manager does; never return."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for name, program in self._all.programs.items():
                if program not in self._being_killed and (
                    program.process is None or program.process.poll() is not None
                ):
                    self.note(f"started again: {name}")
                    await asyncio.to_thread(program.start)

    def note(self, what: str) -> None:
        """Write a line to the log, with the seconds since the beginning."""
        with self._log.open("a", encoding="utf-8") as file:
            file.write(f"{time.monotonic() - self._began:7.1f} s  {what}\n")

    async def _break(self, breakage: Breakage) -> None:
        await asyncio.sleep(max(0.0, self._began + breakage.at - time.monotonic()))
        where = await self._broken[breakage.kind](breakage)
        self.counts[breakage.kind if where else f"{breakage.kind}: not to be had here"] += 1

    async def _kill(self, programs: list[Any], it: Breakage) -> str:
        program = programs[it.number % len(programs)]
        self.note(f"{it.kind}: {it.number % len(programs)}")
        if program not in self._being_killed:
            self._being_killed.append(program)
            await asyncio.to_thread(program.kill)
            self._being_killed.remove(program)
        return it.kind

    async def _kill_nginx(self, it: Breakage) -> str:
        """Kill nginx's workers, whose master starts others."""
        master = self._all.site.process.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
        self.note(f"{it.kind}: {len(workers)} workers")
        for worker in workers:
            os.kill(int(worker), signal.SIGKILL)
        return it.kind

    async def _crash(self, it: Breakage) -> str:
        was_there = await asyncio.to_thread(self._all.database.crash)
        self.note(f"{it.kind}{'' if was_there else ': it was not there'}")
        return it.kind

    def _wire(self, it: Breakage) -> Any:
        return self._all.wires[it.number % len(self._all.wires)]

    async def _cut(self, it: Breakage) -> str:
        wire = self._wire(it)
        self.note(f"{it.kind}: {wire.name}, {wire.cut()} connections")
        return wire.name

    async def _delay(self, it: Breakage) -> str:
        wire = self._wire(it)
        wire.delay = 0.005 + it.amount * 0.3
        self.note(f"{it.kind}: {wire.name}, by {wire.delay * 1000:.0f} ms for {it.seconds:.1f} s")
        await asyncio.sleep(it.seconds)
        wire.delay = 0.0
        return wire.name

    async def _hold(self, it: Breakage) -> str:
        """Let nothing pass for a while; then it passes after all, or the connection breaks."""
        wire, ends_well = self._wire(it), it.amount < 0.5
        self.note(f"{it.kind}: {wire.name} for {it.seconds:.1f} s, {'then passes' if ends_well else 'then cut'}")
        wire.hold()
        await asyncio.sleep(it.seconds)
        if not ends_well:
            wire.cut()
        wire.release()
        return wire.name

    async def _fill(self, it: Breakage) -> str:
        """Fill the disk on which the database and the fronts' folders lie."""
        if not self._all.disk.can_be_full:
            return ""
        self.note(f"{it.kind} for {it.seconds:.1f} s")
        await asyncio.to_thread(self._all.disk.fill)
        await asyncio.sleep(it.seconds)
        self._all.disk.empty()
        return it.kind

    async def _set_clock(self, it: Breakage) -> str:
        """Set the clock of a front up to two hours ahead or back."""
        if FAKETIME is None:
            return ""
        front: ClockedFront = self._all.fronts[it.number % len(self._all.fronts)]
        shift = round((it.amount - 0.5) * 4 * 3600)
        self.note(f"{it.kind}: front {it.number % len(self._all.fronts)} by {shift:+d} s for {it.seconds:.1f} s")
        front.clock.shift(shift)
        await asyncio.sleep(it.seconds)
        front.clock.shift(0)
        return it.kind
