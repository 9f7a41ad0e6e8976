"""The file behind the tracker store: SQLite, so that a locked database delays nobody else.

What may have to wait for a lock is done in threads of its own, one that reads and one that writes. Most reads are done at
at once instead: in write-ahead mode they wait for nobody, and take less time than handing them to a thread.

A file that is broken is put aside and begun anew: it holds nothing that the front doesn't have, and a conversation that has to
be understood without its last turns is better than one that fails for ever.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from threading import Lock
from typing import Any

from core.loop_pool import LoopPool

logger = logging.getLogger(__name__)
KEPT_ASIDE_DAYS = 7
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
    """A conversation that another engine has answered in since it was read; the turn must be sent again."""


class StateDatabase:
    """Database of one row a conversation, with a version that each write raises, and its last replies."""

    def __init__(self, path: Path) -> None:
        self.path, self._file = path, os.fspath(path)
        # One writer, as SQLite has; a connection belongs to its thread.
        lock = Lock()
        self._reading, self._writing = _Connection(path, "reader", lock), _Connection(path, "writer", lock)
        self._at_once: sqlite3.Connection | None = None
        self._at_once_inode = 0

    async def read(self, conversation: str, known: int) -> tuple[int, str | None] | None:
        """Return (version, events) of a conversation, or None if it is new; the events are None if the version is `known`."""
        return await self._row(READ, known, conversation)

    async def write(
        self, conversation: str, version: int, events: str, message_id: str | None = None, reply: str | None = None
    ) -> int:
        """Replace the events of a version and return the new one.

        Raises StateChanged if the conversation has another version by now.
        """

        def job(db: sqlite3.Connection) -> None:
            if not db.execute(
                WRITE, {"id": conversation, "version": version, "next": version + 1, "events": events}
            ).rowcount:
                raise StateChanged(conversation)
            if message_id and reply:
                db.execute(REMEMBER, (conversation, message_id, version + 1, reply))
                db.execute(FORGET_OLDER, (conversation, version + 1 - KEPT_REPLIES))

        await self._writing.run(job, writes=True)
        return version + 1

    async def reply(self, conversation: str, message_id: str) -> str | None:
        """Return the reply to a message of the conversation, or None if it is not among the last ones."""
        statement = "SELECT reply FROM reply WHERE conversation = ? AND message_id = ?"
        row = await self._row(statement, conversation, message_id)
        return row[0] if row else None

    async def forget(self, conversation: str) -> bool:
        """Delete a conversation; return whether it was there."""

        def job(db: sqlite3.Connection) -> bool:
            db.execute("DELETE FROM reply WHERE conversation = ?", (conversation,))
            return bool(db.execute("DELETE FROM conversation WHERE id = ?", (conversation,)).rowcount)

        return await self._writing.run(job, writes=True)

    async def drop(self, conversation: str) -> None:
        """Delete the state of a conversation, but not its last replies."""
        await self._writing.run(
            lambda db: db.execute("DELETE FROM conversation WHERE id = ?", (conversation,)), writes=True
        )

    async def keys(self) -> list[str]:
        """Return the ids of all conversations."""
        return [row[0] for row in await self._reading.run(lambda db: list(db.execute("SELECT id FROM conversation")))]

    async def check_writable(self) -> None:
        """Raise sqlite3.Error if nothing can be written now."""
        await self._writing.run(lambda db: None, writes=True)

    async def _row(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        if self._at_once is not None and _inode(self._file) != self._at_once_inode:
            self._forget_at_once()  # the file was put aside
        if self._at_once is not None:
            try:
                return self._at_once.execute(statement, values).fetchone()
            except sqlite3.OperationalError:  # locked: then a thread waits for it
                pass
            except sqlite3.DatabaseError:  # broken: then a thread puts it aside
                self._forget_at_once()
        row = await self._reading.run(lambda db: db.execute(statement, values).fetchone())
        if self._at_once is None:  # the file is there now, and has its tables
            self._at_once_inode = _inode(self._file)
            self._at_once = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
        return row

    def _forget_at_once(self) -> None:
        connection, self._at_once = self._at_once, None
        with suppress(sqlite3.Error):
            if connection:
                connection.close()


class _Connection:
    """A connection with the thread that it belongs to."""

    def __init__(self, path: Path, name: str, lock: Lock) -> None:
        self._path, self._file = path, os.fspath(path)
        self._lock = lock  # for putting the file aside, once for all
        self._inode = 0  # of the file that is open
        self._thread = LoopPool(1, f"state-{name}")
        self._open: sqlite3.Connection | None = None

    async def run(self, job: Callable[[sqlite3.Connection], Any], writes: bool = False) -> Any:
        """Return the result of a job; one that writes is one transaction."""
        asked = time.monotonic()
        return await self._thread.run(self._run, job, writes, asked)

    def _run(self, job: Callable[[sqlite3.Connection], Any], writes: bool, asked: float) -> Any:
        try:
            return self._try(job, writes, asked)
        except sqlite3.DatabaseError as error:
            if (
                type(error) is not sqlite3.DatabaseError
            ):  # locked, full, or ours: only this one says that the file is broken
                raise
            self._put_aside(error)
        return self._try(job, writes, asked)

    def _put_aside(self, error: sqlite3.DatabaseError) -> None:
        """Close the file and rename it, unless another thread or engine has done so already."""
        self._close()
        with self._lock:
            if _inode(self._file) != self._inode:
                return
            aside = self._path.with_name(f"{self._path.name}.broken-{datetime.now(timezone.utc):%Y%m%dT%H%M%S}")
            kind = type(error).__name__
            logger.error("%s is broken (%s): put aside as %s and begun anew", self._path, kind, aside.name)
            self._remove_asides(0)  # one is enough to find out what happened
            for end in ("-wal", "-shm", ""):
                with suppress(FileNotFoundError):
                    os.replace(self._path.with_name(self._path.name + end), aside.with_name(aside.name + end))

    def _remove_asides(self, days: float) -> None:
        """Remove broken files that were put aside days ago, since no deletion of a conversation reaches them."""
        for path in self._path.parent.glob(f"{self._path.name}.broken-*"):
            with suppress(OSError):
                if time.time() - path.stat().st_ctime >= days * 86_400:
                    path.unlink()

    def _try(self, job: Callable[[sqlite3.Connection], Any], writes: bool, asked: float) -> Any:
        db = self._connected()
        # Time spent in the queue counts: of many jobs that meet a lock, none waits for the waits of the others.
        left = max(0, BUSY_SECONDS - (time.monotonic() - asked))
        db.execute(f"PRAGMA busy_timeout = {int(left * 1000)}")
        if not writes:
            return job(db)
        with _transaction(db):
            return job(db)

    def _close(self) -> None:
        with suppress(sqlite3.Error):
            if self._open is not None:
                self._open.close()
        self._open = None

    def _connected(self) -> sqlite3.Connection:
        if self._open is not None and _inode(self._file) != self._inode:
            self._close()  # another thread put the file aside
        if self._open is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock:
                self._remove_asides(KEPT_ASIDE_DAYS)
                db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
                self._inode = _inode(self._file)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.executescript(SCHEMA)
            self._open = db
        return self._open


def _inode(path: str) -> int:
    """Return the inode of a file, or 0 if the file is gone; asked four times a turn, so the path is text."""
    try:
        return os.stat(path).st_ino
    except OSError:
        return 0


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):  # of a broken file there is nothing to take back
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
