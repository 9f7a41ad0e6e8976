"""Writes programs into the catalogue's file, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from own_programs.errors import CatalogueDamaged, UnknownProgram
from own_programs.records import ProgramRecord, from_json, json_and_fingerprint
from own_programs.store.edits import EDITS, Edit, EditedMeanwhile, add_edit, standing_edits, state_of
from own_programs.store.index import IndexWriter
from own_programs.store.schema import PROGRAM, SOURCE, can_be_brought_up_to_date, create, create_searched, is_current

NEW, CHANGED, SAME = "new", "changed", "same"
PATIENCE = 30.0  # seconds that an import waits for another to end
CACHE = 64_000  # KB of the database that an import keeps in memory
_INSERT = f"INSERT INTO program ({', '.join(PROGRAM)}) VALUES ({', '.join('?' * len(PROGRAM))})"
_INSERT_SOURCE = (
    f"INSERT INTO source ({', '.join(SOURCE)}) VALUES ({', '.join('?' * len(SOURCE))}) ON CONFLICT (name) DO NOTHING"
)


class CatalogueWriter:
    """Writes into one open transaction; `touched` are the ids of the programs that it has added, changed or removed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.touched: set[int] = set()
        self._sources: dict[str, int] = {}
        self._index = IndexWriter(connection)

    def source(self, name: str, **stated: str) -> None:
        """Add a source, or change what is stated of it: mapping, files, imported_at, owner, review_on, unmapped."""
        self._connection.execute(_INSERT_SOURCE, (name, *[""] * (len(SOURCE) - 1)))
        for column, value in stated.items():
            if column not in SOURCE[1:]:
                raise ValueError(f"a source has no {column}")
            self._connection.execute(f"UPDATE source SET {column} = ? WHERE name = ?", (value, name))

    def put(self, program: ProgramRecord) -> str:
        """Add or replace a program and return NEW, CHANGED or SAME. Its source must have been added."""
        return self._put(program, self._known(program.source, program.source_key))

    def put_all(self, programs: Iterable[ProgramRecord]) -> Iterator[str]:
        """Add or replace programs, each when its NEW, CHANGED or SAME is asked for. Their sources must have been added."""
        known: dict[str, dict[str, tuple[Any, ...]]] = {}
        for program in programs:
            if program.source not in known:
                known[program.source] = self._known(program.source)
            yield self._put(program, known[program.source])

    def _put(self, program: ProgramRecord, known: dict[str, tuple[Any, ...]]) -> str:
        """Add or replace a program; `known` is what is there of its source, and is kept in step."""
        record, stamp = json_and_fingerprint(program)
        there = known.get(program.source_key)
        number = there[0] if there else None
        if there and there[1] == stamp:
            outcome = self._renew(program, record, there)
        else:
            if there:
                self._remove(there[0])
            number = self._insert(program, record, stamp, number)
            outcome = CHANGED if there else NEW
        known[program.source_key] = (number, stamp, None, _iso(program.checked_on))
        return outcome

    def _known(self, source: str, source_key: str | None = None) -> dict[str, tuple[Any, ...]]:
        """Return what is there of a source: id, fingerprint, missing_since and checked_on by source_key."""
        sql = "SELECT source_key, id, fingerprint, missing_since, checked_on FROM program WHERE source = ?"
        values: tuple[Any, ...] = (self._source_id(source),)
        if source_key is not None:
            sql, values = f"{sql} AND source_key = ?", (*values, source_key)
        return {row[0]: row[1:] for row in self._connection.execute(sql, values)}

    def _renew(self, program: ProgramRecord, record: str, there: tuple[Any, ...]) -> str:
        """Keep the day on which a program that is the same was checked, and that it is there again."""
        key, _, missing_since, checked_on = there
        day = _iso(program.checked_on)
        if missing_since or day != checked_on:
            self._connection.execute(
                "UPDATE program SET record = ?, checked_on = ?, missing_since = NULL WHERE id = ?", (record, day, key)
            )
            self.touched.add(key)
        if missing_since:
            self._index.add(key, program)
        return CHANGED if missing_since else SAME

    def edit(self, program: ProgramRecord, base: str, who: str, why: str) -> None:
        """Replace a program by what somebody made of it, or add it, and note the change.

        `base` is the state (`state_of`) that they began from, that of no program if it is new. Raises EditedMeanwhile if it
        is another one by now, or UnknownProgram if it is gone.
        """
        before = self._begun_from(program, base, program)
        if before != program:
            if before is None:
                self.source(program.source)
            self.put(program)
            add_edit(self._connection, before, program, who, why)

    def take_out(self, program: ProgramRecord, base: str, who: str, why: str, today: date) -> None:
        """Have a program found no more because somebody removed it, and note that; raises as `edit` does."""
        before = self._begun_from(program, base, None)
        if before is not None:
            self.mark_missing(program.source, program.source_key, today)
            add_edit(self._connection, before, None, who, why)

    def _begun_from(self, program: ProgramRecord, base: str, wanted: ProgramRecord | None) -> ProgramRecord | None:
        """Return a program as it is now, None if it is not there: in the state `base`, or already as `wanted`."""
        sql = (
            "SELECT record FROM program JOIN source ON source.id = program.source "
            "WHERE source.name = ? AND source_key = ? AND missing_since IS NULL"
        )
        row = self._connection.execute(sql, (program.source, program.source_key)).fetchone()
        now = from_json(row[0]) if row else None
        if now == wanted or state_of(now) == base:
            return now
        if now is None:
            raise UnknownProgram(f"There is no program {program.key!r} any more.")
        raise EditedMeanwhile(now)

    def standing_edits(self, source: str) -> dict[str, Edit]:
        """Return what staff changed of a source's programs and still stands, by the program's identity."""
        return standing_edits(self._connection, source)

    def keys(self, source: str) -> set[str]:
        """Return the identities of all programs of a source that are not missing already."""
        rows = self._connection.execute(
            "SELECT source_key FROM program WHERE source = ? AND missing_since IS NULL", (self._source_id(source),)
        )
        return {key for (key,) in rows}

    def missing_keys(self, source: str) -> set[str]:
        """Return the identities of all programs that a source no longer holds."""
        rows = self._connection.execute(
            "SELECT source_key FROM program WHERE source = ? AND missing_since IS NOT NULL", (self._source_id(source),)
        )
        return {key for (key,) in rows}

    def names(self, source: str, keys: Iterable[str]) -> list[str]:
        """Return programs of a source by their identities, as "Name (identity)", sorted."""
        named = "SELECT name FROM program WHERE source = ? AND source_key = ?"
        found = ((key, self._connection.execute(named, (self._source_id(source), key)).fetchone()) for key in keys)
        return sorted(f"{row[0]} ({key})" for key, row in found if row)

    def mark_missing(self, source: str, source_key: str, since: date) -> None:
        """Mark a program that the source no longer holds; it is found no more, and comes back with a later import."""
        key = self._program_id(source, source_key)
        if key is not None:
            self._take_out(key)
            self._connection.execute("UPDATE program SET missing_since = ? WHERE id = ?", (since.isoformat(), key))
            self.touched.add(key)

    def remove(self, source: str, source_key: str) -> bool:
        """Remove a program and return whether it was there."""
        key = self._program_id(source, source_key)
        if key is not None:
            self._remove(key)
        return key is not None

    def remove_source(self, name: str) -> int:
        """Remove a source with all its programs, and return how many they were."""
        rows = self._connection.execute("SELECT id FROM program WHERE source = ?", (self._source_id(name),)).fetchall()
        for (key,) in rows:
            self._remove(key)
        self._connection.execute("DELETE FROM edit WHERE source = ?", (name,))
        self._connection.execute("DELETE FROM source WHERE name = ?", (name,))
        self._sources.pop(name, None)
        return len(rows)

    def put_copy(self, key: int, record: str, missing_since: str | None) -> None:
        """Add or replace a program under an id as another catalogue has it. Its source must have been added."""
        self.remove_copy(key)
        program = from_json(record)
        _, stamp = json_and_fingerprint(program)
        self._insert(program, record, stamp, key, missing_since)

    def remove_copy(self, key: int) -> None:
        """Remove a program by its id, if it is there."""
        if self._connection.execute("SELECT 1 FROM program WHERE id = ?", (key,)).fetchone():
            self._remove(key)

    def clear(self) -> None:
        """Remove all sources and programs."""
        self._index.clear()
        self._connection.execute("DELETE FROM program")
        self._connection.execute("DELETE FROM source")
        self._connection.execute("DELETE FROM edit")
        self._sources.clear()

    def finish(self) -> None:
        """Write what was only counted until now; `writing` does so before it ends."""
        self._index.finish()

    def _source_id(self, name: str) -> int:
        if name not in self._sources:
            row = self._connection.execute("SELECT id FROM source WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise KeyError(name)
            self._sources[name] = row[0]
        return self._sources[name]

    def _program_id(self, source: str, source_key: str) -> int | None:
        there = self._known(source, source_key).get(source_key)
        return there[0] if there else None

    def _insert(
        self, program: ProgramRecord, record: str, stamp: str, key: int | None, missing_since: str | None = None
    ) -> int:
        stated = {
            "id": key,
            "source": self._source_id(program.source),
            "fingerprint": stamp,
            "record": record,
            "checked_on": _iso(program.checked_on),
            "missing_since": missing_since,
        }
        cells = [stated[name] if name in stated else getattr(program, name) for name in PROGRAM]
        number = self._connection.execute(_INSERT, cells).lastrowid
        assert number is not None
        self.touched.add(number)
        if not missing_since:
            self._index.add(number, program)
        return number

    def _remove(self, key: int) -> None:
        self._take_out(key)
        self._connection.execute("DELETE FROM program WHERE id = ?", (key,))
        self.touched.add(key)

    def _take_out(self, key: int) -> None:
        """Have a program found no more; one that is missing has been taken out already."""
        sql = "SELECT record, missing_since FROM program WHERE id = ?"
        record, missing_since = self._connection.execute(sql, (key,)).fetchone()
        if missing_since is None:
            self._index.remove(key, from_json(record))


@contextmanager
def transaction(path: Path) -> Iterator[tuple[CatalogueWriter, sqlite3.Connection]]:
    """Yield a writer of a file alone, with its connection."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
        _prepare(connection, path)
        connection.execute("BEGIN IMMEDIATE")
        try:
            writer = CatalogueWriter(connection)
            yield writer, connection
            writer.finish()
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            create(connection)
        if can_be_brought_up_to_date(connection):
            _bring_up_to_date(connection)
        known = is_current(connection)
    except sqlite3.DatabaseError as error:
        raise CatalogueDamaged(f"{path}: the catalogue cannot be read ({error}). Import your files anew.") from error
    if not known:
        raise CatalogueDamaged(f"{path}: another version wrote this catalogue. Import your files anew.")
    connection.executescript(EDITS)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE}")


def bring_up_to_date(path: Path) -> None:
    """Have the programs of an earlier version found by this one; any other file stays as it is."""
    if not path.is_file():
        return
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
        if can_be_brought_up_to_date(connection):
            _bring_up_to_date(connection)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make all anew by which programs are found, from their records, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if can_be_brought_up_to_date(connection):  # else another process did it meanwhile
            create_searched(connection)
            index = IndexWriter(connection)
            for key, record in connection.execute("SELECT id, record FROM program WHERE missing_since IS NULL"):
                index.add(key, from_json(record))
            index.finish()
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
