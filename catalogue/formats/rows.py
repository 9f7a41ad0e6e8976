"""Turns programs into the rows of a table with our own columns, one row an offering, and back.

A program's own facts are repeated on each of its rows, so that the table can be sorted and filtered. A program without
offerings has one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any, TypeAlias

from catalogue.errors import CatalogueError
from catalogue.formats import cells
from catalogue.records import Offering, ProgramRecord

Write: TypeAlias = Callable[[Any], str]
Read: TypeAlias = Callable[[str], Any]
Columns: TypeAlias = Mapping[str, tuple[str, tuple[Write, Read]]]


class RowError(CatalogueError):
    """A row of a table with our columns cannot be read; the message names it."""


def _number(text: str) -> float | None:
    return float(text) if text else None


def _whole(text: str) -> int | None:
    return int(float(text)) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_TEXT: tuple[Write, Read] = (str, str)
_LIST: tuple[Write, Read] = (cells.list_text, cells.read_list)
_NUMBER: tuple[Write, Read] = (cells.number_text, _number)
_WHOLE: tuple[Write, Read] = (cells.number_text, _whole)
_DAY: tuple[Write, Read] = (cells.day_text, _day)
_PRICES: tuple[Write, Read] = (cells.prices_text, cells.read_prices)

# A column's name: the field that it holds, and how that is written and read.
PROGRAM: Columns = {
    "program_key": ("source_key", _TEXT),
    "name": ("name", _TEXT),
    "type": ("type", _TEXT),
    "provider": ("provider", _TEXT),
    "subjects": ("subjects", _LIST),
    "description": ("description", _TEXT),
    "skills": ("skills", _LIST),
    "languages": ("languages", _LIST),
    "level": ("level", _TEXT),
    "eqf_level": ("eqf", _WHOLE),
    "credits": ("credits", (cells.credits_text, cells.read_credits)),
    "hours": ("hours", _NUMBER),
    "hours_per_week": ("hours_per_week", _NUMBER),
    "duration": ("duration", _TEXT),
    "weeks": ("weeks", _NUMBER),
    "prerequisites": ("prerequisites", _TEXT),
    "quality_assurance": ("quality_assurance", _TEXT),
    "recognition": ("recognitions", (cells.recognitions_text, cells.read_recognitions)),
    "part_of": ("part_of", _LIST),
    "leads_to": ("leads_to", _LIST),
    "prices": ("prices", _PRICES),
    "contact": ("contact", _TEXT),
    "url": ("url", _TEXT),
    "checked_on": ("checked_on", _DAY),
}
OFFERING: Columns = {
    "offering_key": ("source_key", _TEXT),
    "start": ("start", _DAY),
    "start_text": ("start_text", _TEXT),
    "end": ("end", _DAY),
    "deadline": ("deadline", _DAY),
    "mode": ("mode", _TEXT),
    "schedule": ("schedule", _TEXT),
    "place": ("place", _TEXT),
    "campus": ("campus", _TEXT),
    "country": ("country", _TEXT),
    "offering_language": ("language", _TEXT),
    "seats": ("seats", _WHOLE),
    "offering_prices": ("prices", _PRICES),
    "offering_url": ("url", _TEXT),
}
COLUMNS = (*PROGRAM, *OFFERING)


def are_ours(columns: Iterable[str]) -> bool:
    """Return whether a table's columns are just ours, in any order."""
    return set(columns) == set(COLUMNS)


def to_rows(program: ProgramRecord) -> Iterator[list[str]]:
    """Yield a program's rows, with a text for each of COLUMNS."""
    own = [write(getattr(program, field)) for field, (write, _) in PROGRAM.values()]
    for offering in program.offerings or (Offering(),):
        yield own + [write(getattr(offering, field)) for field, (write, _) in OFFERING.values()]


def from_rows(rows: Iterable[tuple[int, Mapping[str, str]]], source: str) -> Iterator[ProgramRecord]:
    """Yield the programs of numbered rows with our columns; a program's rows stand one after the other.

    Raises RowError for what cannot be read, or where rows of one program state different things of it.
    """
    for key, group in groupby(rows, key=lambda row: row[1]["program_key"]):
        yield _program(list(group), key, source)


def _program(rows: list[tuple[int, Mapping[str, str]]], key: str, source: str) -> ProgramRecord:
    number, first = rows[0]
    for other, row in rows[1:]:
        changed = next((column for column in PROGRAM if row[column] != first[column]), None)
        if changed:
            raise RowError(
                f"rows {number} and {other}: two different values of {changed} for {key!r}. Make them the same."
            )
    found = [_fields(number, row, OFFERING) for number, row in rows]
    offerings = tuple(each for each in (Offering(**fields) for fields in found) if each != Offering())
    return ProgramRecord(source=source, offerings=offerings, **_fields(number, first, PROGRAM))


def _fields(number: int, row: Mapping[str, str], columns: Columns) -> dict[str, Any]:
    found = {}
    for column, (field, (_, read)) in columns.items():
        try:
            found[field] = read(row[column])
        except ValueError:
            raise RowError(f"row {number}: {column} cannot be read: {row[column]!r}.") from None
    return found
