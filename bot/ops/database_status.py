"""What `advisor db status` tells: which database holds the conversations, at which version, how much, and who works on it."""

from __future__ import annotations

from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from conversations.db import schema
from conversations.db.database_copy import is_unfinished
from conversations.db.store import Store, newest_revision
from conversations.errors import StoreError
from conversations.sharing.front_session import PRESENCE, leased_numbers

_FRONTS = text(
    "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock'"
    f" AND classid = 0 AND objid = {PRESENCE}"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def describe(store: Store) -> list[str]:
    """Return lines about a conversations database as it is; nothing is changed.

    Raises:
        StoreError: The database cannot be read.
    """
    where = str(store.file or store.url.render_as_string(hide_password=True))
    if store.file and not store.file.exists():
        return [f"Database: {where}, which is not there yet"]
    try:
        lines = store.run(_of_tables)
        lines += [_front_of_file(store)] if store.is_sqlite else store.run(_of_fronts)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(f"The conversations database cannot be read: {reason}") from error
    return [f"Database: {where}", *lines]


def _of_tables(connection: Connection) -> list[str]:
    revision, newest = MigrationContext.configure(connection).get_current_revision(), newest_revision()
    if revision != newest:
        return [f"Tables: at {revision or 'nothing'}, this version has {newest}. Run: advisor db migrate"]
    counts = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (schema.conversation, schema.message)
    }
    lines = [f"Tables: up to date ({revision})"]
    lines += [f"Holds: {counts['conversation']} conversations, {counts['message']} messages"]
    if is_unfinished(connection):
        lines.append("This is an unfinished copy: run the same `advisor db copy` again")
    return lines


def _of_fronts(connection: Connection) -> list[str]:
    fronts = connection.execute(_FRONTS).scalar_one()
    leases = len(leased_numbers(connection) - {PRESENCE})
    return [f"Fronts that run: {fronts}, with {leases} leases"]


def _front_of_file(store: Store) -> str:
    try:
        store.lock()
    except StoreError:
        return "Fronts that run: 1"
    return "Fronts that run: 0"
