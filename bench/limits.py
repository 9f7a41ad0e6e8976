"""`advisor bench memory`: engine, front and a load of conversations in so much memory, as on a small server.

All of it, this command too, goes into a control group (cgroup) whose memory is limited, where the system allows that, so that
what takes more is killed. What the processes take is added up meanwhile, also where there are no control groups.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from threading import Event

from bench.figures import percentile
from bench.front import front_before
from bench.messages import mixed
from bench.turns import SHORT, converse
from training.evaluation.assistant import Assistant, MeasurementFailed, advisor

GROUPS = Path("/sys/fs/cgroup")
PAUSE = 2.0  # seconds between two messages of one visitor
LOOK_EVERY = 0.5  # seconds between two looks at the memory
KILLED = {"memory.oom_control": "oom_kill", "memory.events": "oom_kill"}


@dataclass
class Load:
    """What visitors met, and the most memory (MB) that all processes had together."""

    latencies: list[float] = field(default_factory=list)
    most: float = 0.0


def bench_memory(megabytes: int, seconds: float, conversations: int, say: Callable[[str], None]) -> None:
    """Run engine and front under the limit while visitors talk; raises MeasurementFailed if one is killed or takes more."""
    with limited(megabytes) as group, tempfile.TemporaryDirectory(prefix="advisor-bench-") as scratch:
        say(
            f"limit: {megabytes} MB, {'by a control group' if group else 'added up, since there are no control groups'}"
        )
        with advisor("in-process", Path(scratch)) as engine, front_before(engine, Path(scratch)) as front:
            load = _load([engine, front], front, seconds, conversations)
            rows = [*engine.memory().items(), *front.memory().items()]
        killed = _killed(group) if group else 0
    for name, (now, _) in rows:
        say(f"{name}: {now:.0f} MB")
    say(f"together, with this command: {load.most:.0f} MB at most; killed: {killed}")
    answered, p95 = len(load.latencies), percentile(load.latencies, 0.95)
    say(f"{conversations} conversations, {answered} messages in {seconds:.0f} s, p95 {p95:.0f} ms")
    if killed or load.most > megabytes:
        raise MeasurementFailed(f"{megabytes} MB are not enough: {load.most:.0f} MB at most, {killed} killed")


@contextmanager
def limited(megabytes: int) -> Iterator[Path | None]:
    """Put this process, and so all that it starts, into a control group of so much memory; yield None if that is refused."""
    group = _new_group(megabytes)
    if group is None:
        yield None
        return
    try:
        _enter(group)
        yield group
    finally:
        _enter(group.parent)
        with suppress(OSError):
            group.rmdir()


def _new_group(megabytes: int) -> Path | None:
    """Return a new group in this process's own, of the first or the second version of control groups; None if refused."""
    for line in Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines():
        _, kinds, own = line.split(":", 2)
        if "memory" not in kinds.split(",") and kinds:
            continue
        root, limit = (GROUPS / "memory", "memory.limit_in_bytes") if kinds else (GROUPS, "memory.max")
        group = root / own.lstrip("/") / f"advisor-{os.getpid()}"
        try:
            group.mkdir()
            (group / limit).write_text(str(megabytes * 1_000_000))
        except OSError:
            with suppress(OSError):
                group.rmdir()
            continue
        return group
    return None


def _enter(group: Path) -> None:
    (group / "cgroup.procs").write_text(str(os.getpid()))


def _killed(group: Path) -> int:
    """Return how many processes of a group were killed for want of memory."""
    for name, key in KILLED.items():
        if (group / name).is_file():
            figures = dict(line.split() for line in (group / name).read_text(encoding="ascii").splitlines())
            return int(figures.get(key, 0))
    return 0


def _load(assistants: list[Assistant], front: Assistant, seconds: float, conversations: int) -> Load:
    """Have visitors talk to the front, each one message after the other, and watch the memory of all processes."""
    load, over = Load(), Event()
    pids = [os.getpid(), *(process.pid for each in assistants for process in each.processes.values())]
    with ThreadPoolExecutor(conversations + 1) as visitors:
        watching = visitors.submit(_watch, load, pids, over)
        try:
            until = time.monotonic() + seconds
            for latencies in visitors.map(lambda number: _visit(front, number, until), range(conversations)):
                load.latencies += latencies
        finally:
            over.set()
        watching.result()
    return load


def _visit(front: Assistant, number: int, until: float) -> list[float]:
    """Hold conversations until the time is over; return the ms of each turn."""
    latencies: list[float] = []
    for said, text in enumerate(cycle(mixed(400, seed=100 + number))):
        if time.monotonic() > until:
            break
        latencies += converse(front, [text], f"visitor-{number}-{said // SHORT}")
        time.sleep(PAUSE)
    return latencies


def _watch(load: Load, pids: list[int], over: Event) -> None:
    while not over.wait(LOOK_EVERY):
        load.most = max(load.most, sum(map(_proportional, pids)))


def _proportional(pid: int) -> float:
    """Return the MB of a process; of what processes share, each has its part. 0 if it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0.0
