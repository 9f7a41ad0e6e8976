"""Writes programs into the catalogue, all of one import or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from catalogue.errors import CatalogueDamaged
from catalogue.records import Offering, ProgramRecord, fingerprint, fingerprint_of, from_json, to_json
from catalogue.store.names import NameWriter, as_key
from catalogue.store.schema import APPLICATION_ID, SCHEMA_VERSION, TABLES, WORDS, create
from catalogue.store.terms import TermWriter

FILE_NAME = "catalogue.db"
NEW, CHANGED, SAME = "new", "changed", "same"
PATIENCE = 30.0  # seconds that an import waits for another to end
SAMPLED = 1000  # rows of each index that are looked at to plan queries
NEVER = "9999-12-31"
_INSERT_PROGRAM = (
    f"INSERT INTO program ({', '.join(TABLES['program'])}) VALUES ({', '.join('?' * len(TABLES['program']))})"
)
_COLUMNS, _MARKS = ", ".join(WORDS), ", ?" * len(WORDS)
_INSERT_WORDS = f"INSERT INTO program_words (rowid, {_COLUMNS}) VALUES (?{_MARKS})"
_DELETE_WORDS = f"INSERT INTO program_words (program_words, rowid, {_COLUMNS}) VALUES ('delete', ?{_MARKS})"


class CatalogueWriter:
    """Writes into one open transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sources: dict[str, int] = {}
        self._names = NameWriter(connection)
        self._terms = TermWriter(connection, self._names)

    def source(self, name: str, **stated: str) -> None:
        """Add a source, or change what is stated of it: mapping, files, imported_at, owner, review_on."""
        blank = dict.fromkeys(("mapping", "files", "imported_at", "owner", "review_on"), "")
        self._connection.execute(
            "INSERT INTO source (name, mapping, files, imported_at, owner, review_on) "
            "VALUES (:name, :mapping, :files, :imported_at, :owner, :review_on) ON CONFLICT (name) DO NOTHING",
            {"name": name, **blank},
        )
        for column, value in stated.items():
            if column not in blank:
                raise ValueError(f"a source has no {column}")
            self._connection.execute(f"UPDATE source SET {column} = ? WHERE name = ?", (value, name))

    def put(self, program: ProgramRecord) -> str:
        """Add or replace a program and return NEW, CHANGED or SAME. Its source must have been added."""
        known = self._connection.execute(
            "SELECT id, fingerprint, missing_since FROM program WHERE source = ? AND source_key = ?",
            (self._source_id(program.source), program.source_key),
        ).fetchone()
        text = to_json(program)
        stamp = fingerprint(program) if program.checked_on else fingerprint_of(text)
        if known and known[1] == stamp:
            self._connection.execute(
                "UPDATE program SET record = ?, checked_on = ?, missing_since = NULL WHERE id = ?",
                (text, _iso(program.checked_on), known[0]),
            )
            if known[2]:
                self._index(known[0], program)
            return CHANGED if known[2] else SAME
        if known:
            self._remove(known[0])
        self._insert(program, text, stamp, known[0] if known else None)
        return CHANGED if known else NEW

    def keys(self, source: str) -> set[str]:
        """Return the identities of all programs of a source that are not missing already."""
        rows = self._connection.execute(
            "SELECT source_key FROM program WHERE source = ? AND missing_since IS NULL", (self._source_id(source),)
        )
        return {key for (key,) in rows}

    def mark_missing(self, source: str, source_key: str, since: date) -> None:
        """Mark a program that the source no longer holds; it is found no more, and comes back with a later import."""
        row = self._connection.execute(
            "SELECT id FROM program WHERE source = ? AND source_key = ?", (self._source_id(source), source_key)
        ).fetchone()
        if row:
            self._unindex(row[0])
            self._connection.execute("UPDATE program SET missing_since = ? WHERE id = ?", (since.isoformat(), row[0]))

    def remove(self, source: str, source_key: str) -> bool:
        """Remove a program and return whether it was there."""
        row = self._connection.execute(
            "SELECT id FROM program WHERE source = ? AND source_key = ?", (self._source_id(source), source_key)
        ).fetchone()
        if row:
            self._remove(row[0])
        return row is not None

    def remove_source(self, name: str) -> int:
        """Remove a source with all its programs, and return how many they were."""
        rows = self._connection.execute("SELECT id FROM program WHERE source = ?", (self._source_id(name),)).fetchall()
        for (key,) in rows:
            self._remove(key)
        self._connection.execute("DELETE FROM source WHERE name = ?", (name,))
        self._sources.pop(name, None)
        return len(rows)

    def finish(self) -> None:
        """Write what was only counted until now; `writing` does so before it ends."""
        self._terms.finish()
        self._names.finish()

    def _source_id(self, name: str) -> int:
        if name not in self._sources:
            row = self._connection.execute("SELECT id FROM source WHERE name = ?", (name,)).fetchone()
            if row is None:
                raise KeyError(name)
            self._sources[name] = row[0]
        return self._sources[name]

    def _insert(self, program: ProgramRecord, text: str, stamp: str, key: int | None) -> None:
        stated = {
            "id": key,
            "source": self._source_id(program.source),
            "fingerprint": stamp,
            "record": text,
            "checked_on": _iso(program.checked_on),
            "missing_since": None,
        }
        values = [stated[name] if name in stated else getattr(program, name) for name in TABLES["program"]]
        number = self._connection.execute(_INSERT_PROGRAM, values).lastrowid
        assert number is not None
        self._index(number, program)

    def _index(self, key: int, program: ProgramRecord) -> None:
        """Write all that a program is found by."""
        self._terms.count(program, 1)
        self._names.add_program(key, program.name)
        self._connection.execute(_INSERT_WORDS, (key, *_words(program)))
        offerings = program.offerings or (Offering(),)
        self._add_all("offering", [self._offering(key, number, program, one) for number, one in enumerate(offerings)])
        self._add_all("price", list(_prices(key, program, offerings)))
        self._add_all(
            "credit", [(key, position, each.amount, each.unit) for position, each in enumerate(program.credits)]
        )

    def _offering(self, key: int, number: int, program: ProgramRecord, one: Offering) -> tuple[Any, ...]:
        term = self._terms.key
        provider, kind, level = (term(each, getattr(program, each)) for each in ("provider", "type", "level"))
        place, campus, country = (term(each, getattr(one, each)) for each in ("place", "campus", "country"))
        sizes = (program.eqf, program.weeks, program.hours, program.hours_per_week)
        where = (one.mode or None, one.schedule or None, place, campus, country, _languages(program, one))
        when = (_iso(one.start), _iso(one.deadline))
        return (key, number, open_until(one), provider, kind, level, *sizes, *where, *when)

    def _add_all(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    def _remove(self, key: int) -> None:
        self._unindex(key)
        self._connection.execute("DELETE FROM program WHERE id = ?", (key,))

    def _unindex(self, key: int) -> None:
        """Take out all that a program is found by, unless it is missing and so has been taken out."""
        text, missing = self._connection.execute(
            "SELECT record, missing_since FROM program WHERE id = ?", (key,)
        ).fetchone()
        if missing:
            return
        program = from_json(text)
        self._terms.count(program, -1)
        self._names.remove_program(key, program.name)
        # A full-text table without texts of its own must be told what it forgets.
        self._connection.execute(_DELETE_WORDS, (key, *_words(program)))
        for table in ("price", "credit", "offering"):
            self._connection.execute(f"DELETE FROM {table} WHERE program = ?", (key,))


@contextmanager
def writing(path: Path) -> Iterator[CatalogueWriter]:
    """Yield a writer whose changes are kept together when the block ends, and not at all if it raises.

    The file is made if need be. Readers see what was there before until then. Raises CatalogueDamaged for a
    file that is no catalogue of this version.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection:
        _prepare(connection, path)
        connection.execute("BEGIN IMMEDIATE")
        try:
            writer = CatalogueWriter(connection)
            yield writer
            writer.finish()
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
        connection.execute(f"PRAGMA analysis_limit = {SAMPLED}")
        connection.execute("PRAGMA optimize")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    try:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            create(connection)
        found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    except sqlite3.DatabaseError as error:
        raise CatalogueDamaged(f"{path}: the catalogue cannot be read ({error}). Import your files anew.") from error
    if found != [APPLICATION_ID, SCHEMA_VERSION]:
        raise CatalogueDamaged(f"{path}: another version wrote this catalogue. Import your files anew.")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _words(program: ProgramRecord) -> tuple[str, ...]:
    places = dict.fromkeys(part for one in program.offerings for part in (one.place, one.campus, one.country) if part)
    lists = {"subjects": program.subjects, "skills": program.skills, "places": tuple(places)}
    texts = (" ; ".join(lists[name]) if name in lists else getattr(program, name) for name in WORDS)
    return tuple(text.replace("&", " and ") for text in texts)


def _prices(key: int, program: ProgramRecord, offerings: tuple[Offering, ...]) -> Iterator[tuple[Any, ...]]:
    for number, one in enumerate(offerings):
        prices = one.prices or program.prices
        for_all = any(not price.category for price in prices)
        for position, price in enumerate(prices):
            usual = not (for_all and price.category)
            yield key, number, position, price.amount, price.currency, as_key(price.category), usual


def _languages(program: ProgramRecord, one: Offering) -> str | None:
    languages = (one.language,) if one.language else program.languages
    return f";{';'.join(languages).lower()};" if languages else None


def open_until(one: Offering) -> str:
    """Return the last day on which an offering can be taken, as far as it states one.

    That is its deadline, or else its start; what can be begun at any time runs until its end.
    """
    at_any_time = one.schedule == "self-paced"
    days = (one.deadline, None if at_any_time else one.start, one.end)
    return next((day.isoformat() for day in days if day), NEVER)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
