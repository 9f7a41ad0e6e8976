"""Reading the audit log; privacy.note writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from conversations.db import schema

AUDIT = schema.audit


@dataclass(frozen=True)
class AuditEntry:
    """Who did what with whose data, and when."""

    id: int
    at: datetime
    who: str
    what: str
    about: str


def entries(connection: Connection, limit: int, before: int | None = None) -> list[AuditEntry]:
    """The newest first; those older than the line `before`, where one is named."""
    wanted = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(AUDIT.c.id < min(before, 2**63 - 1))
    return [AuditEntry(row.id, row.at, row.who, row.what, row.about) for row in connection.execute(wanted)]
