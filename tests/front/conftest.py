"""The front on real sockets over a real database, with a small engine of its own that speaks the turn contract.

`engine` and `front` are shared by the tests of a file, so a test takes a sender of its own (`sender`). `new_engine()` and
`new_front(engine, setting=value)` start some for one test alone.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from conversations.accounts import passwords
from tests.front.processes import Program, RunningFront, StandInEngine, ended_at_last
from tests.front.stores import database_url, postgres, postgres_database, postgres_tables, store  # noqa: F401  # fixtures


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """httpx makes a TLS context for each client, also for one that never encrypts: 20 ms of CPU, a thousand times."""
    make = functools.cache(httpx.create_ssl_context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", make)
        yield


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[Callable[[], PasswordHash]]:
    """What hashes passwords outside tests; here they are hashed a hundred times as fast, by the same algorithm."""
    real, quick = passwords._hasher, PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        yield real


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> Iterator[StandInEngine]:
    stand_in = StandInEngine(tmp_path_factory.mktemp("engine"))
    with ended_at_last([stand_in]):
        yield stand_in.start()


@pytest.fixture(scope="module")
def front(engine, tmp_path_factory) -> Iterator[RunningFront]:
    running = RunningFront(tmp_path_factory.mktemp("front"), engine)
    with ended_at_last([running]):
        yield running.start()


@pytest.fixture
def sender() -> str:
    """The name of a conversation that no other test has."""
    return uuid.uuid4().hex


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """What is put here is ended with the test."""
    started: list[Program] = []
    with ended_at_last(started):
        yield started


@pytest.fixture
def new_engine(programs, tmp_path) -> Callable[..., StandInEngine]:
    def start() -> StandInEngine:
        programs.append(StandInEngine(tmp_path / f"engine{len(programs)}"))
        return programs[-1].start()

    return start


@pytest.fixture
def new_front(programs, tmp_path) -> Callable[..., RunningFront]:
    def make(engine: StandInEngine, started: bool = True, **settings) -> RunningFront:
        running = RunningFront(tmp_path / "front", engine, **settings)
        programs.append(running)
        return running.start() if started else running

    return make
