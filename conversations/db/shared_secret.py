"""The session key where several fronts share a database: in the database, so that what one front signs holds at all."""

from __future__ import annotations

import secrets
from dataclasses import replace

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from conversations.db import schema
from conversations.db.store import Store
from core.secrets import KEY_BYTES, SESSION_KEY, key_file
from core.settings import Settings

ABOUT = schema.about_database
NAME = "session_key"  # the row of `about_database`


def with_session_key(settings: Settings, store: Store) -> Settings:
    """Return the settings with the key that all fronts on the database sign with.

    On SQLite, and where a setting gives a key, the settings as they are. The first front on PostgreSQL brings the key of its
    file, if it has one, so that the sessions that it has given out go on.
    """
    if store.is_sqlite or settings.web_session_key:
        return settings
    file = key_file(settings, SESSION_KEY)
    proposed = file.read_text(encoding="ascii").strip() if file.exists() else secrets.token_urlsafe(KEY_BYTES)
    return replace(settings, web_session_key=store.run(_stored_or, proposed))


def _stored_or(connection: Connection, proposed: str) -> str:
    """Return the key in the database; store `proposed` there if it has none."""
    connection.execute(insert(ABOUT).values(name=NAME, value=proposed).on_conflict_do_nothing())
    return str(connection.execute(select(ABOUT.c.value).where(ABOUT.c.name == NAME)).scalar_one())
