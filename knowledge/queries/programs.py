"""Programs, found by what a person wishes for. What a program does not state never counts as fitting."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from knowledge.models import Program, ProgramWish
from knowledge.queries.catalogue import CatalogueQueries
from nlu.extraction.quantities import level_in, weeks_in

_COLUMNS = {
    "destinations": "destination",
    "types": "type",
    "providers": "provider",
    "institutions": "institution",
    "modes": "mode",
}
_EXCLUDED = {f"exclude_{name}": column for name, column in _COLUMNS.items()}
_OF_FIELD = "EXISTS (SELECT 1 FROM program_field WHERE program = program.key AND field IN ({marks}))"
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
_FIELDS = "SELECT field FROM program_field WHERE program = ? ORDER BY position"

_IN_WORDS: dict[str, Callable[[str], Any]] = {"levels": level_in, "max_duration": weeks_in}

Condition = tuple[str, tuple[Any, ...]]


class ProgramQueries(CatalogueQueries):
    def program(self, key: str) -> Program:
        return self._program(self.row("program", key, "SELECT * FROM program WHERE key = ?"))

    def programs(self, wish: ProgramWish = ProgramWish()) -> list[Program]:
        """Those that fit every preference, in the catalogue's order. An unknown key in a wish fits nothing."""
        return self._programs(*self._condition_of(wish))

    def count_programs(self, wish: ProgramWish = ProgramWish()) -> int:
        return self._count(*self._condition_of(wish))

    def unsure_programs(self, wish: ProgramWish, open_to: Collection[str]) -> list[Program]:
        """Those that may fit: each preference in `open_to` they either fit or say nothing about, one of them at least."""
        fits, values = self._condition_of(wish)
        may, more = self._condition_of(wish, open_to)
        return self._programs(f"{may} AND key NOT IN (SELECT key FROM program WHERE {fits})", (*more, *values))

    def unstated(self, wish: ProgramWish, preference: str) -> int:
        """How many fit all else and do not say what this preference asks (a price in another currency does not)."""
        where, values = self._condition_of(wish.without(preference))
        silent, more = self._silent(wish, preference)
        return self._count(f"{where} AND {silent}", (*values, *more))

    def stated(self) -> set[str]:
        """The preferences that can find anything: those of which at least one program says something."""
        counts = ", ".join(f"total({column} IS NOT NULL AND {column} <> '')" for column in _STATED.values())
        row = self.rows(f"SELECT {counts} FROM program")[0]
        return {name for name, count in zip(_STATED, row, strict=True) if count}

    def count_stating(self, fact: str) -> int:
        """How many programs state a fact (one of `FACTS`)."""
        if fact not in FACTS:
            raise ValueError(f"{fact} is no fact of a program")
        return self.column(f"SELECT count(*) FROM program WHERE {fact} IS NOT NULL AND {fact} <> ''")[0]

    def relaxations(self, wish: ProgramWish) -> list[tuple[str, ProgramWish, int]]:
        """Each preference whose dropping brings more programs, the wish without it, how many more; the most first."""
        now = self.count_programs(wish)
        wider = [(name, wish.without(name)) for name in wish.preferences()]
        gains = [(name, relaxed, self.count_programs(relaxed) - now) for name, relaxed in wider]
        return sorted((gain for gain in gains if gain[2] > 0), key=lambda gain: -gain[2])

    def _programs(self, where: str, values: tuple[Any, ...]) -> list[Program]:
        sql = f"SELECT * FROM program WHERE {where} ORDER BY position"
        return [self._program(row) for row in self.rows(sql, *values)]

    def _condition_of(self, wish: ProgramWish, open_to: Collection[str] = ()) -> Condition:
        """The programs that fit every preference, or say nothing about it where it is in `open_to`."""
        conditions = [self._condition(wish, name, name in open_to) for name in wish.preferences()]
        sql = " AND ".join(["1", *(f"({sql})" for sql, _ in conditions)])
        return sql, tuple(value for _, values in conditions for value in values)

    def _condition(self, wish: ProgramWish, name: str, or_silent: bool) -> Condition:
        sql, values = self._in_words(wish, name) if name in _IN_WORDS else _condition(wish, name)
        if or_silent:
            silent, more = self._silent(wish, name)
            return f"{sql} OR {silent}", (*values, *more)
        return sql, values

    def _in_words(self, wish: ProgramWish, name: str) -> Condition:
        """For what the catalogue says in words, which SQL can't compare."""
        wanted = getattr(wish, name)
        keys = [key for key, text in self._texts(name) if _fits(name, wanted, text)]
        return f"key IN ({_marks(keys)})", tuple(keys)

    def _silent(self, wish: ProgramWish, name: str) -> Condition:
        if name in _IN_WORDS:
            keys = [key for key, text in self._texts(name) if not _IN_WORDS[name](text)]
            return f"key IN ({_marks(keys)})", tuple(keys)
        return _silent(wish, name)

    def _texts(self, name: str) -> list[tuple[str, str]]:
        return [tuple(row) for row in self.rows(f"SELECT key, {_STATED[name]} FROM program")]

    def _count(self, where: str, values: tuple[Any, ...]) -> int:
        return self.column(f"SELECT count(*) FROM program WHERE {where}", *values)[0]

    def _program(self, row: sqlite3.Row) -> Program:
        return Program(
            key=row["key"],
            name=row["name"],
            type=self.name("type", row["type"]),
            provider=self._link("provider", row["provider"]),
            provider_text=row["provider_text"],
            fields=tuple(self.field(key) for key in self.column(_FIELDS, row["key"])),
            destination=self._link("destination", row["destination"]),
            institution=self._link("institution", row["institution"]),
            mode=self._link("mode", row["mode"]),
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
            source=self.source(row["source"]),
        )


def _fits(name: str, wanted: Any, text: str) -> bool:
    said = _IN_WORDS[name](text)
    if name == "levels":
        return said in wanted
    longest = weeks_in(wanted)
    return said is not None and longest is not None and said <= longest


def _condition(wish: ProgramWish, name: str) -> Condition:
    """The programs that fit one preference; what is excluded must be stated to count as excluded."""
    wanted = getattr(wish, name)
    if name in _COLUMNS:
        return f"{_COLUMNS[name]} IN ({_marks(wanted)})", tuple(wanted)
    if name in _EXCLUDED:
        return f"{_EXCLUDED[name]} IS NULL OR {_EXCLUDED[name]} NOT IN ({_marks(wanted)})", tuple(wanted)
    if name == "fields":
        return _OF_FIELD.format(marks=_marks(wanted)), tuple(wanted)
    if name == "exclude_fields":
        return "NOT " + _OF_FIELD.format(marks=_marks(wanted)), tuple(wanted)
    if name == "max_price":
        if wish.currency:  # what is free is free in every currency
            return "price = 0 OR price <= ? AND currency = ?", (wanted, wish.currency)
        return "price <= ?", (wanted,)
    if name == "max_hours":
        return "hours_per_week <= ?", (wanted,)
    return {"start_from": "start >= ?", "start_to": "start <= ?"}[name], (wanted.isoformat(),)


def _silent(wish: ProgramWish, name: str) -> Condition:
    """The programs that say nothing about what a preference asks."""
    if name in ("fields", "exclude_fields"):
        return "NOT EXISTS (SELECT 1 FROM program_field WHERE program = program.key)", ()
    if name == "max_price":
        other = "(price IS NULL OR price > 0 AND currency <> ?)"
        return (other, (wish.currency,)) if wish.currency else ("price IS NULL", ())
    columns = {**_COLUMNS, **_EXCLUDED, "start_from": "start", "start_to": "start", "max_hours": "hours_per_week"}
    return f"{columns[name]} IS NULL", ()


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
