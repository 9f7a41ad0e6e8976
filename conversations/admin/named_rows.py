"""Tables of the console whose rows are found by name and say who changed them last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, insert, update

from conversations.db.schema import now


def save_row(connection: Connection, table: Table, name: str, by: str, **values: Any) -> None:
    """Insert a row, or update the row that has this name."""
    changed = connection.execute(update(table).where(table.c.name == name).values(by=by, at=now(), **values))
    if not changed.rowcount:
        connection.execute(insert(table).values(name=name, by=by, **values))
