"""Marker of databases with demo data; demo data is never added to a database with real conversations."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from conversations.db import schema
from conversations.errors import StoreError

ABOUT, CONVERSATIONS = schema.about_database, schema.conversation
HOLDS, DEMO = "holds", "demo data"


def is_demo(connection: Connection) -> bool:
    """Return whether the database is marked as demo data."""
    return connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == HOLDS)).scalar() == DEMO


def mark_as_demo(connection: Connection) -> None:
    """Mark the database as demo data, which every page of the console then shows.

    Raises:
        StoreError: The database holds real conversations.
    """
    if is_demo(connection):
        return
    if connection.execute(select(CONVERSATIONS.c.id).limit(1)).first():
        raise StoreError("This database holds real conversations. Demo data never goes beside them; name another file.")
    connection.execute(insert(ABOUT).values(name=HOLDS, value=DEMO))
