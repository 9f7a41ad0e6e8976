"""Writes the terms that programs state: providers, places, subjects; and how many programs state each."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

from own_programs.records import Offering, ProgramRecord
from own_programs.store.names import NameWriter, as_key

NAMED = ("provider", "type", "subject", "skill", "place", "campus", "country")
"""Kinds of terms that a message may name."""


class TermWriter:
    """Writer of terms; what `finish` writes is how many programs state each."""

    def __init__(self, connection: sqlite3.Connection, names: NameWriter) -> None:
        self._connection = connection
        self._names = names
        self._keys: dict[tuple[str, str], int] = {}
        self._stated: Counter[int] = Counter()

    def key(self, kind: str, label: str) -> int | None:
        """Return the number of a term, which is added if it is new; None for what is not stated."""
        if not label:
            return None
        found = self._keys.get((kind, label))
        if found is None:
            found = self._keys[kind, label] = self._known(kind, label) or self._new(kind, label)
        return found

    def count(self, program: ProgramRecord, by: int) -> None:
        """Count a program for all terms that it states, or with -1 no longer."""
        for kind, label in {each for each in terms_of(program) if each[1]}:
            key = self._keys.get((kind, label)) or self.key(kind, label)
            assert key is not None
            self._stated[key] += by

    def clear(self) -> None:
        """Forget which terms there are, since they have been removed."""
        self._keys.clear()
        self._stated.clear()

    def finish(self) -> None:
        """Write how many programs state each term."""
        self._connection.executemany(
            "UPDATE term SET count = count + ? WHERE id = ?",
            [(count, key) for key, count in sorted(self._stated.items()) if count],
        )
        self._stated.clear()

    def _known(self, kind: str, label: str) -> int | None:
        row = self._connection.execute("SELECT id FROM term WHERE kind = ? AND label = ?", (kind, label)).fetchone()
        return int(row[0]) if row else None

    def _new(self, kind: str, label: str) -> int:
        number = self._connection.execute(
            "INSERT INTO term (kind, label, folded, count) VALUES (?, ?, ?, 0)", (kind, label, as_key(label))
        ).lastrowid
        assert number is not None
        if kind in NAMED:
            self._names.add_term(number, label)
        return number


def terms_of(program: ProgramRecord) -> Iterator[tuple[str, str]]:
    """Yield the kind and label of all terms that a program states."""
    yield "provider", program.provider
    yield "type", program.type
    yield "level", program.level
    yield from (("subject", each) for each in program.subjects)
    yield from (("skill", each) for each in program.skills)
    yield from (("language", each) for each in program.languages)
    for one in program.recognitions:
        yield "body", one.by
        yield "purpose", one.purpose
    prices = program.prices
    for offering in program.offerings:
        yield from _terms_of_offering(offering)
        prices += offering.prices
    for price in prices:
        yield "currency", price.currency
        yield "category", price.category


def _terms_of_offering(one: Offering) -> tuple[tuple[str, str], ...]:
    return (
        *(("place", one.place), ("campus", one.campus), ("country", one.country)),
        *(("mode", one.mode), ("schedule", one.schedule), ("language", one.language)),
    )
