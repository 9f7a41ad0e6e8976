"""Exclusive access of one front to a PostgreSQL database: an advisory lock plus a fencing token, the term.

The lock alone is not enough: if its connection breaks or the server restarts, the lock is free before its front notices. So a
front that gets the lock begins a term by writing a token to the database, and every writing transaction first checks that the
token is still its own. A front that has lost the lock can then write nothing more, however late it notices.
"""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, insert, text, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from conversations.db import schema
from conversations.db.compiled_statements import CompiledStatement

T = TypeVar("T")
ABOUT = schema.about_database
LOCK_NUMBER = 0x6D63_6164  # arbitrary; PostgreSQL identifies advisory locks by number
NAME = "front"  # the row of `about_database` with the token of the current term
_TERM = CompiledStatement(ABOUT.select().with_only_columns(ABOUT.c.value).where(ABOUT.c.name == NAME))
_TRY_LOCK = text(f"SELECT pg_try_advisory_lock({LOCK_NUMBER})")
_UNLOCK = text(f"SELECT pg_advisory_unlock({LOCK_NUMBER})")
_IS_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() "
    f"AND objid = {LOCK_NUMBER}"
)


class LockLost(OperationalError):
    """Raised instead of writing when this front does not hold the lock of its database."""

    def __init__(self) -> None:
        super().__init__(None, None, RuntimeError("this front does not hold the lock of its database"))


class FrontTerm:
    """Lock and term of this front; before `begin`, as in commands beside a running front, writes are not checked."""

    gone: Any = contextlib.ExitStack()  # stands for a lock that another front has taken

    def __init__(self) -> None:
        self._token = ""
        self._is_lost = False

    def lock(self, engine: Engine) -> Connection | None:
        """Take the lock.

        Returns:
            The connection that holds the lock until it is closed, or None if another front holds it.
        """
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            if connection.execute(_TRY_LOCK).scalar():
                return connection
        except SQLAlchemyError:
            connection.close()
            raise
        connection.close()
        return None

    def release(self, lock: Connection) -> None:
        """Give the lock back, and close its connection, whose end alone the server may notice only after a moment."""
        if lock is self.gone:
            return
        with contextlib.suppress(SQLAlchemyError):
            lock.execute(_UNLOCK)
        lock.close()

    def begin(self, connection: Connection) -> None:
        """Begin a term: once this transaction is committed, the front of the previous term can no longer write."""
        token = uuid.uuid4().hex
        if not connection.execute(update(ABOUT).where(ABOUT.c.name == NAME).values(value=token)).rowcount:
            connection.execute(insert(ABOUT).values(name=NAME, value=token))
        self._token, self._is_lost = token, False

    def is_held(self, lock: Connection) -> bool:
        """Return whether the lock is still held; if it is not, this front writes nothing until the next `begin`."""
        if lock is self.gone:
            return False
        with contextlib.suppress(SQLAlchemyError):
            if not self._is_lost and lock.execute(_IS_HELD).scalar():
                return True
        self._is_lost = True
        with contextlib.suppress(SQLAlchemyError):
            lock.invalidate()
            lock.close()
        return False

    def guarding(self, job: Callable[..., T]) -> Callable[..., T]:
        """Wrap a job so that it raises LockLost unless the term is still this front's."""
        if not self._token:
            return job

        @functools.wraps(job)
        def guarded(connection: Connection, *args: Any, **kwargs: Any) -> T:
            if self._is_lost or _TERM(connection, {}) != [(self._token,)]:
                raise LockLost
            return job(connection, *args, **kwargs)

        return guarded
