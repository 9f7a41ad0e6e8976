"""The conversations database: opened, brought up to date, asked from threads so that nothing waits on the event loop.

SQLite by default (WAL; synchronous NORMAL is safe against any kill of the process, FULL against power loss as well), or
PostgreSQL by a URL. One front at a time works on a database: it holds a lock for as long as it runs (term.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import functools
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError

from conversations.db import write_probe
from conversations.db.front_term import FrontTerm
from conversations.db.search_tokens import indexed_text
from conversations.db.sqlite_writer import SqliteWriter
from conversations.db.write_deadline import WriteDeadline, too_late
from conversations.errors import StoreError

T = TypeVar("T")
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5  # how long SQLite waits for another process, say a backup
PAGES = 8000  # of 4 kB: what the write-ahead log may hold before a write itself must wait for it to be worked in
READERS = 4
READING = "advisor_reading"  # marks a transaction that writes nothing
DEADLOCK, MOST_DEADLOCKS = "40P01", 3  # PostgreSQL's code; how often in a row a job may meet one
SERVER_WAITS = {  # PostgreSQL's; nobody is to wait for ever for a server that is away, or for another's transaction
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 10_000,  # ms without a word from the other side, after which a connection counts as broken
    "keepalives_idle": 5,  # seconds
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "options": "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
}
COMMIT_SECONDS = 2.0  # how long a commit that is under way is waited for, when time is up
REMEMBERED = 20.0  # seconds in which failed writes count for `trouble`
FEW = 3  # failed writes that may be chance


class Store:
    """A door to the database. `read` and `write` run a function with a connection, in a transaction, in a thread."""

    def __init__(self, url: str, synchronous: str = "NORMAL"):
        try:
            self.url = make_url(url)
        except ArgumentError:
            raise StoreError(
                "ADVISOR_DATABASE_URL is no database address, like postgresql+psycopg://name@host/db."
            ) from None
        if self.url.get_backend_name() not in ("sqlite", "postgresql"):
            raise StoreError("ADVISOR_DATABASE_URL must name SQLite or PostgreSQL.")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        self.engine = _engine(self.url, self.is_sqlite, synchronous)
        self._reading = self.engine.execution_options(**{READING: True})
        self._writers = SqliteWriter(self.engine) if self.is_sqlite else ThreadPoolExecutor(READERS, "store-write")
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._lock: Any = None
        self._term = FrontTerm()
        self._writes: deque[tuple[float, bool]] = deque(maxlen=1000)  # when each ended, and whether well

    @property
    def file(self) -> Path | None:
        """The database's file; None where it is a server's, or in memory."""
        held_in_file = self.is_sqlite and self.url.database not in (None, "", ":memory:")
        return Path(self.url.database) if held_in_file else None

    def upgrade(self) -> None:
        """Bring the tables to what this version of the code expects; nothing where they are."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        try:
            with self.engine.begin() as connection:
                _take_your_time(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
            if self._lock is not None and not self.is_sqlite:
                self._begin_term()
        except (SQLAlchemyError, CommandError) as error:
            raise StoreError(
                f"The conversations database cannot be opened or brought up to date: {_cause(error)}. "
                "Put a backup in its place (advisor restore), or move it away to begin with an empty one."
            ) from error

    def lock(self) -> None:
        """Make sure that no other front works on this database; StoreError where one does."""
        if self._lock is not None:
            return
        try:
            self._lock = _lock_file(self.file) if self.is_sqlite else self._term.lock(self.engine)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"The conversations database cannot be opened: {_cause(error)}") from error
        if self._lock is None:
            raise StoreError("Another front already works on this conversations database. Stop it first.")

    async def keep_lock(self) -> None:
        """Look whether the lock is still ours, and take it again where it was lost; StoreError where another front has it.

        A file's cannot be lost. A server's goes with its connection; until it is ours again nothing can be written.
        """
        if self._lock is None or self.is_sqlite:
            return
        await asyncio.get_running_loop().run_in_executor(None, self._keep_lock)

    def _keep_lock(self) -> None:
        if self._term.is_held(self._lock):
            return
        try:
            self._lock = self._term.lock(self.engine) or self._term.gone
            if self._lock is not self._term.gone:
                self._begin_term()
        except SQLAlchemyError:
            return  # the server is away: until the next look
        if self._lock is self._term.gone:
            raise StoreError("Another front has taken over this conversations database, so this one ends.")

    def _begin_term(self) -> None:
        with self.engine.begin() as connection:
            self._term.begin(connection)

    async def read(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self._in_thread(self._readers, self._reading, job, args, kwargs)

    async def write(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """All or nothing; what the job raises comes back, and nothing is written then.

        Where the connection breaks just at the end, it may be written although an error comes back: look, then go on.
        """
        try:
            if isinstance(self._writers, SqliteWriter):
                done = await self._writers.run(job, args, kwargs)
            else:
                done = await self._in_thread(self._writers, self.engine, self._term.guarding(job), args, kwargs)
        except (OperationalError, InterfaceError):
            self._writes.append((time.monotonic(), False))
            raise
        self._writes.append((time.monotonic(), True))
        return done

    async def write_within(self, seconds: float, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """The same, but after so many seconds OperationalError is raised and nothing is written any more.

        Only where a commit under way does not come back may it be written after all.
        """
        chance = WriteDeadline()

        @functools.wraps(job)
        def in_time(connection: Connection, *args: Any, **kwargs: Any) -> T:
            chance.require()
            done = job(connection, *args, **kwargs)
            chance.take()
            return done

        writing = asyncio.ensure_future(self.write(in_time, *args, **kwargs))
        for patience in (seconds, COMMIT_SECONDS):
            done, _ = await asyncio.wait({writing}, timeout=patience)
            if done:
                return writing.result()
            if chance.give_up():
                break
        writing.add_done_callback(_forget_error)
        raise too_late()

    def run(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """The same for commands, which have no event loop."""
        return _in_transaction(self.engine, _patiently(job), args, kwargs)

    async def check(self) -> None:
        """Raise where nothing could be written now; what is written is gone at once."""
        await self.write(write_probe.write_probe_message)

    def trouble(self) -> str:
        """How many of the writes of the last seconds failed, in words; empty where nearly none did."""
        lately = [well for at, well in list(self._writes) if at > time.monotonic() - REMEMBERED]
        failed = lately.count(False)
        return f"{failed} of {len(lately)} writes failed" if failed > max(FEW, len(lately) // 20) else ""

    async def work_in_log(self) -> None:
        """SQLite: bring what was written into the database's file, beside the writers, which else do it now and then.

        It waits for the disk; done by a writer, one message in forty waited for it.
        """
        if self.is_sqlite:
            await asyncio.get_running_loop().run_in_executor(self._readers, self._work_in_log)

    def _work_in_log(self) -> None:
        with contextlib.closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        if isinstance(self._writers, SqliteWriter):
            self._writers.close()
        else:
            self._writers.shutdown()
        self._readers.shutdown()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        self.engine.dispose()

    async def _in_thread(
        self, pool: ThreadPoolExecutor, engine: Engine, job: Callable, args: tuple, kwargs: dict
    ) -> Any:
        # A thread goes on when its caller gives up, so no transaction is torn in two.
        return await asyncio.get_running_loop().run_in_executor(pool, _in_transaction, engine, job, args, kwargs)


def _lock_file(database: Path | None) -> Any:
    """What holds the lock until it is closed; None where another process has it."""
    if database is None:
        return contextlib.ExitStack()  # in memory, nobody else can have it
    file = Path(f"{database}.lock").open("w")  # noqa: SIM115  # held for as long as we run
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _engine(url, is_sqlite: bool, synchronous: str) -> Engine:
    # An error must not carry what people wrote into the log.
    if not is_sqlite:
        waits = {name: value for name, value in SERVER_WAITS.items() if name not in url.query}
        return create_engine(
            url, pool_size=2 * READERS + 1, pool_pre_ping=True, hide_parameters=True, connect_args=waits
        )
    waits = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=waits, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection, record) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.create_function("words_as_indexed", 1, indexed_text, deterministic=True)  # for the index of words
        for line in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            f"wal_autocheckpoint={PAGES}",
        ):
            connection.execute(f"PRAGMA {line}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Plain BEGIN lets a transaction read first and then fail to write where another one wrote meanwhile.
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _in_transaction(engine: Engine, job: Callable, args: tuple, kwargs: dict) -> Any:
    """Once more where PostgreSQL broke a deadlock by undoing this one: nothing of it was written."""
    met = 0
    while True:
        try:
            with engine.begin() as connection:
                return job(connection, *args, **kwargs)
        except OperationalError as error:
            met += 1
            if met > MOST_DEADLOCKS or getattr(error.orig, "sqlstate", "") != DEADLOCK:
                raise


def _patiently(job: Callable[..., T]) -> Callable[..., T]:
    """For commands: nobody waits, and they may look at everything."""

    def run(connection: Connection, *args: Any, **kwargs: Any) -> T:
        _take_your_time(connection)
        return job(connection, *args, **kwargs)

    return run


def _take_your_time(connection: Connection) -> None:
    """PostgreSQL: without limits of time, to the end of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")


def _forget_error(writing: asyncio.Future) -> None:
    if not writing.cancelled():
        writing.exception()


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
