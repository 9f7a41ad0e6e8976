"""The file behind the tracker store: SQLite, so that a locked database delays nobody else.

What may have to wait for a lock is done in threads of its own, one that reads and one that writes. Most reads are done at
once instead: in write-ahead mode they wait for nobody, and take less time than handing them to a thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

BUSY_SECONDS = 0.4  # from being asked to giving up where something else holds the database
KEPT_REPLIES = 20  # of each conversation: a message sent again within so many turns is not run again
SCHEMA = """
CREATE TABLE IF NOT EXISTS conversation (id TEXT PRIMARY KEY, version INTEGER NOT NULL, events TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reply (
    conversation TEXT NOT NULL, message_id TEXT NOT NULL, version INTEGER NOT NULL, reply TEXT NOT NULL,
    PRIMARY KEY (conversation, message_id)) WITHOUT ROWID;
"""
READ = "SELECT version, CASE WHEN version = ? THEN NULL ELSE events END FROM conversation WHERE id = ?"
WRITE = """INSERT INTO conversation (id, version, events) VALUES (:id, :next, :events)
    ON CONFLICT (id) DO UPDATE SET version = :next, events = :events WHERE version = :version"""
REMEMBER = "INSERT OR REPLACE INTO reply (conversation, message_id, version, reply) VALUES (?, ?, ?, ?)"
FORGET_OLDER = "DELETE FROM reply WHERE conversation = ? AND version <= ?"


class StateChanged(Exception):
    """Another engine has answered in this conversation since it was read; the turn must be sent again."""


class StateFile:
    """One row a conversation, with a version that each write raises, and its last replies."""

    def __init__(self, path: Path):
        self.path = path
        # One writer, as SQLite has; a connection belongs to its thread.
        self._reading, self._writing = _Connection(path, "reader"), _Connection(path, "writer")
        self._at_once: sqlite3.Connection | None = None

    async def read(self, conversation: str, known: int) -> tuple[int, str | None] | None:
        """(version, events) of a conversation, without the events where the version is the known one; None if new."""
        return await self._row(READ, known, conversation)

    async def write(
        self, conversation: str, version: int, events: str, message_id: str | None = None, reply: str | None = None
    ) -> None:
        """Put `events` in place of those of that version; StateChanged where it isn't that version any more."""

        def job(db: sqlite3.Connection) -> None:
            if not db.execute(
                WRITE, {"id": conversation, "version": version, "next": version + 1, "events": events}
            ).rowcount:
                raise StateChanged(conversation)
            if message_id and reply:
                db.execute(REMEMBER, (conversation, message_id, version + 1, reply))
                db.execute(FORGET_OLDER, (conversation, version + 1 - KEPT_REPLIES))

        await self._writing.run(job, writes=True)

    async def reply(self, conversation: str, message_id: str) -> str | None:
        """The reply to one of the last messages."""
        statement = "SELECT reply FROM reply WHERE conversation = ? AND message_id = ?"
        row = await self._row(statement, conversation, message_id)
        return row and row[0]

    async def forget(self, conversation: str) -> bool:
        """Delete a conversation; whether it was there."""

        def job(db: sqlite3.Connection) -> bool:
            db.execute("DELETE FROM reply WHERE conversation = ?", (conversation,))
            return bool(db.execute("DELETE FROM conversation WHERE id = ?", (conversation,)).rowcount)

        return await self._writing.run(job, writes=True)

    async def keys(self) -> list[str]:
        """The ids of all conversations."""
        return [row[0] for row in await self._reading.run(lambda db: list(db.execute("SELECT id FROM conversation")))]

    async def check_writable(self) -> None:
        """Raise sqlite3.Error where nothing could be written now."""
        await self._writing.run(lambda db: None, writes=True)

    async def _row(self, statement: str, *values: Any) -> tuple | None:
        if self._at_once is not None:
            with suppress(sqlite3.OperationalError):  # locked: then a thread waits for it
                return self._at_once.execute(statement, values).fetchone()
        row = await self._reading.run(lambda db: db.execute(statement, values).fetchone())
        if self._at_once is None:  # the file is there now, and has its tables
            self._at_once = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        return row


class _Connection:
    """A connection and the thread that it belongs to."""

    def __init__(self, path: Path, name: str):
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"state-{name}")
        self._open: sqlite3.Connection | None = None

    async def run(self, job: Callable[[sqlite3.Connection], Any], writes: bool = False) -> Any:
        """What the job gives; one that writes is one transaction."""
        asked = time.monotonic()
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, job, writes, asked)

    def _run(self, job: Callable[[sqlite3.Connection], Any], writes: bool, asked: float) -> Any:
        db = self._connected()
        # Time spent in the queue counts: of many jobs that meet a lock, none waits for the waits of the others.
        left = max(0, BUSY_SECONDS - (time.monotonic() - asked))
        db.execute(f"PRAGMA busy_timeout = {int(left * 1000)}")
        if not writes:
            return job(db)
        with _transaction(db):
            return job(db)

    def _connected(self) -> sqlite3.Connection:
        if self._open is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.executescript(SCHEMA)
            self._open = db
        return self._open


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
