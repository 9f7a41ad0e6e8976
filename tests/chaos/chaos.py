"""A whole run: everything is started, people write while things break, and what became of it is read back."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from conversations.db import schema
from conversations.db.store import Store
from tests.chaos.breakages import Breaker, chosen
from tests.chaos.installation import Installation
from tests.chaos.people import Person, Plan, Visitor, people
from tests.chaos.tally import Reading, Tally, read_back

SETTLING_SECONDS = 240.0  # until everything is answered and sent, once all is well again
HEARING_SECONDS = 60.0  # until widgets have heard it: a stream that missed a notice looks at each ping


@dataclass(frozen=True)
class Options:
    """How large a run is; `pause` is the mean number of seconds between two things that break."""

    seed: int
    seconds: float
    pause: float
    conversations: int
    messages: int
    fronts: int = 3
    engines: int = 2
    with_real_engines: bool = False


async def run(options: Options, questions: tuple[str, ...], folder: Path, log: Path) -> tuple[Tally, Counter[str]]:
    """Run everything; return what became of it, and how often what was broken. `folder` is for files that are made."""
    installation = Installation(folder, options.fronts, options.engines, options.with_real_engines)
    store = Store(installation.database.url)
    try:
        await installation.start()
        breaker = Breaker(installation, chosen(options.seed, options.seconds, options.pause), log)
        everybody = await _live(installation, breaker, store, options, questions)
        shown = await _shown_to_staff(installation)
        tally = read_back(store, everybody, installation, shown)
        return tally, breaker.counts
    finally:
        store.close()
        installation.keep_logs(log.with_suffix(""))
        await installation.end()


async def _live(
    installation: Installation, breaker: Breaker, store: Store, options: Options, questions: tuple[str, ...]
) -> list[Person]:
    """Have people write while things break; return them once all is answered, sent and heard."""
    plan = Plan(options.conversations, options.messages, options.seconds, questions)
    everybody, over = people(installation, plan), asyncio.Event()
    watching = asyncio.create_task(breaker.keep_running())
    lives = [
        asyncio.create_task(person.live(plan, random.Random(f"{options.seed} {person.number}"), over))
        for person in everybody
    ]
    try:
        await breaker.run()
        breaker.note("nothing breaks any more")
        await _until_written(lives, everybody)
        breaker.note("everybody has written everything")
        await _until(SETTLING_SECONDS, _is_settled, store)
        breaker.note("everything is answered and sent")
        await _until(HEARING_SECONDS, _is_heard, store, [each for each in everybody if isinstance(each, Visitor)])
        breaker.note("every widget has heard it")
        over.set()
        await asyncio.gather(*lives)
        return everybody
    finally:
        for task in (watching, *lives):
            task.cancel()
        await asyncio.gather(watching, *lives, return_exceptions=True)


async def _until_written(lives: list[asyncio.Task[None]], everybody: list[Person]) -> None:
    """Wait until everybody has written everything; raises what went wrong with one of them."""
    while not all(person.has_written for person in everybody):
        for life in lives:
            if life.done():
                life.result()
        await asyncio.sleep(0.2)


async def _until(seconds: float, is_so: Callable[..., bool], *about: Any) -> None:
    """Wait until something is so, for some seconds at most: what then still is not shows in the tally."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not await asyncio.to_thread(is_so, *about):
        await asyncio.sleep(0.5)


def _is_settled(store: Store) -> bool:
    try:
        states = store.run(lambda connection: connection.execute(select(schema.message.c.state)).scalars().all())
        sent = store.run(lambda connection: connection.execute(select(schema.delivery.c.state)).scalars().all())
    except SQLAlchemyError:  # the server comes back from the last crash
        return False
    return "received" not in states and not {"pending", "sending"} & set(sent)


def _is_heard(store: Store, visitors: list[Visitor]) -> bool:
    reading = Reading(store)
    return not any(reading.due_to(visitor) - set(visitor.heard) for visitor in visitors)


async def _shown_to_staff(installation: Installation) -> set[int]:
    """Return the ids of the messages that the operators' API calls failed."""
    answer = await asyncio.to_thread(installation.fronts[0].operate, "GET", "failed")
    assert answer.status_code == 200, answer.text
    return {message["message"] for message in answer.json()}
