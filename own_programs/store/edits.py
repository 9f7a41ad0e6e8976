"""What staff changed of single programs, added and removed: who, when, why. A later import can tell what it overwrites."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone

from own_programs.records import ProgramRecord, from_json, json_and_fingerprint
from own_programs.store.reader import CatalogueReader

# Made where it is not there yet: whoever reads programs alone need not know it, so SCHEMA_VERSION stays. `before` is empty for
# a program that was added (or put back), `after` for one that was removed.
EDITS = """
CREATE TABLE IF NOT EXISTS edit (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, source_key TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
    who TEXT NOT NULL, at TEXT NOT NULL, why TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS edit_program ON edit (source, source_key, at);
"""
COLUMNS = ("id", "source", "source_key", "before", "after", "who", "at", "why")
NOT_THERE = ""  # the state of a program that is not there
MOST_SHOWN, MOST_REMOVED = 50, 500
LONGEST_WHY = 500
INSERT = f"INSERT INTO edit ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


@dataclass(frozen=True)
class Edit:
    """A change of a program; `at` is a UTC time. `before` is None if it was added by it, `after` if it was removed."""

    id: str
    before: ProgramRecord | None
    after: ProgramRecord | None
    who: str
    at: datetime
    why: str

    @property
    def program(self) -> ProgramRecord:
        """The program, as it last was where it has been removed."""
        known = self.after or self.before
        assert known is not None, "a change is one of a program"
        return known


class EditedMeanwhile(Exception):
    """Raised when a program is no longer what somebody began to change; `now` is what it is."""

    def __init__(self, now: ProgramRecord) -> None:
        super().__init__("The program has been changed meanwhile.")
        self.now = now


def state_of(program: ProgramRecord | None) -> str:
    """Return a short hash of all that a program states; "" for one that is not there."""
    if program is None:
        return NOT_THERE
    return hashlib.blake2b(json_and_fingerprint(program)[0].encode(), digest_size=16).hexdigest()


def add_edit(
    connection: sqlite3.Connection, before: ProgramRecord | None, after: ProgramRecord | None, who: str, why: str
) -> None:
    """Note a change; one of the two is there."""
    edit = Edit(uuid.uuid4().hex, before, after, who, datetime.now(timezone.utc), why.strip()[:LONGEST_WHY])
    records = [json_and_fingerprint(each)[0] if each else "" for each in (before, after)]
    at = edit.at.isoformat(timespec="microseconds")
    connection.execute(INSERT, (edit.id, edit.program.source, edit.program.source_key, *records, who, at, edit.why))


def edits_of(reader: CatalogueReader, source: str, source_key: str) -> list[Edit]:
    """Return the newest changes of a program, the last one first."""
    if not _holds_edits(reader):
        return []
    sql = f"SELECT * FROM edit WHERE source = ? AND source_key = ? ORDER BY at DESC LIMIT {MOST_SHOWN}"
    return [_edit(*(row[name] for name in COLUMNS)) for row in reader.rows(sql, source, source_key)]


def removals(reader: CatalogueReader) -> list[Edit]:
    """Return the newest removals of programs that are not there again, the last one first."""
    if not _holds_edits(reader):
        return []
    sql = (
        "SELECT edit.* FROM edit LEFT JOIN source ON source.name = edit.source LEFT JOIN program "
        "ON program.source = source.id AND program.source_key = edit.source_key AND program.missing_since IS NULL "
        "WHERE edit.after = '' AND program.id IS NULL AND NOT EXISTS (SELECT 1 FROM edit AS later WHERE "
        "later.source = edit.source AND later.source_key = edit.source_key AND later.at > edit.at) "
        f"ORDER BY edit.at DESC LIMIT {MOST_REMOVED}"
    )
    return [_edit(*(row[name] for name in COLUMNS)) for row in reader.rows(sql)]


def standing_edits(connection: sqlite3.Connection, source: str) -> dict[str, Edit]:
    """Return the last change of each program of a source that still is what staff made of it, by its identity."""
    sql = (
        f"SELECT {', '.join(f'edit.{name}' for name in COLUMNS)}, program.record, program.missing_since FROM edit "
        "JOIN source ON source.name = edit.source "
        "LEFT JOIN program ON program.source = source.id AND program.source_key = edit.source_key "
        "WHERE edit.source = ? ORDER BY at"
    )
    found: dict[str, Edit] = {}
    for *values, record, missing_since in connection.execute(sql, (source,)):
        edit = _edit(*values)
        found.pop(edit.program.source_key, None)
        there = from_json(record) if record and missing_since is None else None
        if _same(edit.after, there):
            found[edit.program.source_key] = edit
    return found


def _same(one: ProgramRecord | None, other: ProgramRecord | None) -> bool:
    """Return whether two programs state the same but for the day they were checked, or neither is there."""
    if one is None or other is None:
        return one is other
    return json_and_fingerprint(one)[1] == json_and_fingerprint(other)[1]


def _holds_edits(reader: CatalogueReader) -> bool:
    return bool(reader.column("SELECT 1 FROM sqlite_master WHERE name = 'edit'"))


def _edit(id: str, source: str, source_key: str, before: str, after: str, who: str, at: str, why: str) -> Edit:
    old, new = (from_json(text) if text else None for text in (before, after))
    return Edit(id, old, new, who, datetime.fromisoformat(at), why)
