"""The tracker store's tables in PostgreSQL, where several engines share them: any turn may go to any engine.

A conversation's version is what keeps an engine from going by what it holds in memory: it is read with each turn, and a write
on another version is refused. A new conversation's versions begin at the present time, so that one that was deleted and begun
again never comes to a version that an engine still holds.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any

import psycopg2

from bot.engine.state_db import KEPT_REPLIES, StateChanged

CONNECTIONS = 4
TABLES_LOCK = 0x6D63_6166  # advisory lock, held while the tables are made
OPTIONS = {
    "connect_timeout": 3,  # seconds
    "tcp_user_timeout": 4000,  # ms without an acknowledgement, after which a connection counts as broken
    "application_name": "advisor engine",
    "options": "-c statement_timeout=3s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s",
}
SCHEMA = f"""
SELECT pg_advisory_xact_lock({TABLES_LOCK});
CREATE TABLE IF NOT EXISTS engine_conversation (id text PRIMARY KEY, version bigint NOT NULL, events text NOT NULL);
CREATE TABLE IF NOT EXISTS engine_reply (
    conversation text NOT NULL, message_id text NOT NULL, version bigint NOT NULL, reply text NOT NULL,
    PRIMARY KEY (conversation, message_id));
"""
READ = "SELECT version, CASE WHEN version = %s THEN NULL ELSE events END FROM engine_conversation WHERE id = %s"
WRITE = """INSERT INTO engine_conversation AS held (id, version, events) VALUES (%(id)s, %(next)s, %(events)s)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, events = excluded.events WHERE held.version = %(version)s"""
REMEMBER = """INSERT INTO engine_reply (conversation, message_id, version, reply) VALUES (%s, %s, %s, %s)
    ON CONFLICT (conversation, message_id) DO UPDATE SET version = excluded.version, reply = excluded.reply"""
FORGET_OLDER = "DELETE FROM engine_reply WHERE conversation = %s AND version <= %s"
REPLY = "SELECT reply FROM engine_reply WHERE conversation = %s AND message_id = %s"
FORGET_REPLIES = "DELETE FROM engine_reply WHERE conversation = %s"
FORGET = "DELETE FROM engine_conversation WHERE id = %s"
KEYS = "SELECT id FROM engine_conversation"
TRY_WRITE = "INSERT INTO engine_reply (conversation, message_id, version, reply) VALUES ('', 'probe', 0, '')"


class StateUnavailable(OSError):
    """The database cannot be used now; later it may be."""


class PostgresState:
    """The tables of one row a conversation, with a version that each write raises, and of its last replies.

    The methods are those of `state_db.StateDatabase`; each raises StateUnavailable if the database cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._address = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="state")
        self._of_thread = threading.local()

    async def read(self, conversation: str, known: int) -> tuple[int, str | None] | None:
        """Return (version, events) of a conversation, or None if it is new; the events are None if the version is `known`."""
        return await self._run(lambda cursor: _row(cursor, READ, known, conversation))

    async def write(
        self, conversation: str, version: int, events: str, message_id: str | None = None, reply: str | None = None
    ) -> int:
        """Replace the events of a version and return the new one.

        Raises StateChanged if the conversation has another version by now.
        """
        following = version + 1 if version else int(time.time() * 1000)

        def job(cursor: Any) -> int:
            cursor.execute(WRITE, {"id": conversation, "version": version, "next": following, "events": events})
            if not cursor.rowcount:
                raise StateChanged(conversation)
            if message_id and reply:
                cursor.execute(REMEMBER, (conversation, message_id, following, reply))
                cursor.execute(FORGET_OLDER, (conversation, following - KEPT_REPLIES))
            return following

        return await self._run(job, writes=True)

    async def reply(self, conversation: str, message_id: str) -> str | None:
        """Return the reply to a message of the conversation, or None if it is not among the last ones."""
        row = await self._run(lambda cursor: _row(cursor, REPLY, conversation, message_id))
        return row[0] if row else None

    async def forget(self, conversation: str) -> bool:
        """Delete a conversation; return whether it was there."""

        def job(cursor: Any) -> bool:
            cursor.execute(FORGET_REPLIES, (conversation,))
            cursor.execute(FORGET, (conversation,))
            return bool(cursor.rowcount)

        return await self._run(job, writes=True)

    async def drop(self, conversation: str) -> None:
        """Delete the state of a conversation, but not its last replies."""
        await self._run(lambda cursor: cursor.execute(FORGET, (conversation,)), writes=True)

    async def keys(self) -> list[str]:
        """Return the ids of all conversations."""

        def job(cursor: Any) -> list[str]:
            cursor.execute(KEYS)
            return [row[0] for row in cursor.fetchall()]

        return await self._run(job)

    async def check_writable(self) -> None:
        """Raise StateUnavailable if nothing can be written now; nothing of the attempt is kept."""

        def job(cursor: Any) -> None:
            cursor.execute(TRY_WRITE)
            cursor.connection.rollback()

        await self._run(job, writes=True)

    async def _run(self, job: Callable[[Any], Any], writes: bool = False) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._in_thread, job, writes)

    def _in_thread(self, job: Callable[[Any], Any], writes: bool) -> Any:
        """Return the result of a job, with a new connection if the one that was kept turns out to be broken."""
        is_kept = getattr(self._of_thread, "connection", None) is not None
        try:
            return self._on_server(job, writes)
        except psycopg2.Error as error:
            is_broken = self._is_broken()
            self._disconnect()
            if not (is_kept and is_broken):
                raise StateUnavailable(type(error).__name__) from error
        # A write that was done, though its confirmation was lost, is found out by its version.
        try:
            return self._on_server(job, writes)
        except psycopg2.Error as error:
            self._disconnect()
            raise StateUnavailable(type(error).__name__) from error

    def _on_server(self, job: Callable[[Any], Any], writes: bool) -> Any:
        connection = self._connection()
        connection.autocommit = not writes
        # The connection's own block is a transaction even with autocommit; what only reads needs none, and is one round trip.
        with connection if writes else nullcontext(), connection.cursor() as cursor:
            return job(cursor)

    def _connection(self) -> Any:
        if getattr(self._of_thread, "connection", None) is None:
            connection = psycopg2.connect(self._address, **OPTIONS)
            with connection, connection.cursor() as cursor:
                cursor.execute(SCHEMA)
            self._of_thread.connection = connection
        return self._of_thread.connection

    def _is_broken(self) -> bool:
        connection = getattr(self._of_thread, "connection", None)
        return connection is None or bool(connection.closed)

    def _disconnect(self) -> None:
        connection, self._of_thread.connection = getattr(self._of_thread, "connection", None), None
        if connection is not None:
            with suppress(psycopg2.Error):
                connection.close()


def _row(cursor: Any, statement: str, *values: Any) -> tuple[Any, ...] | None:
    cursor.execute(statement, values)
    row: tuple[Any, ...] | None = cursor.fetchone()
    return row
