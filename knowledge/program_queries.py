"""Programs, found by what a person wishes for. What a program does not state never counts as fitting."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from knowledge.catalogue_queries import CatalogueQueries
from knowledge.records import Program, ProgramWish

_COLUMNS = {
    "destinations": "destination",
    "types": "type",
    "providers": "provider",
    "institutions": "institution",
    "modes": "mode",
}
_EXCLUDED = {f"exclude_{name}": column for name, column in _COLUMNS.items()}
_OF_FIELD = "EXISTS (SELECT 1 FROM program_field WHERE program = program.key AND field IN ({marks}))"
_FIELDS = "SELECT field FROM program_field WHERE program = ? ORDER BY position"

Condition = tuple[str, tuple[Any, ...]]


class ProgramQueries(CatalogueQueries):
    def program(self, key: str) -> Program:
        return self._program(self.row("program", key, "SELECT * FROM program WHERE key = ?"))

    def programs(self, wish: ProgramWish = ProgramWish()) -> list[Program]:
        """Those that fit every preference, in the catalogue's order. An unknown key in a wish fits nothing."""
        where, values = _where(wish)
        return [
            self._program(row) for row in self.rows(f"SELECT * FROM program WHERE {where} ORDER BY position", *values)
        ]

    def count_programs(self, wish: ProgramWish = ProgramWish()) -> int:
        return self._count(*_where(wish))

    def unstated(self, wish: ProgramWish, preference: str) -> int:
        """How many fit all else and do not say what this preference asks (a price in another currency does not)."""
        where, values = _where(wish.without(preference))
        silent, more = _silent(wish, preference)
        return self._count(f"{where} AND {silent}", (*values, *more))

    def relaxations(self, wish: ProgramWish) -> list[tuple[str, ProgramWish, int]]:
        """Each preference whose dropping brings more programs, the wish without it, how many more; the most first."""
        now = self.count_programs(wish)
        wider = [(name, wish.without(name)) for name in wish.preferences()]
        gains = [(name, relaxed, self.count_programs(relaxed) - now) for name, relaxed in wider]
        return sorted((gain for gain in gains if gain[2] > 0), key=lambda gain: -gain[2])

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


def _where(wish: ProgramWish) -> Condition:
    conditions = [_condition(wish, name) for name in wish.preferences()]
    sql = " AND ".join(["1", *(f"({sql})" for sql, _ in conditions)])
    return sql, tuple(value for _, values in conditions for value in values)


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
        return ("price <= ? AND currency = ?", (wanted, wish.currency)) if wish.currency else ("price <= ?", (wanted,))
    return {"start_from": "start >= ?", "start_to": "start <= ?"}[name], (wanted.isoformat(),)


def _silent(wish: ProgramWish, name: str) -> Condition:
    """The programs that say nothing about what a preference asks."""
    if name in ("fields", "exclude_fields"):
        return "NOT EXISTS (SELECT 1 FROM program_field WHERE program = program.key)", ()
    if name == "max_price":
        return ("(price IS NULL OR currency <> ?)", (wish.currency,)) if wish.currency else ("price IS NULL", ())
    columns = {**_COLUMNS, **_EXCLUDED, "start_from": "start", "start_to": "start"}
    return f"{columns[name]} IS NULL", ()


def _marks(values: tuple[str, ...]) -> str:
    return ", ".join("?" * len(values))


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
