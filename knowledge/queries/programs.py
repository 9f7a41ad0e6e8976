"""Finds programs by criteria. A program that does not state what a criterion asks never counts as matching."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

from knowledge.errors import UnknownKey
from knowledge.models import Field, NameLink, Program, ProgramCriteria, Source
from knowledge.queries.catalogue import CatalogueQueries
from nlu.extraction.amounts.durations import weeks_in as weeks_in  # for actions, too, which import no nlu
from nlu.extraction.preferences import level_in

_COLUMNS = {
    "destinations": "destination",
    "types": "type",
    "providers": "provider",
    "institutions": "institution",
    "modes": "mode",
}
_EXCLUDED = {f"exclude_{name}": column for name, column in _COLUMNS.items()}
_OF_FIELD = "key IN (SELECT program FROM program_field WHERE field IN ({marks}))"
_STATED = {
    "destinations": "destination",
    "institutions": "institution",
    "modes": "mode",
    "max_price": "price",
    "start_from": "start",
    "max_hours": "hours_per_week",
    "max_duration": "duration",
    "levels": "level",
}
FACTS = frozenset({"mode", "price", "start", "deadline", "duration", "hours_per_week", "level", "credits", "url"})
_FIELDS = (
    "SELECT program, field.key, name, listed FROM program_field JOIN field ON field.key = program_field.field "
    "WHERE program IN (SELECT key FROM program WHERE {where}) ORDER BY program, program_field.position"
)
_SOME_FIELDS = (
    "SELECT field.key, field.name, listed FROM program_field JOIN field ON field.key = program_field.field "
    "JOIN program ON program.key = program_field.program "
    "GROUP BY field.key ORDER BY min(program.position * 1000 + program_field.position) LIMIT ?"
)

_IN_WORDS: dict[str, Callable[[str], Any]] = {"levels": level_in, "max_duration": weeks_in}

Condition = tuple[str, tuple[Any, ...]]


class ProgramQueries(CatalogueQueries):
    """Queries for programs."""

    def program(self, key: str) -> Program:
        """Return a program, or raise UnknownKey."""
        for program in self._programs("key = ?", (key,)):
            return program
        raise UnknownKey("program", key)

    def programs(self, criteria: ProgramCriteria = ProgramCriteria()) -> list[Program]:
        """Return the programs that match all criteria, in the catalogue's order. An unknown key matches nothing."""
        return self._programs(*self._condition_of(criteria))

    def count_programs(self, criteria: ProgramCriteria = ProgramCriteria()) -> int:
        """Return how many programs match all criteria."""
        return self._count(*self._condition_of(criteria))

    def unsure_programs(self, criteria: ProgramCriteria, open_to: Collection[str]) -> list[Program]:
        """Return the programs that may match: they match all criteria but leave one or more of those in `open_to` unstated."""
        fits, values = self._condition_of(criteria)
        may, more = self._condition_of(criteria, open_to)
        return self._programs(f"{may} AND key NOT IN (SELECT key FROM program WHERE {fits})", (*more, *values))

    def stated(self) -> set[str]:
        """Return the names of the criteria that can find anything because at least one program states them."""
        counts = ", ".join(f"total({column} IS NOT NULL AND {column} <> '')" for column in _STATED.values())
        row = self.rows(f"SELECT {counts} FROM program")[0]
        return {name for name, count in zip(_STATED, row, strict=True) if count}

    def fields_of_programs(self, most: int) -> list[Field]:
        """Return the first fields in which there are programs, in the catalogue's order."""
        return [Field(key, name, bool(listed)) for key, name, listed in self.rows(_SOME_FIELDS, most)]

    def count_stating(self, fact: str) -> int:
        """Return how many programs state a fact, which is one of FACTS."""
        if fact not in FACTS:
            raise ValueError(f"{fact} is no fact of a program")
        return self._count(f"{fact} IS NOT NULL AND {fact} <> ''", ())

    def _programs(self, where: str, values: tuple[Any, ...]) -> list[Program]:
        rows = self.rows(f"SELECT * FROM program WHERE {where} ORDER BY position", *values)
        fields: dict[str, list[Field]] = defaultdict(list)
        for program, key, name, listed in self.rows(_FIELDS.format(where=where), *values):
            fields[program].append(Field(key, name, bool(listed)))
        link, source = cache(self._link), cache(self.source)  # few names and sources stand in many programs
        return [_program(row, fields[row["key"]], link, source) for row in rows]

    def _condition_of(self, criteria: ProgramCriteria, open_to: Collection[str] = ()) -> Condition:
        """Return the SQL condition of all criteria; those in `open_to` are also met by programs that leave them unstated."""
        conditions = [self._condition(criteria, name, name in open_to) for name in criteria.names()]
        sql = " AND ".join(["1", *(f"({sql})" for sql, _ in conditions)])
        return sql, tuple(value for _, values in conditions for value in values)

    def _condition(self, criteria: ProgramCriteria, name: str, or_silent: bool) -> Condition:
        sql, values = self._in_words(criteria, name) if name in _IN_WORDS else _condition(criteria, name)
        if or_silent:
            silent, more = self._silent(criteria, name)
            return f"{sql} OR {silent}", (*values, *more)
        return sql, values

    def _in_words(self, criteria: ProgramCriteria, name: str) -> Condition:
        """Return the condition of a criterion that the catalogue states in words, which SQL cannot compare."""
        wanted = getattr(criteria, name)
        keys = [key for key, text in self._texts(name) if _fits(name, wanted, text)]
        return f"key IN ({_marks(keys)})", tuple(keys)

    def _silent(self, criteria: ProgramCriteria, name: str) -> Condition:
        if name in _IN_WORDS:
            keys = [key for key, text in self._texts(name) if not _IN_WORDS[name](text)]
            return f"key IN ({_marks(keys)})", tuple(keys)
        return _silent(criteria, name)

    def _texts(self, name: str) -> list[tuple[str, str]]:
        return [(key, text) for key, text in self.rows(f"SELECT key, {_STATED[name]} FROM program")]

    def _count(self, where: str, values: tuple[Any, ...]) -> int:
        count: int = self.column(f"SELECT count(*) FROM program WHERE {where}", *values)[0]
        return count


def _program(
    row: sqlite3.Row,
    fields: Sequence[Field],
    link: Callable[[str, str | None], NameLink | None],
    source: Callable[[str | None], Source | None],
) -> Program:
    kind = link("type", row["type"])
    assert kind is not None
    return Program(
        key=row["key"],
        name=row["name"],
        type=kind,
        provider=link("provider", row["provider"]),
        provider_text=row["provider_text"],
        fields=tuple(fields),
        destination=link("destination", row["destination"]),
        institution=link("institution", row["institution"]),
        mode=link("mode", row["mode"]),
        price=row["price"],
        currency=row["currency"],
        start=_date(row["start"]),
        deadline=_date(row["deadline"]),
        duration=row["duration"],
        hours_per_week=row["hours_per_week"],
        level=row["level"],
        credits=row["credits"],
        url=row["url"],
        checked_on=_date(row["checked_on"]),
        source=source(row["source"]),
    )


def _fits(name: str, wanted: Any, text: str) -> bool:
    stated = _IN_WORDS[name](text)
    if name == "levels":
        return stated in wanted
    longest = weeks_in(wanted)
    return stated is not None and longest is not None and stated <= longest


def _condition(criteria: ProgramCriteria, name: str) -> Condition:
    """Return the condition of one criterion; what is excluded must be stated to count as excluded."""
    wanted = getattr(criteria, name)
    if name in _COLUMNS:
        return f"{_COLUMNS[name]} IN ({_marks(wanted)})", tuple(wanted)
    if name in _EXCLUDED:
        return f"{_EXCLUDED[name]} IS NULL OR {_EXCLUDED[name]} NOT IN ({_marks(wanted)})", tuple(wanted)
    if name == "fields":
        return _OF_FIELD.format(marks=_marks(wanted)), tuple(wanted)
    if name == "exclude_fields":
        return _OF_FIELD.replace(" IN", " NOT IN", 1).format(marks=_marks(wanted)), tuple(wanted)
    if name == "max_price":
        if criteria.currency:  # what is free is free in every currency
            return "price = 0 OR price <= ? AND currency = ?", (wanted, criteria.currency)
        return "price <= ?", (wanted,)
    if name == "max_hours":
        return "hours_per_week <= ?", (wanted,)
    return {"start_from": "start >= ?", "start_to": "start <= ?"}[name], (wanted.isoformat(),)


def _silent(criteria: ProgramCriteria, name: str) -> Condition:
    """Return the condition of programs that leave a criterion unstated."""
    if name in ("fields", "exclude_fields"):
        return "key NOT IN (SELECT program FROM program_field)", ()
    if name == "max_price":
        other = "(price IS NULL OR price > 0 AND currency <> ?)"
        return (other, (criteria.currency,)) if criteria.currency else ("price IS NULL", ())
    columns = {**_COLUMNS, **_EXCLUDED, "start_from": "start", "start_to": "start", "max_hours": "hours_per_week"}
    return f"{columns[name]} IS NULL", ()


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
