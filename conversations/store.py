"""The conversations database: opened, brought up to date, asked from threads so that nothing waits on the event loop.

SQLite by default (WAL; synchronous NORMAL is safe against any kill of the process, FULL against power loss as well), or
PostgreSQL by a URL. One front at a time works on a database: it holds a lock for as long as it runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from conversations.errors import StoreError
from conversations.one_writer import OneWriter
from conversations.tokens import indexed_text

T = TypeVar("T")
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5  # how long SQLite waits for another process, say a backup
PAGES = 8000  # of 4 kB: what the write-ahead log may hold before a write itself must wait for it to be worked in
READERS = 4
READING = "advisor_reading"  # marks a transaction that writes nothing
DEADLOCK, MOST_DEADLOCKS = "40P01", 3  # PostgreSQL's code; how often in a row a job may meet one
LOCK_NUMBER = 0x6D63_6164  # any number of ours; PostgreSQL's advisory locks are numbered


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
        self._writers = OneWriter(self.engine) if self.is_sqlite else ThreadPoolExecutor(READERS, "store-write")
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._lock: Any = None

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
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
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
            self._lock = _lock_file(self.file) if self.is_sqlite else _lock_server(self.engine)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"The conversations database cannot be opened: {_cause(error)}") from error
        if self._lock is None:
            raise StoreError("Another front already works on this conversations database. Stop it first.")

    async def read(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await self._in_thread(self._readers, self._reading, job, args, kwargs)

    async def write(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """All or nothing; what the job raises comes back, and nothing is written then."""
        if isinstance(self._writers, OneWriter):
            return await self._writers.run(job, args, kwargs)
        return await self._in_thread(self._writers, self.engine, job, args, kwargs)

    def run(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """The same for commands, which have no event loop."""
        return _in_transaction(self.engine, job, args, kwargs)

    async def check(self) -> None:
        """Raise where nothing could be written now."""
        await self.write(_touch)

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
        if isinstance(self._writers, OneWriter):
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


def _lock_server(engine: Engine) -> Any:
    connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if connection.execute(text(f"SELECT pg_try_advisory_lock({LOCK_NUMBER})")).scalar():
        return connection
    connection.close()
    return None


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _engine(url, is_sqlite: bool, synchronous: str) -> Engine:
    # An error must not carry what people wrote into the log.
    if not is_sqlite:
        return create_engine(url, pool_size=2 * READERS + 1, pool_pre_ping=True, hide_parameters=True)
    waits = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, connect_args=waits, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection, record) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.create_function("words_as_indexed", 1, indexed_text, deterministic=True)  # for the index of words
        for line in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON", f"wal_autocheckpoint={PAGES}"):
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


def _touch(connection: Connection) -> None:
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
