"""Three fronts and two engines on one PostgreSQL database break at random while people write: nothing is lost or out of order.

Small here; `make chaos` sets more people and ten minutes.
"""
# ruff: noqa: F811 (fixtures are imported by name)

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from conversations.db import schema
from conversations.db.store import Store
from tests.front.chaos import Chaos, Outcome, Plan
from tests.front.processes import RunningFront, StandInEngine
from tests.front.test_kills import Platform, platform  # noqa: F401
from tests.harness import free_port, until

FRONTS = int(os.environ.get("CHAOS_FRONTS", "3"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
PEOPLE = int(os.environ.get("CHAOS_CONVERSATIONS", "12"))
PLAN = Plan(
    conversations=PEOPLE,
    chats=PEOPLE // 3,
    messages=int(os.environ.get("CHAOS_MESSAGES", "8")),
    seconds=float(os.environ.get("CHAOS_SECONDS", "12")),
)


@pytest.fixture
def opened(postgres_database) -> Iterator[Store]:
    """Open the database beside the fronts, as the test looks into it."""
    store = Store(postgres_database)
    yield store
    store.close()


@pytest.fixture
def durable_database(postgres_database, opened) -> Iterator[str]:
    """Return the URL of a database that loses nothing it has acknowledged when its server crashes."""
    _set(opened, "ALTER SYSTEM SET synchronous_commit = on")
    yield postgres_database
    _set(opened, "ALTER SYSTEM SET synchronous_commit = off")


def _set(store: Store, line: str) -> None:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(line)
        connection.exec_driver_sql("SELECT pg_reload_conf()")


def test_nothing_is_lost_between_fronts(programs, platform, durable_database, opened, tmp_path, capsys) -> None:
    engines = [StandInEngine(tmp_path / "engine") for _ in range(2)]  # one folder, and so one memory
    programs += engines
    for engine in engines:
        engine.start()
    ports = [free_port() for _ in range(FRONTS)]
    settings = {"engine_addresses": ",".join(engine.url for engine in engines)}
    fronts = [
        RunningFront(tmp_path / f"front{number}", engines[0], database_url=_through(port), **settings)
        for number, port in enumerate(ports)
    ]

    async def run() -> Outcome:
        chaos = Chaos(fronts, engines, durable_database, platform, PLAN, SEED)
        try:
            outcome = await chaos.run(ports)
            await asyncio.to_thread(until, lambda: _all_sent(opened), f"the end of all work; {_logs(fronts)}", 60)
            return outcome
        finally:
            await chaos.end()

    outcome = asyncio.run(run())
    outcome.check(opened, engines[0], platform)
    assert min(outcome.counts[what] for what in ("kill", "cut", "engine", "database")), "each was broken"
    with capsys.disabled():
        print(f"\n{FRONTS} fronts on one database: {dict(outcome.counts)}, 0 lost, 0 out of order")


def _through(port: int) -> str:
    """Return the URL of the database behind the proxy at a port."""
    return f"postgresql+psycopg://postgres:@127.0.0.1:{port}/postgres"


def _all_sent(store: Store) -> bool:
    try:
        states = store.run(lambda connection: connection.execute(select(schema.delivery.c.state)).scalars().all())
        messages = store.run(lambda connection: connection.execute(select(schema.message.c.state)).scalars().all())
    except OperationalError:  # the server comes back from the last crash
        return False
    return set(states) == {"delivered"} and "received" not in messages


def _logs(fronts: list[RunningFront]) -> str:
    return "\n".join(front.log[-1500:] for front in fronts)
