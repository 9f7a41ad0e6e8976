"""Looks programs up in the catalogue for people who keep it or browse it: by key, by name, by words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from own_programs.errors import UnknownProgram
from own_programs.records import ProgramRecord, from_json
from own_programs.store.digest import program_of_digest
from own_programs.store.reader import CatalogueReader

MOST_WORDS = 12  # that are looked for; what more there is, is passed over
SUGGESTED = 3
_WORD = re.compile(r"\w+")
_THERE = "program JOIN source ON source.id = program.source WHERE missing_since IS NULL"
_BY_NAME = "SELECT id FROM program WHERE missing_since IS NULL ORDER BY name COLLATE NOCASE"


@dataclass(frozen=True)
class Listed:
    """A program with its id in the catalogue, which stays the same while its source holds it."""

    id: int
    program: ProgramRecord


@dataclass(frozen=True)
class Page:
    """A part of a list of programs, and how many the whole list has."""

    total: int
    programs: list[Listed]


def page_of_programs(reader: CatalogueReader, words: str = "", start: int = 0, count: int = 20) -> Page:
    """Return programs that hold all of some words, the best fitting first, or all programs by name."""
    if not words.strip():
        return _page(reader, _BY_NAME, (), start, count)
    query = _match(words)
    if not query:
        return Page(0, [])
    found = (
        f"SELECT program.id FROM program_words JOIN program ON program.id = {program_of_digest('program_words.rowid')} "
        "WHERE program_words MATCH ? AND missing_since IS NULL ORDER BY rank"
    )
    return _page(reader, found, (query,), start, count)


def program_of_id(reader: CatalogueReader, number: int) -> ProgramRecord:
    """Return a program by its id; raises UnknownProgram."""
    found = reader.column("SELECT record FROM program WHERE id = ? AND missing_since IS NULL", number)
    if not found:
        raise UnknownProgram(f"There is no program with the number {number}.")
    return from_json(found[0])


def program_of_key(reader: CatalogueReader, key: str) -> ProgramRecord:
    """Return a program by its key, SOURCE:KEY; raises UnknownProgram."""
    source, _, source_key = key.partition(":")
    found = _records(reader, "source.name = ? AND source_key = ?", source, source_key)
    if not found:
        raise UnknownProgram(f"There is no program with the key {key!r}.")
    return found[0]


def programs_called(reader: CatalogueReader, which: str) -> list[ProgramRecord]:
    """Return the program with a key (SOURCE:KEY, or KEY alone), or all of a name; raises UnknownProgram with what is near."""
    source, _, key = which.partition(":")
    for condition, values in (
        ("source.name = ? AND source_key = ?", (source, key)),
        ("program.source IN (SELECT id FROM source) AND source_key = ?", (which,)),
        ("program.name = ? COLLATE NOCASE", (which.strip(),)),
    ):
        found = _records(reader, condition, *values)
        if found:
            return found
    near = [each.program.name for each in page_of_programs(reader, which, count=SUGGESTED).programs]
    hint = f" Near to it: {'; '.join(near)}." if near else " All names: advisor catalogue show"
    raise UnknownProgram(f"There is no program {which!r}.{hint}")


def _records(reader: CatalogueReader, condition: str, *values: str) -> list[ProgramRecord]:
    found = reader.column(f"SELECT record FROM {_THERE} AND {condition} ORDER BY program.id", *values)
    return [from_json(text) for text in found]


def names(reader: CatalogueReader, count: int) -> list[tuple[str, str]]:
    """Return the keys and names of the first programs, in the order of their names."""
    sql = f"SELECT source.name || ':' || source_key, program.name FROM {_THERE} ORDER BY program.name COLLATE NOCASE LIMIT ?"
    return [(row[0], row[1]) for row in reader.rows(sql, count)]


def _page(reader: CatalogueReader, sql: str, values: tuple[str, ...], start: int, count: int) -> Page:
    """Return a part of the programs whose ids a query gives; only their records are read."""
    total = reader.column(f"SELECT count(*) FROM ({sql})", *values)[0]
    ids = reader.column(f"{sql} LIMIT ? OFFSET ?", *values, count, start)
    marks = ", ".join("?" * len(ids))
    found = {
        row["id"]: row["record"] for row in reader.rows(f"SELECT id, record FROM program WHERE id IN ({marks})", *ids)
    }
    return Page(total, [Listed(each, from_json(found[each])) for each in ids if each in found])


def _match(words: str) -> str:
    """Return the full-text query for all words, the last one of which may be a beginning."""
    parts = [f'"{word}"' for word in _WORD.findall(words)[:MOST_WORDS]]
    return f"{' AND '.join(parts)}*" if parts else ""
