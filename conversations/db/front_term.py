"""One front at a time, on PostgreSQL: a lock that goes with its connection, and a term that says whose turn it is.

The lock alone is not enough: when its connection breaks, or the server is started again, it is gone before its front knows.
So whoever gets the lock begins a term, noted in the database, and each transaction that writes looks first whether the term is
still its own. A front that has lost its lock can then write nothing more, however late it notices.
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
LOCK_NUMBER = 0x6D63_6164  # any number of ours; PostgreSQL's advisory locks are numbered
NAME = "front"  # the row that says whose term it is
_TERM = CompiledStatement(ABOUT.select().with_only_columns(ABOUT.c.value).where(ABOUT.c.name == NAME))
_TRY = text(f"SELECT pg_try_advisory_lock({LOCK_NUMBER})")
_HELD = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() "
    f"AND objid = {LOCK_NUMBER}"
)


class LockLost(OperationalError):
    """This front does not hold the database's lock at this moment, so it writes nothing."""

    def __init__(self) -> None:
        super().__init__(None, None, RuntimeError("this front does not hold the lock of its database"))


class FrontTerm:
    """Before `begin`, as for commands beside a running front, nothing is looked after."""

    gone: Any = contextlib.ExitStack()  # in place of a lock that another front has

    def __init__(self) -> None:
        self._own = ""
        self._is_lost = False

    def lock(self, engine: Engine) -> Connection | None:
        """The connection that holds the lock until it is closed; None where another front has it."""
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            if connection.execute(_TRY).scalar():
                return connection
        except SQLAlchemyError:
            connection.close()
            raise
        connection.close()
        return None

    def begin(self, connection: Connection) -> None:
        """From the end of this transaction on, whoever wrote here before can write no more."""
        own = uuid.uuid4().hex
        if not connection.execute(update(ABOUT).where(ABOUT.c.name == NAME).values(value=own)).rowcount:
            connection.execute(insert(ABOUT).values(name=NAME, value=own))
        self._own, self._is_lost = own, False

    def is_held(self, lock: Connection) -> bool:
        """Whether the lock is there; where it is not, nothing is written from now on."""
        if lock is self.gone:
            return False
        try:
            if not self._is_lost and lock.execute(_HELD).scalar():
                return True
        except SQLAlchemyError:
            pass
        self._is_lost = True
        with contextlib.suppress(SQLAlchemyError):
            lock.invalidate()
            lock.close()
        return False

    def guarding(self, job: Callable[..., T]) -> Callable[..., T]:
        """The job, done only while it is our term; LockLost otherwise."""
        if not self._own:
            return job

        @functools.wraps(job)
        def guarded(connection: Connection, *args: Any, **kwargs: Any) -> T:
            if self._is_lost or _TERM(connection, {}) != [(self._own,)]:
                raise LockLost
            return job(connection, *args, **kwargs)

        return guarded
