"""Reads one field of a mapping from rows: finds the values, converts them, remembers conversions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from own_programs.importing.conversions import codes, dates, durations, money, numbers, texts
from own_programs.importing.conversions.base import Also, Finding, Reading, Unknown, Unreadable, shown
from own_programs.importing.mapping import LISTS, Field, Source
from own_programs.importing.rows import Path, Row
from own_programs.importing.vocabulary import plain
from own_programs.records import Recognition

EMPTY = frozenset(["", "-", "–", "—", "n/a", "null", "nan"])
DECIMAL = frozenset(["money", "number", "whole-number", "credits", "hours", "hours-per-week", "duration"])
DATES = frozenset(["date", "start"])
LONGEST_NAME = 300
EXAMPLES = 3
REMEMBERED = 50_000  # conversions of one field


@dataclass
class Note:
    """How often a reason was met, where first, and some of the values."""

    place: str
    remedy: str = ""
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Notes:
    """What is told in the report of values that were left out or changed, by field and reason."""

    found: dict[tuple[str, str], Note] = field(default_factory=dict)

    def add(self, label: str, what: Unknown, place: str) -> None:
        """Note a reason once more."""
        note = self.found.setdefault((label, what.reason), Note(place, what.remedy))
        note.count += 1
        if what.example and what.example not in note.examples and len(note.examples) < EXAMPLES:
            note.examples.append(what.example)


class RowRefused(Exception):
    """A row that cannot become a program: which field, why, what to do."""

    def __init__(self, label: str, error: Unreadable) -> None:
        super().__init__(error.reason)
        self.label, self.error = label, error


class FieldReader:
    """Fills one field of a mapping. `reading` is set once the whole column has been looked at."""

    def __init__(self, of: Field, empty: Iterable[str], read: Mapping[str, Any]) -> None:
        self.field = of
        self.reading = Reading()
        self._empty = EMPTY | {plain(word) for word in (*empty, *of.options.get("empty", ()))}
        self._longest_empty = max(map(len, self._empty)) + 2  # spaces around are no difference
        self._codes = {plain(str(word)): value for word, value in of.options.get("codes", {}).items()}
        self._where = conditions(of.options.get("where", {}))
        self._separator = of.options.get("separator")
        self._units = {name: float(value) for name, value in of.options.get("units", {}).items()}
        self._currency = str(read.get("currency", ""))
        self._convert = self._conversion(str(read.get("url_base", "")))
        self._plain = not of.each and not self._where
        self._remembered: dict[Any, list[Any]] = {}
        # Most fields read one cell of their row and nothing else: what came of its text is all that need be known.
        paths = of.source.paths if self._plain and not of.sources and of.source.constant is None else ()
        self._column = paths[0].column if len(paths) == 1 else ""
        self._known: dict[str, list[Any]] = {}

    def values(self, row: Row, notes: Notes) -> list[Any]:
        """Return the converted values of a row, one at most if the field is no list; raises RowRefused."""
        cell = row.tree.get(self._column) if self._column else None
        known = self._known.get(cell) if isinstance(cell, str) else None
        if known is not None:
            return known
        found, told = [], False
        for outcome in self._outcomes(row):
            if isinstance(outcome, Unreadable):
                raise RowRefused(self.field.label, outcome)
            if isinstance(outcome, Unknown):
                notes.add(self.field.label, outcome, row.place)
                told = True
                continue
            if isinstance(outcome, Also) and outcome.note:
                notes.add(self.field.label, outcome.note, row.place)
                told = True
            found.append(outcome)
        values = found if len(found) < 2 or self.field.target in LISTS else self._one(found)
        if isinstance(cell, str) and not told and len(self._known) < REMEMBERED:
            self._known[cell] = values
        return values

    def _one(self, found: list[Any]) -> list[Any]:
        """Return what several values are together in a field that takes one: texts are joined, of others the first counts."""
        if not all(isinstance(each, str) for each in found):
            return found[:1]
        if self.field.conversion == "html-to-text":
            return ["\n".join(dict.fromkeys(found))]
        return [", ".join(dict.fromkeys(found))] if self.field.conversion == "text" else found[:1]

    def texts(self, rows: Iterable[Row]) -> Iterator[str]:
        """Yield all values that are texts, for what a whole column decides."""
        for row in rows:
            for part in self._parts(row):
                for path in self.field.source.paths:
                    found = [each for raw in path.values(part) for each in self._pieces(raw)]
                    yield from (each for each in found if isinstance(each, str))
                    if found:
                        break

    def find_reading(self, rows: Iterable[Row]) -> Finding | None:
        """Return what the column says of its decimal mark or its order of dates, or None if neither matters to it."""
        if self.field.conversion in DECIMAL:
            return numbers.find_decimal(self.texts(rows))
        if self.field.conversion in DATES and not self.field.options.get("unix"):
            return dates.find_order(self.texts(rows))
        return None

    def open_currency(self, rows: Iterable[Row]) -> money.CurrencyOpen | None:
        """Return why no price of a column can be taken if all of them leave their currency open; None otherwise."""
        if self.field.conversion != "money" or self.field.sources.keys() & {"currency"}:
            return None
        found = None
        for row in rows:
            for outcome in self._outcomes(row):
                if isinstance(outcome, money.CurrencyOpen):
                    found = found or outcome
                elif not isinstance(outcome, (Unreadable, Unknown)):
                    return None
        return found

    def _outcomes(self, row: Row) -> list[Any]:
        """Return what each value of a row is after its conversion, or why it could not be converted."""
        source = self.field.source
        if source.constant is not None:
            return self._of_cell(source.constant, self._terms(row, row))
        found: list[Any] = []
        for part in self._parts(row):
            terms = self._terms(part, row) if self.field.sources else ()
            for path in source.paths:
                cells = path.values(part)
                outcomes = [each for raw in cells for each in self._of_cell(raw, terms)] if cells else cells
                if outcomes:
                    found += outcomes
                    break
        return found

    def _parts(self, row: Row) -> Sequence[Row]:
        if self._plain:
            return (row,)
        parts = (
            [row.below(value) for path in self.field.each for value in path.values(row)] if self.field.each else [row]
        )
        return [part for part in parts if matches(part, self._where)] if self._where else parts

    def _of_cell(self, raw: Any, terms: tuple[str, ...]) -> list[Any]:
        """Return the outcomes of one cell, which is converted once however often it occurs."""
        if not isinstance(raw, (str, int, float, date)):
            return [self._outcome(each, terms) for each in self._pieces(raw)]
        key = (raw.__class__, raw, terms)
        outcomes = self._remembered.get(key)
        if outcomes is None:
            outcomes = [self._outcome(each, terms) for each in self._pieces(raw)]
            if len(self._remembered) < REMEMBERED:
                self._remembered[key] = outcomes
        return outcomes

    def _pieces(self, raw: Any) -> list[Any]:
        """Return what a cell holds: its parts if the mapping separates them, by its codes, without what stands for nothing."""
        pieces: list[Any] = [raw]
        if isinstance(raw, str):
            if self._separator:
                pieces = [part.strip() for part in raw.split(self._separator)]
            elif self.field.conversion == "money":
                pieces = money.split_prices(raw)
        if self._codes:
            pieces = [self._codes.get(plain(str(each)), each) for each in pieces]
        return [each for each in pieces if not self._is_empty(each) and not _is_blank(each)]

    def _is_empty(self, raw: Any) -> bool:
        if raw is None or isinstance(raw, dict):
            return True
        text = raw if isinstance(raw, str) else str(raw)
        return len(text) <= self._longest_empty and plain(text) in self._empty

    def _outcome(self, raw: Any, terms: tuple[str, ...]) -> Any:
        try:
            return self._convert(raw, terms)
        except (Unreadable, Unknown) as error:
            return error

    def _terms(self, part: Row, row: Row) -> tuple[str, ...]:
        return tuple(_first(source, part, row) for source in self.field.sources.values())

    def _term(self, terms: tuple[str, ...], name: str) -> str:
        return next((term for key, term in zip(self.field.sources, terms, strict=False) if key == name), "")

    def _conversion(self, url_base: str) -> Callable[[Any, tuple[str, ...]], Any]:
        """Return the function that converts a value, given the terms in the order of the field's sources."""
        options = self.field.options
        unix = bool(options.get("unix"))
        table: dict[str, Callable[[Any, tuple[str, ...]], Any]] = {
            "text": lambda raw, terms: texts.as_text(raw),
            "name": lambda raw, terms: texts.as_text(raw, LONGEST_NAME),
            "key": lambda raw, terms: texts.as_text(raw),
            "html-to-text": lambda raw, terms: texts.from_html(raw),
            "url": lambda raw, terms: texts.as_url(raw, url_base),
            "type-name": lambda raw, terms: texts.as_type_name(raw),
            "number": lambda raw, terms: numbers.as_number(raw, self.reading.decimal),
            "whole-number": lambda raw, terms: numbers.as_whole(raw, self.reading.decimal),
            "date": lambda raw, terms: dates.as_date(raw, self.reading, unix),
            "start": lambda raw, terms: dates.as_start(raw, self.reading, unix),
            "duration": lambda raw, terms: durations.as_duration(
                raw, self.reading.decimal, self._units, self._term(terms, "unit")
            ),
            "hours": lambda raw, terms: durations.as_hours(raw, self.reading.decimal, self._units),
            "hours-per-week": lambda raw, terms: durations.as_hours_per_week(raw, self.reading.decimal, self._units),
            "country": lambda raw, terms: codes.as_country(raw),
            "language": lambda raw, terms: codes.as_language(raw),
            "mode": lambda raw, terms: codes.as_mode(raw),
            "schedule": lambda raw, terms: codes.as_schedule(raw),
            "level": lambda raw, terms: codes.as_level(raw, str(options.get("framework", ""))),
            "eqf": lambda raw, terms: codes.as_eqf(raw),
            "credits": lambda raw, terms: codes.as_credit(
                raw, self.reading.decimal, codes.as_unit(self._term(terms, "unit"))
            ),
            "money": self._money,
            "recognition": self._recognition,
        }
        return table[self.field.conversion]

    def _money(self, raw: Any, terms: tuple[str, ...]) -> Any:
        currency = self._term(terms, "currency") or self._currency
        code = money.as_currency(currency) if currency else ""
        category = texts.clean(self._term(terms, "category"))[: money.LONGEST_CATEGORY]
        return money.as_price(raw, self.reading.decimal, money.Terms(code, category))

    def _recognition(self, raw: Any, terms: tuple[str, ...]) -> Recognition:
        """Return who recognises; a mapping's `by` or `purpose` is the other half of what the column states."""
        text = texts.clean(raw)[: texts.SHORT]
        by, purpose = self._term(terms, "by"), self._term(terms, "purpose")
        return Recognition(by, text) if by and not purpose else Recognition(text, purpose)


def _is_blank(raw: Any) -> bool:
    """Return whether a value is the name of a blank node, which means nothing outside of its file."""
    return isinstance(raw, str) and raw.startswith("_:")


def _first(source: Source, part: Row, row: Row) -> str:
    """Return the first value of an option that comes from a column of the part, or of the whole row."""
    if source.constant is not None:
        return str(source.constant)
    found = (value for where in (part, row) for path in source.paths for value in path.values(where))
    return next((shown(value, 200) for value in found if isinstance(value, (str, int, float))), "")


def conditions(stated: Mapping[str, Any]) -> list[tuple[Path, frozenset[str]]]:
    """Return what `where` states: paths with the values that are meant, of which one is enough."""
    return [
        (Path(name), frozenset(plain(str(one)) for one in (value if isinstance(value, list) else [value])))
        for name, value in stated.items()
    ]


def matches(row: Row, wanted: list[tuple[Path, frozenset[str]]]) -> bool:
    """Return whether a row fulfils all conditions."""
    return all(any(plain(str(value)) in meant for value in path.values(row)) for path, meant in wanted)
