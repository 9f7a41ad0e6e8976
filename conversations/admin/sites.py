"""Sites that admins describe in the console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from conversations.admin.named_rows import save_row
from conversations.db import schema
from conversations.erasure import record_audit

SITES = schema.site


def list_sites(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return the console's descriptions of sites by name, in the form of sites.yml."""
    return {row.name: row.description for row in connection.execute(select(SITES).order_by(SITES.c.name))}


def save_site(connection: Connection, name: str, description: Mapping[str, Any], by: str) -> None:
    """Store the description of a site, in place of an earlier one."""
    save_row(connection, SITES, name, by, description=dict(description))
    record_audit(connection, by, "changed a site", name)


def delete_site(connection: Connection, name: str, by: str) -> None:
    """Delete the description of a site, if there is one."""
    if connection.execute(delete(SITES).where(SITES.c.name == name)).rowcount:
        record_audit(connection, by, "removed a site", name)
