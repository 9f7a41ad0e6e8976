"""Settings that admins change in the console; the front follows them at once, in place of `ADVISOR_*` variables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, select

from conversations.admin.named_rows import save_row
from conversations.db import schema
from conversations.erasure import record_audit

SETTINGS = schema.kept_setting
OFFICE_SITE = "office_site"  # the setting that names the site whose opening hours apply on platforms


def load_settings(connection: Connection) -> dict[str, Any]:
    """Return the settings by name; a setting that was never changed in the console is absent."""
    return {row.name: row.value for row in connection.execute(select(SETTINGS.c.name, SETTINGS.c.value))}


def save_setting(connection: Connection, name: str, value: Any, by: str) -> None:
    """Store a setting; None deletes it, so that the environment's value applies again."""
    if value is None:
        connection.execute(delete(SETTINGS).where(SETTINGS.c.name == name))
    else:
        save_row(connection, SETTINGS, name, by, value=value)
    record_audit(connection, by, f"set {name} to {'what the environment says' if value is None else value}"[:60])
