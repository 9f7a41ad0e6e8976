"""Three fronts on one PostgreSQL database are killed and cut off at random while people write: nothing is lost or out of order.

Small here; `make chaos` sets more people and ten minutes.
"""
# ruff: noqa: F811 (fixtures are imported by name)

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from conversations.db import schema
from conversations.db.store import Store
from tests.front.chaos import Chaos, Outcome, Plan
from tests.front.processes import RunningFront
from tests.front.test_kills import Platform, platform  # noqa: F401
from tests.harness import free_port, until

FRONTS = int(os.environ.get("CHAOS_FRONTS", "3"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
PLAN = Plan(
    conversations=int(os.environ.get("CHAOS_CONVERSATIONS", "12")),
    messages=int(os.environ.get("CHAOS_MESSAGES", "8")),
    seconds=float(os.environ.get("CHAOS_SECONDS", "12")),
)


@pytest.fixture
def opened(postgres_database) -> Iterator[Store]:
    """Open the database beside the fronts, as the test looks into it."""
    store = Store(postgres_database)
    yield store
    store.close()


def test_nothing_is_lost_between_fronts(new_engine, platform, postgres_database, opened, tmp_path, capsys) -> None:
    engine, ports = new_engine(), [free_port() for _ in range(FRONTS)]
    urls = [f"postgresql+psycopg://postgres:@127.0.0.1:{port}/postgres" for port in ports]
    fronts = [RunningFront(tmp_path / f"front{number}", engine, database_url=url) for number, url in enumerate(urls)]

    async def run() -> Outcome:
        chaos = Chaos(fronts, postgres_database, platform, PLAN, SEED)
        try:
            outcome = await chaos.run(ports)
            await asyncio.to_thread(until, lambda: _all_sent(opened), f"the end of all work; {_logs(fronts)}", 60)
            return outcome
        finally:
            await chaos.end()

    outcome = asyncio.run(run())
    outcome.check(opened, engine, platform)
    assert outcome.counts["kill"] and outcome.counts["cut"], "the seed breaks nothing"
    with capsys.disabled():
        print(f"\n{FRONTS} fronts on one database: {dict(outcome.counts)}, 0 lost, 0 out of order")


def _all_sent(store: Store) -> bool:
    states = store.run(lambda connection: connection.execute(select(schema.delivery.c.state)).scalars().all())
    messages = store.run(lambda connection: connection.execute(select(schema.message.c.state)).scalars().all())
    return set(states) == {"delivered"} and "received" not in messages


def _logs(fronts: list[RunningFront]) -> str:
    return "\n".join(front.log[-1500:] for front in fronts)
