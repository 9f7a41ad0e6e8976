"""The front on real sockets over a real database, with a small engine of its own that speaks the turn contract.

`engine` and `front` are shared by the tests of a file, so a test takes a sender of its own (`sender`). `new_engine()` and
`new_front(engine, setting=value)` start some for one test alone.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from conversations.accounts import passwords
from tests.front.processes import Program, RunningFront, StandInEngine, ended_at_last
from tests.front.stores import database_url, postgres, postgres_database, postgres_tables, store  # noqa: F401  # fixtures

if TYPE_CHECKING:
    from tests.front.web_browser import Chromium


@pytest.fixture(scope="session", autouse=True)
def one_tls_context() -> Iterator[None]:
    """Make one TLS context for all: httpx makes one for each client that never encrypts, too, 20 ms of CPU each."""
    make = functools.cache(httpx.create_ssl_context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", make)
        yield


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[Callable[[], PasswordHash]]:
    """Return what hashes passwords outside tests; in them it is the same algorithm, a hundred times as fast."""
    real, quick = passwords._hasher, PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        yield real


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Have one browser for the files that use one, by `browser`, which they import."""
    from tests.front.web_browser import Chromium  # Playwright takes long to import

    shared = Chromium()
    yield shared
    shared.close()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandInEngine]:
    """Start an engine for the tests of a file."""
    stand_in = StandInEngine(tmp_path_factory.mktemp("engine"))
    with ended_at_last([stand_in]):
        yield stand_in.start()


@pytest.fixture(scope="module")
def front(engine: StandInEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFront]:
    """Start a front for the tests of a file."""
    running = RunningFront(tmp_path_factory.mktemp("front"), engine)
    with ended_at_last([running]):
        yield running.start()


@pytest.fixture
def sender() -> str:
    """Return the name of a conversation that no other test has."""
    return uuid.uuid4().hex


@pytest.fixture
def programs() -> Iterator[list[Program]]:
    """Return a list; the programs that a test puts into it are ended with the test."""
    started: list[Program] = []
    with ended_at_last(started):
        yield started


@pytest.fixture
def new_engine(programs: list[Program], tmp_path: Path) -> Callable[..., StandInEngine]:
    """Return a function that starts an engine for one test alone."""

    def start() -> StandInEngine:
        stand_in = StandInEngine(tmp_path / f"engine{len(programs)}")
        programs.append(stand_in)
        return stand_in.start()

    return start


@pytest.fixture
def new_front(programs: list[Program], tmp_path: Path) -> Callable[..., RunningFront]:
    """Return a function that makes a front for one test alone, with settings of its own, and starts it if `started`."""

    def make(engine: StandInEngine, started: bool = True, **settings: Any) -> RunningFront:
        running = RunningFront(tmp_path / "front", engine, **settings)
        programs.append(running)
        return running.start() if started else running

    return make
