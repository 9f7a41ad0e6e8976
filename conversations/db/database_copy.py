"""Copies a conversations database into an empty one: from SQLite to PostgreSQL, back, or between two of a kind.

Rows go in batches, each in a transaction together with a note of how far the copy has come, so that one that was interrupted
goes on where it stopped. In the end each table is counted and hashed on both sides. Only then is the note taken away; until
then no front opens the target, so that it is whole or not in use.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text, tuple_, update

from conversations.db import schema
from conversations.db.search_index import AT_ONCE, index_batch
from conversations.db.store import Store, lift_timeouts
from conversations.errors import StoreError

ABOUT = schema.about_database
NAME = "copy"  # the row of `about_database` that says how far an unfinished copy has come
BATCH = 500  # rows in one transaction
Rows = list[dict[str, Any]]
Run = Callable[..., Any]


@dataclass(frozen=True)
class CopiedTable:
    """A table with its number of rows and a hash over all of them, in whatever order."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True)
class _Progress:
    """The table that is being copied, and the key of the last row that is written."""

    table: str = ""
    after: tuple[Any, ...] = ()


def copy_database(
    source: Store, target: Store, tell: Callable[[str], None] = lambda line: None, anew: bool = False
) -> list[CopiedTable]:
    """Copy all rows and return the tables as they were compared; `tell` hears of each table.

    Goes on with a copy that was interrupted, or begins again if `anew`.

    Raises:
        StoreError: A front runs on one of the two, the target holds something else, or it differs from the source at the end.
    """
    for store in (source, target):
        store.lock(alone=True)
        store.upgrade()
    return _copy(source.run, target.run, tell, anew)


def copy_moment(source: Store, target: Store) -> list[CopiedTable]:
    """Copy all rows as they are at one moment, whatever fronts write meanwhile, and return the tables as they were compared.

    Raises:
        StoreError: The target is not empty.
    """
    target.upgrade()
    with source.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        lift_timeouts(connection)
        return _copy(partial(_on, connection), target.run)


def replace_all(source: Store, target: Store) -> list[CopiedTable]:
    """Put the rows of the source in place of all in the target, in one transaction, and return the tables."""
    with target.engine.begin() as connection:
        lift_timeouts(connection)
        _empty(connection)
        return _copy(source.run, partial(_on, connection))


def _on(connection: Connection, job: Callable[..., Any], *args: Any) -> Any:
    return job(connection, *args)


def _copy(
    read: Run, write: Run, tell: Callable[[str], None] = lambda line: None, anew: bool = False
) -> list[CopiedTable]:
    """Copy what `read` reads by `write`, each of which runs a job with a connection."""
    if read(_progress):
        raise StoreError("The source is itself an unfinished copy. Finish that one first.")
    progress = write(_begin, anew)
    tables = schema.metadata.sorted_tables
    names = [table.name for table in tables]
    for table in tables[names.index(progress.table) if progress.table else 0 :]:
        after = progress.after if table.name == progress.table else ()
        while rows := read(_rows_after, table, after):
            after = _key(table, rows[-1])
            write(_write, table, rows, after)
        tell(f"{table.name}: copied")
    compared = [_compare(read, write, table) for table in tables]
    write(_finish, read(_highest_ids))
    while write(index_batch) >= AT_ONCE:
        pass
    return compared


def is_unfinished(connection: Connection) -> bool:
    """Return True if a copy into this database was begun and not finished."""
    return _progress(connection) is not None


def _progress(connection: Connection) -> _Progress | None:
    value = connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == NAME)).scalar()
    if value is None:
        return None
    noted = json.loads(value)
    return _Progress(noted["table"], tuple(noted["after"]))


def _begin(connection: Connection, anew: bool) -> _Progress:
    """Return how far the copy has come; note a new one if the database is empty.

    Raises:
        StoreError: The database holds something that no unfinished copy has put there.
    """
    progress = _progress(connection)
    if progress and not anew:
        return progress
    if progress:
        _empty(connection)
    for table in schema.metadata.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise StoreError(f"The target is not empty: its table {table.name} holds rows. Name an empty database.")
    _note(connection, _Progress())
    return _Progress()


def _empty(connection: Connection) -> None:
    for table in reversed(schema.metadata.sorted_tables):
        connection.execute(delete(table))


def _note(connection: Connection, progress: _Progress) -> None:
    value = json.dumps({"table": progress.table, "after": progress.after})
    if not connection.execute(update(ABOUT).where(ABOUT.c.name == NAME).values(value=value)).rowcount:
        connection.execute(insert(ABOUT).values(name=NAME, value=value))


def _rows_after(connection: Connection, table: Table, after: tuple[Any, ...]) -> Rows:
    """Return the next rows of a table by its key."""
    key = list(table.primary_key)
    query = select(table).order_by(*key).limit(BATCH)
    if after:
        query = query.where(tuple_(*key) > tuple_(*after))
    return [dict(row._mapping) for row in connection.execute(query)]


def _key(table: Table, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key)


def _write(connection: Connection, table: Table, rows: Rows, after: tuple[Any, ...]) -> None:
    connection.execute(insert(table), rows)
    _note(connection, _Progress(table.name, after))


def _compare(read: Run, write: Run, table: Table) -> CopiedTable:
    before: CopiedTable = read(_summed_up, table)
    copied: CopiedTable = write(_summed_up, table)
    if before != copied:
        raise StoreError(
            f"The copy differs from its source in table {table.name} ({copied.rows} rows, {before.rows} in the source). "
            "The source may have changed since the copy was begun: copy again with --anew."
        )
    return copied


def _summed_up(connection: Connection, table: Table) -> CopiedTable:
    """Count and hash a table; the order of rows does not count, since databases sort texts in different ways."""
    count = total = 0
    for line in _lines(connection, table):
        count += 1
        total = (total + int.from_bytes(hashlib.sha256(line).digest(), "big")) % 2**256
    return CopiedTable(table.name, count, f"{total:064x}")


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    query = select(table) if table is not ABOUT else select(ABOUT).where(ABOUT.c.name != NAME)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        yield json.dumps(list(row), sort_keys=True, default=_plain).encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else bytes(value).hex()


def _highest_ids(connection: Connection) -> dict[str, int]:
    """Return the highest id that each table with numbered rows has ever given, by the table's name."""
    highest = {}
    for table in _numbered():
        held = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        if connection.dialect.name == "sqlite":
            query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
            given = connection.execute(query, {"name": table.name}).scalar()
        else:
            sequence = connection.execute(
                text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table.name}
            ).scalar()
            given = connection.execute(text(f"SELECT last_value FROM {sequence}")).scalar() if sequence and held else 0
        highest[table.name] = max(held, given or 0)
    return highest


def _numbered() -> list[Table]:
    return [table for table in schema.metadata.sorted_tables if "id" in table.c and table.c.id.type.python_type is int]


def _finish(connection: Connection, highest: dict[str, int]) -> None:
    """Let new rows get ids that the source never gave, and take away the note."""
    for name, number in highest.items():
        if connection.dialect.name == "sqlite":
            connection.execute(
                text("UPDATE sqlite_sequence SET seq = :seq WHERE name = :name"), {"seq": number, "name": name}
            )
        elif number:
            values = {"name": name, "number": number}
            connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)"), values)
    connection.execute(delete(ABOUT).where(ABOUT.c.name == NAME))
