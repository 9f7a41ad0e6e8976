"""`advisor bench turns`: what a whole turn costs, over HTTP, from the first of a conversation to the thousandth."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import peer
from bench.figures import percentile, ratio, table
from bench.messages import mixed, searches, to_peer
from bench.pace import pace, pace_told
from core.settings import Settings
from training.evaluation.assistant import Assistant, advisor

Say = Callable[[str], None]
WARM_UP = 100
WINDOW = 100  # turns measured at each place in a long conversation, the same messages each time
EARLY = 10  # turns after which a conversation is well under way
SHORT = 8  # turns of an ordinary conversation
PLACES = (1, 10, 100, 1000)
CROWDS = (1, 8, 32)
CROWD_TURNS = 320  # at each of them
LONGEST = 90.0  # seconds that one measurement may take; it ends with what it has


@dataclass(frozen=True)
class Measured:
    """Figures of some turns: latencies in ms, CPU ms a turn of all processes together, turns a second."""

    latencies: list[float]
    cpu: float
    rate: float

    @property
    def median(self) -> float:
        """Return the median latency, in ms."""
        return percentile(self.latencies, 0.5)

    @property
    def p95(self) -> float:
        """Return the latency, in ms, that 95 of 100 turns stay under."""
        return percentile(self.latencies, 0.95)


def bench_turns(actions: tuple[str, ...], with_peer: bool, train: bool, places: tuple[int, ...], say: Say) -> None:
    """Measure ours with each way to run actions, and the peer; print tables."""
    with tempfile.TemporaryDirectory(prefix="advisor-bench-") as scratch:
        if train:
            _bench_training(Path(scratch), say)
        ours = [_bench_one(partial(advisor, kind, Path(scratch) / kind), mixed, places, say) for kind in actions]
        if not with_peer:
            return
        settings = Settings.from_environment()
        python, folder = peer.peer_python(settings, say), settings.var_dir / "bench/peer"
        seconds = peer.prepare(python, folder, say)
        say(f"rasa init: training {seconds:.0f} s (when its folder was made)\n")
        theirs = _bench_one(lambda: peer.running(python, folder, Path(scratch)), to_peer, places, say)
        for measured in ours:
            _compare(measured, theirs, say)


@dataclass
class Result:
    """All figures of one assistant."""

    name: str
    started_in: float
    memory: float
    at_place: dict[int, Measured]
    in_crowd: dict[int, Measured]


def _bench_one(
    start: Callable[[], AbstractContextManager[Assistant]],
    messages: Callable[[int], list[str]],
    places: tuple[int, ...],
    say: Say,
) -> Result:
    before = pace()
    with ExitStack() as stack:
        assistant = stack.enter_context(start())
        say(f"== {assistant.name}: ready after {assistant.started_in:.1f} s")
        converse(assistant, messages(WARM_UP))
        senders = {place: uuid.uuid4().hex for place in places}
        reached = {place: at_place(assistant, place, messages, senders[place]) for place in places}
        rows = {place: one for place, one in reached.items() if one}
        say(_places_table(rows))
        late = max(rows)
        if late > EARLY:
            times = growth(assistant, senders[late], messages)
            say(f"by turns, one after turn {late:,} takes {times:.2f} times the CPU of one after turn {EARLY}\n")
        if messages is mixed:
            named = ordinary(assistant, searches(160))
            say(_turns_table("searches with names", named))
        crowds = {size: crowd(assistant, size, messages) for size in CROWDS}
        say(_crowds_table(crowds))
        memory = assistant.memory()
        say(table(("process", "MB", "at most"), [(name, *figures) for name, figures in memory.items()]) + "\n")
        say(pace_told(before, pace()) + "\n")
        return Result(assistant.name, assistant.started_in, sum(now for now, _ in memory.values()), rows, crowds)


def converse(assistant: Assistant, messages: list[str], sender: str | None = None) -> list[float]:
    """Hold one conversation and return the ms of each turn."""
    sender, connection = sender or uuid.uuid4().hex, assistant.connect()
    try:
        return [assistant.say(connection, sender, text) * 1000 for text in messages]
    finally:
        connection.close()


def at_place(assistant: Assistant, place: int, messages: Callable[[int], list[str]], sender: str) -> Measured | None:
    """Measure WINDOW turns from a turn of a conversation on, or WINDOW conversations' first turns.

    Returns None if it takes too long to get there.
    """
    asked = messages(WINDOW)
    if place == 1:
        return _measured(assistant, lambda: [converse(assistant, [text])[0] for text in asked])
    before = place - 1
    # So that the measured messages are the same at each place.
    led_up = (asked * (before // WINDOW + 2))[-before % WINDOW :][:before]
    deadline = time.monotonic() + LONGEST
    for start in range(0, before, SHORT):
        converse(assistant, led_up[start : start + SHORT], sender)
        if time.monotonic() > deadline:
            return None
    return _measured(assistant, lambda: converse(assistant, asked, sender))


def growth(assistant: Assistant, long_one: str, messages: Callable[[int], list[str]]) -> float:
    """Return the CPU time of the next turns of a long conversation, divided by that of the same messages early in new ones.

    They take turns, since how fast the machine is may change meanwhile.
    """
    asked, late, early = messages(WINDOW), 0.0, 0.0
    for start in range(0, WINDOW, EARLY):
        part, new_one = asked[start : start + EARLY], uuid.uuid4().hex
        converse(assistant, asked[:EARLY], new_one)
        began = assistant.cpu_seconds()
        converse(assistant, part, new_one)
        between = assistant.cpu_seconds()
        converse(assistant, part, long_one)
        early, late = early + between - began, late + assistant.cpu_seconds() - between
    return late / early


def ordinary(assistant: Assistant, asked: list[str]) -> Measured:
    """Measure conversations of SHORT turns, one after the other."""
    parts = [asked[start : start + SHORT] for start in range(0, len(asked), SHORT)]
    return _measured(assistant, lambda: [ms for part in parts for ms in converse(assistant, part)])


def crowd(assistant: Assistant, size: int, messages: Callable[[int], list[str]]) -> Measured:
    """Measure `size` conversations at a time, each of SHORT turns and then anew."""
    asked = messages(CROWD_TURNS)
    parts = [asked[start : start + SHORT] for start in range(0, len(asked), SHORT)]
    deadline = time.monotonic() + LONGEST

    def one(part: list[str]) -> list[float]:
        return converse(assistant, part) if time.monotonic() < deadline else []

    def all_of_them() -> list[float]:
        with ThreadPoolExecutor(size) as pool:
            return [ms for latencies in pool.map(one, parts) for ms in latencies]

    return _measured(assistant, all_of_them)


def _measured(assistant: Assistant, job: Callable[[], list[float]]) -> Measured:
    cpu, began = assistant.cpu_seconds(), time.perf_counter()
    latencies = job()
    seconds, cpu = time.perf_counter() - began, assistant.cpu_seconds() - cpu
    return Measured(latencies, cpu * 1000 / len(latencies), len(latencies) / seconds)


def _places_table(rows: dict[int, Measured]) -> str:
    head = ("from turn", "p50 ms", "p95 ms", "CPU ms")
    return (
        table(head, [(place, measured.median, measured.p95, measured.cpu) for place, measured in rows.items()]) + "\n"
    )


def _turns_table(what: str, measured: Measured) -> str:
    return table(("turns", "p50 ms", "p95 ms", "CPU ms"), [(what, measured.median, measured.p95, measured.cpu)]) + "\n"


def _crowds_table(rows: dict[int, Measured]) -> str:
    head = ("conversations", "turns/s", "p50 ms", "p95 ms", "slowest", "CPU ms")
    lines = [
        (size, measured.rate, measured.median, measured.p95, max(measured.latencies), measured.cpu)
        for size, measured in rows.items()
    ]
    return table(head, lines) + "\n"


def _compare(ours: Result, theirs: Result, say: Say) -> None:
    """Print the ratios of costs, theirs to ours, and of throughput, ours to theirs."""
    rows = [("start", ratio(theirs.started_in, ours.started_in)), ("memory", ratio(theirs.memory, ours.memory))]
    for place, one in ours.at_place.items():
        other = theirs.at_place.get(place)
        if other is None:
            continue
        rows.append((f"p50 from turn {place}", ratio(other.median, one.median)))
        rows.append((f"CPU from turn {place}", ratio(other.cpu, one.cpu)))
    for size, one in ours.in_crowd.items():
        rows.append((f"turns/s of {size} conversations", ratio(one.rate, theirs.in_crowd[size].rate)))
    say(table((f"{theirs.name} / {ours.name}", "ratio"), rows) + "\n")


def _bench_training(scratch: Path, say: Say) -> None:
    from dataclasses import replace

    from training.train import train

    base = Settings.from_environment()
    began = time.monotonic()
    train(replace(base, var_dir=scratch, models_dir=scratch, encoder_dir=base.encoder_dir), lambda line: None)
    say(f"training: {time.monotonic() - began:.1f} s\n")
