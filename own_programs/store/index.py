"""Writes what programs are found by: their words and names, and their offerings as rows that can be filtered."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from own_programs.records import Offering, ProgramRecord
from own_programs.store.digest import digest_of
from own_programs.store.names import NameWriter, as_key
from own_programs.store.rows import Rows
from own_programs.store.schema import FULL_TEXT, MODE, SCHEDULE, is_of, offering_id
from own_programs.store.terms import TermWriter

SAMPLED = 1000  # rows of each index that are looked at to plan queries
_INSERT_WORDS = {
    table: f"INSERT INTO {table} (rowid, {', '.join(names)}) VALUES (?{', ?' * len(names)})"
    for table, names in FULL_TEXT.items()
}
# A full-text table without texts of its own must be told what it forgets.
_DELETE_WORDS = {
    table: f"INSERT INTO {table} ({table}, rowid, {', '.join(names)}) VALUES ('delete', ?{', ?' * len(names)})"
    for table, names in FULL_TEXT.items()
}
_WORDS = tuple({name for names in FULL_TEXT.values() for name in names})
_INSERT_DIGEST = "INSERT INTO digest VALUES (?)"
_INSERT_OFFERING = f"INSERT INTO offering VALUES ({', '.join('?' * 17)})"
_INSERT_PRICE = "INSERT INTO price VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_CREDIT = "INSERT INTO credit VALUES (?, ?, ?, ?)"


class IndexWriter:
    """Writer of all tables of SEARCHED and of the full-text table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection)
        self._names = NameWriter(connection, self._rows)
        self._terms = TermWriter(connection, self._names)

    def add(self, key: int, program: ProgramRecord) -> None:
        """Have a program found."""
        self._terms.count(program, 1)
        self._names.add_program(key, program.name)
        offerings = program.offerings or (Offering(),)
        number, words = _digest(key, program), _words(program)
        self._rows.add(_INSERT_DIGEST, [(number,)])
        for table, names in FULL_TEXT.items():
            self._rows.add(_INSERT_WORDS[table], [(number, *(words[name] for name in names))])
        self._rows.add(_INSERT_OFFERING, self._offerings(key, program, offerings))
        self._rows.add(_INSERT_PRICE, _prices(key, program, offerings))
        credits = ((key, position, each.amount, each.unit) for position, each in enumerate(program.credits))
        self._rows.add(_INSERT_CREDIT, credits)

    def remove(self, key: int, program: ProgramRecord) -> None:
        """Have a program found no more; it must be given as it was added."""
        self._rows.flush()
        self._terms.count(program, -1)
        self._names.remove_program(key, program.name)
        number, words = _digest(key, program), _words(program)
        self._connection.execute("DELETE FROM digest WHERE number = ?", (number,))
        for table, names in FULL_TEXT.items():
            self._connection.execute(_DELETE_WORDS[table], (number, *(words[name] for name in names)))
        for table, column in (("price", "offering"), ("offering", "id")):
            self._connection.execute(f"DELETE FROM {table} WHERE {is_of(column, '?1')}", (key,))
        self._connection.execute("DELETE FROM credit WHERE program = ?", (key,))

    def clear(self) -> None:
        """Remove all that programs are found by."""
        for table in ("price", "credit", "digest", "offering", "term", "name_form", "name_word"):
            self._connection.execute(f"DELETE FROM {table}")
        for table in (*FULL_TEXT, "name_words"):
            self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        self._terms.clear()

    def finish(self) -> None:
        """Write what was only counted, and let SQLite learn how the rows are spread."""
        self._rows.flush()
        self._terms.finish()
        self._names.finish()
        self._connection.execute(f"PRAGMA analysis_limit = {SAMPLED}")
        for table in ("offering", "term"):
            self._connection.execute(f"ANALYZE {table}")

    def _offerings(self, key: int, program: ProgramRecord, offerings: Sequence[Offering]) -> Iterator[tuple[Any, ...]]:
        term = self._terms.key
        provider, kind, level = (
            term("provider", program.provider),
            term("type", program.type),
            term("level", program.level),
        )
        length = (program.weeks, program.hours, program.hours_per_week)
        for number, one in enumerate(offerings):
            yield (
                *(offering_id(key, number), open_until(one).toordinal(), _day(one.start)),
                *(MODE.get(one.mode), SCHEDULE.get(one.schedule), term("place", one.place)),
                *(*length, program.eqf, level, kind, provider),
                *(term("campus", one.campus), term("country", one.country), _day(one.deadline)),
                _languages(program, one),
            )


def _prices(key: int, program: ProgramRecord, offerings: tuple[Offering, ...]) -> Iterator[tuple[Any, ...]]:
    for number, one in enumerate(offerings):
        prices = one.prices or program.prices
        for_all = any(not price.category for price in prices)
        for position, price in enumerate(prices):
            usual = not (for_all and price.category)
            yield offering_id(key, number), position, price.amount, price.currency, as_key(price.category), usual


def _languages(program: ProgramRecord, one: Offering) -> str | None:
    languages = (one.language,) if one.language else program.languages
    return f";{';'.join(languages).lower()};" if languages else None


def open_until(one: Offering) -> date:
    """Return the last day on which an offering can be taken, as far as it states one.

    That is its deadline, or else its start; what can be begun at any time runs until its end.
    """
    at_any_time = one.schedule == "self-paced"
    days = (one.deadline, None if at_any_time else one.start, one.end)
    return next(filter(None, days), date.max)


def _digest(key: int, program: ProgramRecord) -> int:
    return digest_of(key, program, [(one, open_until(one)) for one in program.offerings or (Offering(),)])


def _words(program: ProgramRecord) -> dict[str, str]:
    places = dict.fromkeys(part for one in program.offerings for part in (one.place, one.campus, one.country) if part)
    lists = {"subjects": program.subjects, "skills": program.skills, "places": tuple(places)}
    texts = {name: " ; ".join(lists[name]) if name in lists else getattr(program, name) for name in _WORDS}
    return {name: text.replace("&", " and ") for name, text in texts.items()}


def _day(day: date | None) -> int | None:
    return day.toordinal() if day else None
