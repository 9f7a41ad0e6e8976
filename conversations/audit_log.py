"""Reading of the audit log; `conversations.erasure.record_audit` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from conversations.db import schema

AUDIT = schema.audit


@dataclass(frozen=True)
class AuditEntry:
    """Entry of the audit log: who did what, with whose data, and when."""

    id: int
    at: datetime
    who: str
    what: str
    about: str


def entries(connection: Connection, limit: int, before: int | None = None) -> list[AuditEntry]:
    """Return up to `limit` entries, newest first; with `before`, only those older than the entry of that id."""
    query = select(AUDIT).order_by(AUDIT.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AUDIT.c.id < min(before, 2**63 - 1))  # the largest id that a database accepts
    return [AuditEntry(row.id, row.at, row.who, row.what, row.about) for row in connection.execute(query)]
