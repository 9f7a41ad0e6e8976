"""Opens the knowledge base for queries; it is read-only and safe to share between threads."""

from __future__ import annotations

import os
import sqlite3
import threading
from functools import cached_property
from pathlib import Path

from knowledge.db_format import REBUILD, SCHEMA_VERSION
from knowledge.errors import KnowledgeMissing
from knowledge.models import Destination, Field, FieldAnswer, Industry, Place, ProgramCriteria, Strength
from knowledge.queries.claims import ClaimQueries
from knowledge.queries.db import kept
from knowledge.queries.search import Search
from knowledge.queries.topics import GuideQueries

_NEAR = "SELECT near FROM field_near WHERE field = ? ORDER BY position"
_DESTINATIONS_WITH = (
    "SELECT key FROM destination JOIN destination_field ON destination = key "
    "WHERE field = ? ORDER BY destination.position"
)
_INDUSTRIES_ABOUT = (
    "SELECT key FROM industry JOIN industry_field ON industry = key WHERE field = ? ORDER BY industry.position"
)
_FIELDS_IN = "SELECT field FROM industry_field WHERE industry = ? ORDER BY position"
_COUNTED = (
    "topic",
    "open_subject",
    "phrasing",
    "claim",
    "passage",
    "destination",
    "institution",
    "place",
    "field",
    "type",
    "provider",
    "industry",
    "program",
    "other_name",
)


class Knowledge(GuideQueries, ClaimQueries, Search):
    """All queries of the knowledge base; each base class holds those of one subject."""

    @kept
    def field_answer(self, field_key: str) -> FieldAnswer:
        """Return where and how a field can be studied, and the same for the fields near it."""
        asked = self.field(field_key)
        near = [self.field(key) for key in self.column(_NEAR, field_key)]
        return FieldAnswer(
            field=asked,
            destinations=self._destinations_with(field_key),
            strengths=tuple(strength for each in (asked, *near) for strength in self._strong_in(each)),
            near=tuple((field, self._destinations_with(field.key)) for field in near),
            types=tuple(self.types_for_field(field_key)),
            programs=tuple(self.programs(ProgramCriteria(fields=(field_key,)))),
            industries=self._industries_about(field_key),
        )

    def industry_fields(self, key: str) -> list[Field]:
        """Return the fields that belong to an industry: those of its name and of its areas."""
        return [self.field(field) for field in self.column(_FIELDS_IN, key)]

    @cached_property
    def has_catalogue(self) -> bool:
        """Tell whether there is anything beside the guide that can be recommended, compared or searched for."""
        return any(
            self.column(f"SELECT count(*) FROM {name}")[0] for name in ("destination", "type", "field", "program")
        )

    def stats(self) -> dict[str, int | str]:
        """Return how many entries of each kind there are, and the fingerprint of the sources."""
        counts = {name: self.column(f"SELECT count(*) FROM {name}")[0] for name in _COUNTED}
        meta: dict[str, str] = {row["name"]: row["value"] for row in self.rows("SELECT name, value FROM meta")}
        return {
            **counts,
            "vectors": int(meta["vectors"]),
            "made_from": meta["made_from"],
            "schema_version": SCHEMA_VERSION,
        }

    def _destinations_with(self, field_key: str) -> tuple[Destination, ...]:
        return tuple(self.destination(key) for key in self.column(_DESTINATIONS_WITH, field_key))

    def _industries_about(self, field_key: str) -> tuple[Industry, ...]:
        return tuple(self.industry(key) for key in self.column(_INDUSTRIES_ABOUT, field_key))

    def _strong_in(self, field: Field) -> list[Strength]:
        rows = self.rows("SELECT destination, place, source FROM strength WHERE field = ? ORDER BY id", field.key)
        return [Strength(field, self._where(row), self.section(row["source"])) for row in rows]

    def _where(self, row: sqlite3.Row) -> Place | Destination:
        return self.destination(row["destination"]) if row["destination"] else self.place(row["place"])


_opened: dict[str, tuple[tuple[int, ...], Knowledge]] = {}
_opening = threading.Lock()


def open_knowledge(path: Path | str) -> Knowledge:
    """Return the knowledge base in a file, opened once a process and again after the file was replaced.

    Raises KnowledgeMissing if there is no such file, KnowledgeDamaged if it is no usable knowledge base.
    """
    file = os.path.abspath(path)  # as text: three times a turn, paths as objects would cost as much as a query
    with _opening:
        stamp = _stamp(file)
        if file not in _opened or _opened[file][0] != stamp:
            _opened.pop(file, None)
            _opened[file] = (stamp, Knowledge(Path(file)))
        return _opened[file][1]


def _stamp(file: str) -> tuple[int, ...]:
    try:
        stat = os.stat(file)
    except OSError as error:
        raise KnowledgeMissing(f"{file}: there is no knowledge base here. {REBUILD}") from error
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
