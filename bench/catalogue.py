"""`advisor bench catalogue`: import, search and names in a made-up catalogue of the organisation's own programs."""

from __future__ import annotations

import math
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from bench.catalogue_records import PLACES, SUBJECTS, TODAY, programs
from bench.catalogue_table import rows_a_second
from bench.figures import percentile, table
from own_programs.records import ProgramRecord
from own_programs.search.find import CatalogueSearch
from own_programs.search.names import NameIndex
from own_programs.search.wishes import Wishes, WordWish
from own_programs.store.writer import FILE_NAME, writing

T = TypeVar("T")
Say = Callable[[str], None]
SIZES = (1_000, 10_000, 100_000)
LARGEST_TABLE = 100_000  # programs; an imported file is read into memory
ASKED = 300  # searches, and messages
HEAD = (
    *("programs", "file: rows/s", "written/s", "MB", "five wishes p50 ms", "p95", "one wish p95", "nearest p95"),
    *("names p50 ms", "p95", "reader MB"),
)
_MESSAGES = (
    "how much is {name}?",
    "tell me about {short}",
    "when does {typo} start and can I do it online",
    "i am looking for evening courses on {subject} in {place} under 500 euros",
    "hello, my friend told me that there are grants for people who work, is that right?",
    "what does {provider} offer",
)


@dataclass(frozen=True)
class Measured:
    """What a reader's process measured, in milliseconds of its processor; `memory` is what it took on top, in megabytes."""

    five: list[float]
    one: list[float]
    near: list[float]
    names: list[float]
    memory: float


def bench_catalogue(sizes: Iterable[int], say: Say, keep: Path | None = None) -> None:
    """Write a catalogue of each size and measure it; print a table.

    A catalogue that stands in `keep` already is measured as it is, without an import.
    """
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = (keep or Path(folder)) / (f"{size}.db" if keep else FILE_NAME)
            rate = written = math.nan
            if not path.is_file():
                rate = rows_a_second(Path(folder), min(size, LARGEST_TABLE))
                say(f"a table of {min(size, LARGEST_TABLE)} programs imported, {rate:.0f} rows/s")
                seconds = _write(path, size)
                written = size / seconds
                say(f"{size} programs written in {seconds:.1f} s")
            with ProcessPoolExecutor(1, get_context("spawn")) as process:
                found = process.submit(measured, path, size).result()
            rows.append(_row(size, rate, written, path.stat().st_size, found))
    say(table(HEAD, rows))


def _write(path: Path, size: int) -> float:
    """Write a catalogue and return the seconds that it took, without those for making up the programs."""
    made_up = 0.0

    def made() -> Iterator[ProgramRecord]:
        nonlocal made_up
        begun = time.thread_time()
        for program in programs(size):
            made_up += time.thread_time() - begun
            yield program
            begun = time.thread_time()

    begun = time.thread_time()
    with writing(path) as writer:
        writer.source("bench")
        for _ in writer.put_all(made()):
            pass
    return time.thread_time() - begun - made_up


def measured(path: Path, size: int) -> Measured:
    """Measure searches and names; runs in a process of its own."""
    before = _memory()
    search, names = CatalogueSearch(path), NameIndex(path)
    few = ASKED // 10
    asked = list(wishes(ASKED))
    found = Measured(
        five=_times(lambda each: search.find(each, TODAY), asked),
        one=_times(lambda each: search.find(each, TODAY), [Wishes(modes=("online",)), Wishes(schedules=("evening",))]),
        near=_times(lambda each: search.near_misses(each, TODAY), asked[:few]),
        names=_times(names.find, list(messages(ASKED, size))),
        memory=_memory() - before,
    )
    search.close()
    names.close()
    return found


def wishes(count: int) -> Iterator[Wishes]:
    """Yield searches with five wishes and words, always the same ones."""
    for number in range(count):
        chance = random.Random(number)
        subject = chance.choice(SUBJECTS)
        word = subject if chance.random() < 0.5 else subject.split()[0]
        yield Wishes(
            words=(WordWish((word,), label=word),),
            modes=("online", "hybrid") if chance.random() < 0.5 else ("in-person",),
            schedules=(chance.choice(("evening", "weekend", "daytime")),),
            places=(chance.choice(PLACES),) if chance.random() < 0.5 else (),
            max_price=float(chance.choice((300, 500, 1000))),
            currency="EUR",
            price_category=chance.choice((None, "member")),
            start_from=TODAY + timedelta(days=chance.randrange(90)),
            max_weeks=float(chance.choice((8, 12))),
            order=chance.choice((None, None, "price", "start")),
        )


def messages(count: int, size: int) -> Iterator[str]:
    """Yield messages with names of the catalogue, whole, in part and mistyped, and without any."""
    known = list(programs(min(size, 1_000)))
    for number in range(count):
        chance = random.Random(number)
        one = chance.choice(known)
        words = one.name.split()
        at = chance.randrange(len(words))
        typo = [*words[:at], words[at][:2] + words[at][3:], *words[at + 1 :]]
        said = {"name": one.name, "short": " ".join(words[: max(3, len(words) - 2)]), "typo": " ".join(typo)}
        said |= {"provider": one.provider, "subject": one.subjects[0].lower(), "place": chance.choice(PLACES)}
        yield _MESSAGES[number % len(_MESSAGES)].format(**said)


def _times(ask: Callable[[T], object], asked: Sequence[T]) -> list[float]:
    """Return the processor's time for each call, after some that are not counted; other work on the machine counts little."""
    for each in asked[:5]:
        ask(each)
    taken = []
    for each in asked:
        begun = time.thread_time()
        ask(each)
        taken.append(1000 * (time.thread_time() - begun))
    return taken


def _row(size: int, rate: float, written: float, octets: int, found: Measured) -> tuple[object, ...]:
    five = percentile(found.five, 0.5), percentile(found.five, 0.95)
    names = percentile(found.names, 0.5), percentile(found.names, 0.95)
    others = percentile(found.one, 0.95), percentile(found.near, 0.95)
    return (size, rate, written, octets / 1e6, *five, *others, *names, found.memory)


def _memory() -> float:
    """Return how much memory this process has, in megabytes; files that others may have, too, are not counted."""
    resident, shared = Path("/proc/self/statm").read_text(encoding="ascii").split()[1:3]
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE") / 1e6
