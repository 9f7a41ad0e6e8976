"""A front's own connection to PostgreSQL, by which several fronts share a database: its presence, its leases, its notices.

While a front runs it holds a shared lock on this connection, so that nobody replaces the database under it, and for each
conversation that it works on a lock of its own, the lease. All are session-level advisory locks: the end of the connection, by
whatever death, gives them back soon, without heartbeats in tables and without waiting for a time-out. The connection also
sends the notices of this front. All of that goes in batches, one round trip for whatever was asked meanwhile.

A lease keeps two fronts from doing the same work at the same time. It is not what keeps a message from being answered twice:
that is in the transactions (a message is settled while it is open, a delivery is claimed as it was seen), since a front may
learn late that its connection is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import time
import uuid
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)
CHANNEL = "advisor"  # of LISTEN and NOTIFY
PRESENCE = (
    0x6D63_6164  # the advisory lock that says that a front runs: shared by fronts, exclusive to whoever wants none
)
HEARTBEAT_SECONDS = 1.0  # between two uses of the connection, so that its end is noticed
NOTICE_SECONDS = 0.02  # between two batches of notices: each NOTIFY takes a lock of the whole server for a moment
RECONNECT_SECONDS = 0.5
MOST_NOTICES = 20_000  # that wait while the server is away; who misses one looks into the database anyway
MOST_BYTES = 7_800  # of a notice; PostgreSQL takes less than 8,000
# The server's own end of the connection: a machine that loses its power gives its leases back after about ten seconds.
SERVER_SIDE = (
    "SET tcp_keepalives_idle = 5",
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 10000",
)
_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_END_BEFORE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"


@dataclass
class _Batch:
    """What is to be done in one round: leases to give back, leases wanted, notices to send."""

    returned: list[str] = field(default_factory=list)
    wanted: dict[str, asyncio.Future[bool]] = field(default_factory=dict)
    notices: list[Any] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Return True if there is nothing to do."""
        return not (self.returned or self.wanted or self.notices)


class FrontSession:
    """The connection of one front; `id` names the front to the others."""

    def __init__(self, engine: Engine) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.refused = False  # True once the database is somebody's alone
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "front-session")
        self._connection: Any = None
        self._server_process: tuple[int, Any] | None = None  # pid and start of the server's process for the connection
        self._held: set[str] = set()
        self._next = _Batch()
        self._wake = asyncio.Event()
        self._asking: set[str] = set()  # keys whose leases were asked for and neither granted nor refused yet
        self._notices_at = self._heartbeat_at = 0.0  # when the next ones are due (monotonic)
        self._task: asyncio.Task[None] | None = None

    def open(self) -> bool:
        """Connect and say that this front runs; returns False if the database is somebody's alone.

        Raises:
            SQLAlchemyError, psycopg.Error: The server cannot be reached.
        """
        connection = connect(self._engine)
        try:
            for line in SERVER_SIDE:
                connection.execute(line)
            if self._server_process:  # whose end the server may not have noticed yet; with it go its leases
                connection.execute(_END_BEFORE, self._server_process)
            if not connection.execute("SELECT pg_try_advisory_lock_shared(%s)", (PRESENCE,)).fetchone()[0]:
                connection.close()
                return False
            about = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
            self._server_process = connection.execute(about).fetchone()
        except psycopg.Error:
            connection.close()
            raise
        self._connection = connection
        return True

    def start(self) -> None:
        """Begin to serve `acquire`, `release` and `notify`."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Send what waits, give all leases back and serve no more."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            self._next.returned += self._held
            with contextlib.suppress(psycopg.Error):
                await self._exchange(self._take_batch(with_notices=True))
            self._held.clear()

    def close(self) -> None:
        """Close the connection; its end gives back whatever it holds."""
        self._thread.shutdown()
        if self._connection is not None:
            close_unlocked(self._connection)
            self._connection = None

    async def acquire(self, key: str) -> bool:
        """Take the lease of a key; returns False if another front has it, or the server is away."""
        if self._task is None or key in self._held or key in self._asking:
            return False  # the server would grant it a second time, since it is held by this very connection
        self._asking.add(key)
        granted = self._next.wanted[key] = asyncio.get_running_loop().create_future()
        self._wake.set()
        return bool(await granted)

    def release(self, key: str) -> None:
        """Give the lease of a key back, if it is held."""
        if key in self._held:
            self._held.discard(key)
            self._next.returned.append(key)
            self._wake.set()

    def holds(self, key: str) -> bool:
        """Return True if the lease of a key is held, as far as this front knows."""
        return key in self._held

    def notify(self, item: Any) -> None:
        """Send something that JSON can hold to the other fronts, soon; it may be lost."""
        if not self._next.notices:
            self._wake.set()
        if len(self._next.notices) < MOST_NOTICES:
            self._next.notices.append(item)

    async def _work(self) -> None:
        while True:
            await self._pause()
            batch = self._take_batch(with_notices=time.monotonic() >= self._notices_at)
            if batch.is_empty and time.monotonic() < self._heartbeat_at:
                continue
            self._heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS
            try:
                await self._exchange(batch)
            except psycopg.Error as error:
                self._lose(batch, error)
                await self._reconnect()

    async def _pause(self) -> None:
        """Wait until a lease is wanted or given back, or notices or a heartbeat are due."""
        due = self._notices_at if self._next.notices else self._heartbeat_at
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - time.monotonic())):
                await self._wake.wait()
        self._wake.clear()

    def _take_batch(self, with_notices: bool) -> _Batch:
        batch, self._next = self._next, _Batch()
        if with_notices and batch.notices:
            self._notices_at = time.monotonic() + NOTICE_SECONDS
        elif batch.notices:
            self._next.notices, batch.notices = batch.notices, []
        return batch

    async def _exchange(self, batch: _Batch) -> None:
        loop = asyncio.get_running_loop()
        granted = await loop.run_in_executor(self._thread, self._on_server, batch)
        self._asking -= batch.wanted.keys()
        for key, future in batch.wanted.items():
            if key in granted and future.done():  # whoever wanted it was cancelled meanwhile
                self._next.returned.append(key)
            elif key in granted:
                self._held.add(key)
            if not future.done():
                future.set_result(key in granted)

    def _on_server(self, batch: _Batch) -> set[str]:
        """Do a batch and return the keys whose leases were granted."""
        run = self._connection.execute
        if batch.returned:
            run("SELECT pg_advisory_unlock(key) FROM unnest(%s::bigint[]) key", (_numbers(batch.returned),))
        granted: set[str] = set()
        if batch.wanted:
            keys = list(batch.wanted)
            rows = run(
                "SELECT pg_try_advisory_lock(key) FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(key, nth) ORDER BY nth",
                (_numbers(keys),),
            )
            granted = {key for key, row in zip(keys, rows.fetchall(), strict=True) if row[0]}
        for payload in _payloads(self.id, batch.notices):
            run("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
        if batch.is_empty:
            run("SELECT 1")
        return granted

    def _lose(self, batch: _Batch, error: Exception) -> None:
        logger.error("the front's own connection to the database broke", extra={"reason": type(error).__name__})
        self._held.clear()
        self._next.returned.clear()
        self._next.notices = [*batch.notices, *self._next.notices][:MOST_NOTICES]
        self._refuse(batch)

    async def _reconnect(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
            try:
                self.refused = not await loop.run_in_executor(self._thread, self.open)
            except (psycopg.Error, SQLAlchemyError):
                self._refuse(self._next)
            else:
                if not self.refused:
                    return
            await asyncio.sleep(RECONNECT_SECONDS)

    def _refuse(self, batch: _Batch) -> None:
        self._asking -= batch.wanted.keys()
        for future in batch.wanted.values():
            if not future.done():
                future.set_result(False)
        batch.wanted = {}


def connect(engine: Engine) -> Any:
    """Return a psycopg connection of its own to the engine's database, in which each statement is a transaction.

    Raises:
        SQLAlchemyError: The server cannot be reached.
    """
    pooled = engine.raw_connection()
    connection: Any = pooled.driver_connection
    pooled.detach()
    connection.autocommit = True
    return connection


def close_unlocked(connection: Any) -> None:
    """Give back the locks of a connection, then close it: the server ends a closed one, and its locks, some time later."""
    with contextlib.suppress(psycopg.Error):  # a broken connection has lost them already
        connection.execute("SELECT pg_advisory_unlock_all()")
    connection.close()


class AloneLock:
    """The lock of whoever replaces what is in the database, held by a connection until `close`."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def close(self) -> None:
        """Give the lock back."""
        close_unlocked(self._connection)


def lease_number(key: str) -> int:
    """Return the number of the advisory lock that stands for a key."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def leased_numbers(connection: Connection) -> set[int]:
    """Return the numbers of all leases that some front holds now."""
    return set(connection.execute(_HELD).scalars())


def _numbers(keys: Iterable[str]) -> list[int]:
    return [lease_number(key) for key in keys]


def _payloads(sender: str, items: list[Any]) -> list[str]:
    """Return notices in as few payloads as fit; what is too long by itself is left out."""
    waiting = deque(json.dumps(item, separators=(",", ":")) for item in items)
    payloads: list[str] = []
    while waiting:
        part: list[str] = []
        size = 0
        while waiting and (size + len(waiting[0]) < MOST_BYTES):  # JSON is ASCII here: a character is a byte
            size += len(waiting[0]) + 1
            part.append(waiting.popleft())
        if not part:
            waiting.popleft()
            continue
        payloads.append(f'{{"from":"{sender}","items":[{",".join(part)}]}}')
    return payloads
