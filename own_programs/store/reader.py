"""Reads programs from the catalogue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.sqlite_reader import SqliteReader
from own_programs.errors import CatalogueDamaged, CatalogueMissing, CatalogueTooSlow
from own_programs.records import ProgramRecord, from_json
from own_programs.store.schema import APPLICATION_ID, SCHEMA_VERSION

MANY = 500  # rows in one statement


class CatalogueReader(SqliteReader):
    """Base of all queries over the catalogue; a later import is seen by the next query.

    Raises CatalogueMissing if there is no catalogue, CatalogueDamaged if its file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if not path.is_file():
            raise CatalogueMissing(f"{path}: there is no catalogue yet. Bring one with: advisor catalogue import FILE")
        found = self.column("PRAGMA application_id") + self.column("PRAGMA user_version")
        if found != [APPLICATION_ID, SCHEMA_VERSION]:
            raise CatalogueDamaged(f"{path}: another version wrote this catalogue. Import your files anew.")

    def too_slow(self) -> Exception:
        """Return CatalogueTooSlow."""
        return CatalogueTooSlow("a query of the catalogue took too long")

    def damaged(self, error: sqlite3.DatabaseError) -> Exception:
        """Return CatalogueDamaged with what SQLite says."""
        return CatalogueDamaged(f"{self.path}: the catalogue cannot be read ({error}). Import your files anew.")

    def count(self) -> int:
        """Return how many programs there are, those that their source no longer holds left out."""
        number: int = self.column("SELECT count(*) FROM program WHERE missing_since IS NULL")[0]
        return number

    def records(self, ids: Iterable[int]) -> list[ProgramRecord]:
        """Return programs by their ids, in that order; an id that is gone is left out."""
        return list(self.records_by_id(ids).values())

    def records_by_id(self, ids: Iterable[int]) -> dict[int, ProgramRecord]:
        """Return ids with their programs, in that order; an id that is gone is left out."""
        wanted = list(dict.fromkeys(ids))
        found: dict[int, str] = {}
        for start in range(0, len(wanted), MANY):
            part = wanted[start : start + MANY]
            marks = ", ".join("?" * len(part))
            found |= {
                row[0]: row[1] for row in self.rows(f"SELECT id, record FROM program WHERE id IN ({marks})", *part)
            }
        return {key: from_json(found[key]) for key in wanted if key in found}

    def all_records(self, source: str | None = None) -> Iterator[ProgramRecord]:
        """Yield all programs, or those of one source, in the order in which they came; missing ones are left out."""
        last = 0
        while True:
            rows = self.rows(
                "SELECT program.id, record FROM program JOIN source ON source.id = program.source "
                "WHERE program.id > ? AND missing_since IS NULL AND (? IS NULL OR source.name = ?) "
                f"ORDER BY program.id LIMIT {MANY}",
                *(last, source, source),
            )
            if not rows:
                return
            for row in rows:
                yield from_json(row["record"])
            last = rows[-1]["id"]
