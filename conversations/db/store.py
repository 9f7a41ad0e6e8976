"""Access to the conversations database: opening, migrating, locking, and running transactions in threads.

SQLite by default (WAL; synchronous NORMAL survives any kill of the process, FULL a power loss as well), or PostgreSQL by URL.
Only one front at a time may use a SQLite database; it locks a file while it runs. Several may share one on PostgreSQL; each
has a session there by which they keep out of each other's way (conversations/sharing/).
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import fcntl
import functools
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError

from conversations.db import write_probe
from conversations.db.compiled_statements import run_sql
from conversations.db.search_tokens import indexed_text
from conversations.db.sqlite_writer import SqliteWriter
from conversations.db.write_deadline import WriteDeadline, too_late
from conversations.errors import StoreError
from conversations.sharing.front_session import PRESENCE, AloneLock, FrontSession, connect
from core.loop_pool import LoopPool

T = TypeVar("T")
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5  # how long SQLite waits for another process, such as a backup
CHECKPOINT_PAGES = 8000  # of 4 kB: size of the write-ahead log at which a write itself must run the checkpoint
READERS = 4
READING = "advisor_reading"  # execution option of transactions that write nothing
MIGRATION_LOCK = 0x6D63_6165  # advisory lock on PostgreSQL, held while tables are changed
MIGRATION_ATTEMPTS = 10
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's error code
DEADLOCK, MOST_RETRIES = "40P01", 3  # PostgreSQL's error code; retries of a job that meets a deadlock
SERVER_TIMEOUTS = {  # PostgreSQL: bounds every wait for an unreachable server or for another transaction
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 10_000,  # ms without an acknowledgement, after which a connection counts as broken
    "keepalives_idle": 5,  # seconds
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "options": "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
}
COMMIT_SECONDS = 2.0  # how long `write_within` waits for a commit that has begun when its time is up
TROUBLE_SECONDS = 20.0  # period whose failed writes count for `trouble`
TOLERATED_FAILURES = 3  # failed writes in that period that may be chance


class Store:
    """Conversations database.

    `read`, `write` and `run` take a job, a function whose first argument is a connection, and call it in a transaction of its
    own. `read` and `write` run it in a thread, so that the event loop never waits for the database.
    """

    def __init__(self, url: str, synchronous: str = "NORMAL") -> None:
        """Connect lazily to the database at a SQLAlchemy URL.

        Args:
            url: Address of a SQLite or PostgreSQL database.
            synchronous: SQLite's pragma of this name.

        Raises:
            StoreError: The URL is malformed or names another kind of database.
        """
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
        self._writers = SqliteWriter(self.engine) if self.is_sqlite else LoopPool(READERS, "store-write")
        self._readers = LoopPool(READERS, "store-read")
        self._lock: Any = None
        self.session: FrontSession | None = None  # of a front on PostgreSQL, once it has locked the database
        self._writes: deque[tuple[float, bool]] = deque(maxlen=1000)  # end (monotonic) and success of each

    @property
    def file(self) -> Path | None:
        """Return the database's file, or None for PostgreSQL and databases in memory."""
        name = self.url.database if self.is_sqlite else None
        return Path(name) if name and name != ":memory:" else None

    def upgrade(self) -> None:
        """Run the migrations that the database lacks.

        Raises:
            StoreError: The database cannot be opened or migrated.
        """
        try:
            for _ in range(MIGRATION_ATTEMPTS):
                with contextlib.suppress(_TablesInUse):
                    return self._migrate()
            raise StoreError(
                "The tables are in use and could not be changed now. Run `advisor db migrate` a little later."
            )
        except (SQLAlchemyError, CommandError) as error:
            raise StoreError(
                f"The conversations database cannot be opened or brought up to date: {_cause(error)}. "
                "Put a backup in its place (advisor restore), or move it away to begin with an empty one."
            ) from error

    def _migrate(self) -> None:
        with self.engine.begin() as connection:
            if _is_current(connection):
                return
            lift_timeouts(connection)
            if not self.is_sqlite:
                # Fronts that start together migrate one after the other. Those that run must not wait for a migration that
                # itself waits for somebody's long transaction, so it gives up soon and tries again.
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
                connection.exec_driver_sql("SET LOCAL lock_timeout = '2s'")
                if _is_current(connection):
                    return
            config = _alembic_config()
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                    raise
                raise _TablesInUse from error

    def lock(self, alone: bool = False) -> None:
        """Lock the database for this front until `close`: on SQLite for it alone, on PostgreSQL beside other fronts.

        With `alone`, for whoever replaces what is in it: no front may run, on PostgreSQL either.

        Raises:
            StoreError: Another front holds the lock, or the database cannot be opened.
        """
        if self._lock is not None:
            return
        try:
            if self.is_sqlite:
                self._lock = _lock_file(self.file)
            else:
                self._lock = self._lock_alone() if alone else self._open_session()
        except (SQLAlchemyError, psycopg.Error, OSError) as error:
            raise StoreError(f"The conversations database cannot be opened: {_cause(error)}") from error
        if self._lock is None:
            raise StoreError("Another front already works on this conversations database. Stop it first.")

    def _open_session(self) -> FrontSession | None:
        session = FrontSession(self.engine)
        if not session.open():
            session.close()
            return None
        self.session = session
        return session

    def _lock_alone(self) -> AloneLock | None:
        """Return the lock, or None if a front runs."""
        connection = connect(self.engine)
        if connection.execute(f"SELECT pg_try_advisory_lock({PRESENCE})").fetchone()[0]:
            return AloneLock(connection)
        connection.close()
        return None

    def require_lock(self) -> None:
        """Raise StoreError if this front may not work on the database any more; on SQLite it always may."""
        if self.session and self.session.refused:
            raise StoreError("This conversations database is being replaced, so this front ends.")

    async def read(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run a job that writes nothing and return its result."""
        return await _in_thread(self._readers, self._reading, job, args, kwargs)

    async def write(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run a job that writes and return its result; if the job raises, nothing is written.

        If the connection breaks during the commit, the transaction may have been committed although an OperationalError or
        InterfaceError is raised: check before trying again.
        """
        return await self._begin_write(job, args, kwargs)

    async def write_within(self, seconds: float, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run a job that writes as `write` does, but give up after `seconds`.

        Raises:
            OperationalError: The time is up and nothing is written any more, unless a commit had begun and did not return
                within COMMIT_SECONDS.
        """
        deadline = WriteDeadline()

        def in_time(connection: Connection, *args: Any, **kwargs: Any) -> T:
            deadline.require()
            result = job(connection, *args, **kwargs)
            deadline.take()
            return result

        writing = self._begin_write(in_time, args, kwargs)
        for timeout in (seconds, COMMIT_SECONDS):
            done, _ = await asyncio.wait({writing}, timeout=timeout)
            if done:
                return writing.result()
            if deadline.give_up():
                break
        raise too_late()

    def run(self, job: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run a job in this thread without time limits, for commands, and return its result."""
        return _in_transaction(self.engine, _without_timeouts(job), args, kwargs)

    async def check(self) -> None:
        """Raise SQLAlchemyError if messages cannot be written now; nothing of the attempt is kept."""
        await self.write(write_probe.write_probe_message)

    def trouble(self) -> str:
        """Describe the failed writes of the last 20 seconds, such as "4 of 9 writes failed"; empty if hardly any failed."""
        recent = [success for at, success in list(self._writes) if at > time.monotonic() - TROUBLE_SECONDS]
        failed = recent.count(False)
        return f"{failed} of {len(recent)} writes failed" if failed > max(TOLERATED_FAILURES, len(recent) // 20) else ""

    async def checkpoint(self) -> None:
        """Copy SQLite's write-ahead log into the database's file; does nothing on PostgreSQL.

        A checkpoint waits for the disk. Run by the writer itself, it delayed one message in forty.
        """
        if self.is_sqlite:
            await self._readers.run(self._checkpoint)

    def _checkpoint(self) -> None:
        with contextlib.closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Finish the writes that were begun, release the lock and close all connections."""
        self._writers.close()
        self._readers.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        self.engine.dispose()

    def _begin_write(self, job: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> asyncio.Future[T]:
        if isinstance(self._writers, SqliteWriter):
            writing = self._writers.run(job, args, kwargs)
        else:
            writing = _in_thread(self._writers, self.engine, job, args, kwargs)
        writing.add_done_callback(self._note_write)
        return writing

    def _note_write(self, writing: asyncio.Future[Any]) -> None:
        # Asks for the error even if nobody waits any more, so that asyncio does not log it.
        error = None if writing.cancelled() else writing.exception()
        if not writing.cancelled() and (error is None or isinstance(error, (OperationalError, InterfaceError))):
            self._writes.append((time.monotonic(), error is None))


class _TablesInUse(Exception):
    """A migration did not get the lock of a table in time."""


def _is_current(connection: Connection) -> bool:
    return MigrationContext.configure(connection).get_current_heads() == (newest_revision(),)


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@functools.cache  # Alembic compiles every script to find out
def newest_revision() -> str | None:
    """Return the number of the newest migration."""
    return ScriptDirectory.from_config(_alembic_config()).get_current_head()


def _lock_file(database: Path | None) -> Any:
    """Return the handle that holds the lock until it is closed, or None if another process holds it."""
    if database is None:
        return contextlib.ExitStack()  # a database in memory belongs to this process
    file = Path(f"{database}.lock").open("w")  # noqa: SIM115  # held until `close`
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def sqlite_url(path: Path) -> str:
    """Return the URL of the SQLite database in a file."""
    return f"sqlite:///{path}"


def _engine(url: URL, is_sqlite: bool, synchronous: str) -> Engine:
    # Parameters are hidden, so that no error carries what people wrote into the log.
    if not is_sqlite:
        timeouts = {name: value for name, value in SERVER_TIMEOUTS.items() if name not in url.query}
        return create_engine(
            url, pool_size=2 * READERS + 1, pool_pre_ping=True, hide_parameters=True, connect_args=timeouts
        )
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # `begin` below sends BEGIN
        connection.create_function("words_as_indexed", 1, indexed_text, deterministic=True)  # for the search index
        for line in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            f"wal_autocheckpoint={CHECKPOINT_PAGES}",
        ):
            connection.execute(f"PRAGMA {line}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # After a plain BEGIN a transaction may read and then fail to write because another one has written meanwhile.
        reading = connection.get_execution_options().get(READING)
        run_sql(connection, "BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _in_thread(
    pool: LoopPool, engine: Engine, job: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> asyncio.Future[T]:
    # The thread finishes its transaction even if the caller gives up.
    run = contextvars.copy_context().run  # the language of whoever asked holds in the thread, too
    return pool.run(run, _in_transaction, engine, job, args, kwargs)


def _in_transaction(engine: Engine, job: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Run a job in a transaction, and again if PostgreSQL rolled it back to resolve a deadlock."""
    attempts = 0
    while True:
        try:
            with engine.begin() as connection:
                return job(connection, *args, **kwargs)
        except OperationalError as error:
            attempts += 1
            if attempts > MOST_RETRIES or getattr(error.orig, "sqlstate", "") != DEADLOCK:
                raise


def _without_timeouts(job: Callable[..., T]) -> Callable[..., T]:

    def run(connection: Connection, *args: Any, **kwargs: Any) -> T:
        lift_timeouts(connection)
        return job(connection, *args, **kwargs)

    return run


def lift_timeouts(connection: Connection) -> None:
    """Lift PostgreSQL's timeouts until the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
