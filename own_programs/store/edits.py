"""What staff changed of single programs: who, when, what and why. A later import can tell what it overwrites."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone

from own_programs.records import ProgramRecord, from_json, json_and_fingerprint
from own_programs.store.reader import CatalogueReader

# Made where it is not there yet: whoever reads programs alone need not know it, so SCHEMA_VERSION stays.
EDITS = """
CREATE TABLE IF NOT EXISTS edit (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, source_key TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
    who TEXT NOT NULL, at TEXT NOT NULL, why TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS edit_program ON edit (source, source_key, at);
"""
COLUMNS = ("id", "source", "source_key", "before", "after", "who", "at", "why")
MOST_SHOWN = 50
LONGEST_WHY = 500
INSERT = f"INSERT INTO edit ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


@dataclass(frozen=True)
class Edit:
    """A change of a program; `at` is a UTC time."""

    id: str
    before: ProgramRecord
    after: ProgramRecord
    who: str
    at: datetime
    why: str


class EditedMeanwhile(Exception):
    """Raised when a program is no longer what somebody began to change; `now` is what it is."""

    def __init__(self, now: ProgramRecord) -> None:
        super().__init__("The program has been changed meanwhile.")
        self.now = now


def state_of(program: ProgramRecord) -> str:
    """Return a short hash of all that a program states."""
    return hashlib.blake2b(json_and_fingerprint(program)[0].encode(), digest_size=16).hexdigest()


def add_edit(connection: sqlite3.Connection, before: ProgramRecord, after: ProgramRecord, who: str, why: str) -> None:
    """Note a change."""
    at = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    records = [json_and_fingerprint(each)[0] for each in (before, after)]
    values = (uuid.uuid4().hex, after.source, after.source_key, *records, who, at, why.strip()[:LONGEST_WHY])
    connection.execute(INSERT, values)


def edits_of(reader: CatalogueReader, source: str, source_key: str) -> list[Edit]:
    """Return the newest changes of a program, the last one first."""
    if not reader.column("SELECT 1 FROM sqlite_master WHERE name = 'edit'"):
        return []
    sql = f"SELECT * FROM edit WHERE source = ? AND source_key = ? ORDER BY at DESC LIMIT {MOST_SHOWN}"
    return [_edit(*(row[name] for name in COLUMNS)) for row in reader.rows(sql, source, source_key)]


def standing_edits(connection: sqlite3.Connection, source: str) -> dict[str, Edit]:
    """Return the last change of each program of a source that still is what staff made of it, by its identity."""
    sql = (
        f"SELECT {', '.join(f'edit.{name}' for name in COLUMNS)}, program.record FROM edit "
        "JOIN source ON source.name = edit.source "
        "JOIN program ON program.source = source.id AND program.source_key = edit.source_key "
        "WHERE edit.source = ? ORDER BY at"
    )
    found: dict[str, Edit] = {}
    for *values, record in connection.execute(sql, (source,)):
        edit = _edit(*values)
        found.pop(edit.after.source_key, None)
        if json_and_fingerprint(edit.after)[1] == json_and_fingerprint(from_json(record))[1]:
            found[edit.after.source_key] = edit
    return found


def _edit(id: str, source: str, source_key: str, before: str, after: str, who: str, at: str, why: str) -> Edit:
    return Edit(id, from_json(before), from_json(after), who, datetime.fromisoformat(at), why)
