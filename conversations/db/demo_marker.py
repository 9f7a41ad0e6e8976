"""Databases that hold made-up conversations, to show and to measure on, say so; and real ones never get any."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from conversations.db import schema
from conversations.errors import StoreError

ABOUT, CONVERSATIONS = schema.about_database, schema.conversation
HOLDS, DEMO = "holds", "demo data"


def is_demo(connection: Connection) -> bool:
    return connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == HOLDS)).scalar() == DEMO


def mark_as_demo(connection: Connection) -> None:
    """From now on every page of the console says that this is demo data. StoreError where real conversations are."""
    if is_demo(connection):
        return
    if connection.execute(select(CONVERSATIONS.c.id).limit(1)).first():
        raise StoreError("This database holds real conversations. Demo data never goes beside them; name another file.")
    connection.execute(insert(ABOUT).values(name=HOLDS, value=DEMO))
