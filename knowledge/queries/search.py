"""Searches passages by words (full-text search) and by meaning (vectors) and fuses the two rankings."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from heapq import nlargest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.db_format import REBUILD, VECTOR_LENGTH
from knowledge.errors import KnowledgeDamaged
from knowledge.models import Passage
from knowledge.queries.programs import ProgramQueries

DEPTH = 50  # passages that each ranking contributes
RANK_OFFSET = 10  # the constant of reciprocal rank fusion: the larger, the less the first ranks stand out
MAX_WORDS = 64  # of a full-text query

_BY_WORDS = (
    "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? ORDER BY bm25(passage_fts, 2.0, 1.0, 1.5), rowid LIMIT ?"
)


class Search(ProgramQueries):
    """Search in the passages of the guide."""

    def search(self, text: str, vector: NDArray[Any] | None = None, limit: int = 5) -> list[Passage]:
        """Return the best passage of each entry, best first; without the text's `vector`, by words alone."""
        likeness = self._likeness(vector)
        nearest = nlargest(DEPTH, likeness, key=likeness.__getitem__)  # of equals, the lower number first
        fused: dict[int, float] = defaultdict(float)
        for ranking in (self._by_words(text), nearest):
            for rank, passage in enumerate(ranking):
                fused[passage] += 1 / (RANK_OFFSET + rank)
        best = sorted(fused, key=lambda passage: (-fused[passage], passage))
        return self._first_of_each_entry(best, likeness, limit)

    def _by_words(self, text: str) -> list[int]:
        query = _full_text_query(text)
        return self.column(_BY_WORDS, query, DEPTH) if query else []

    def _likeness(self, vector: NDArray[Any] | None) -> dict[int, float]:
        """Return the cosine of the vector with each passage's; empty without vectors."""
        if vector is None:
            return {}
        ids, vectors = self._vectors
        asked = np.asarray(vector, dtype=np.float32).reshape(-1)
        if asked.shape != (VECTOR_LENGTH,):
            raise ValueError(f"the vector has {asked.size} numbers, the passages' have {VECTOR_LENGTH}")
        return dict(zip(ids, (vectors @ asked).tolist(), strict=True))

    @cached_property
    def _vectors(self) -> tuple[list[int], NDArray[Any]]:
        """Every passage's id and vector; empty if the database was built without vectors."""
        rows = self.rows("SELECT id, vector FROM passage WHERE vector IS NOT NULL ORDER BY id")
        if any(len(row["vector"]) != VECTOR_LENGTH * 4 for row in rows):
            raise KnowledgeDamaged(f"{self.path}: a passage's vector has the wrong length. {REBUILD}")
        vectors = np.frombuffer(b"".join(row["vector"] for row in rows), dtype="<f4").reshape(-1, VECTOR_LENGTH)
        return [row["id"] for row in rows], vectors

    @cached_property
    def _passages(self) -> dict[int, tuple[str, str, str]]:
        """Entry, title and text of every passage: a few hundred, needed for every message."""
        return {row["id"]: tuple(row)[1:] for row in self.rows("SELECT id, entry, title, text FROM passage")}

    def _first_of_each_entry(self, ids: list[int], likeness: dict[int, float], limit: int) -> list[Passage]:
        best: dict[str, Passage] = {}
        for number in ids:
            if len(best) == limit:
                break
            entry, title, text = self._passages[number]
            best.setdefault(entry, Passage(entry, title, text, likeness.get(number, 0.0)))
        return list(best.values())


def _full_text_query(text: str) -> str:
    """Return a query for any of the words; they are quoted, so that none is taken for an operator."""
    words = dict.fromkeys(re.findall(r"\w+", text.lower()))
    return " OR ".join(f'"{word}"' for word in list(words)[:MAX_WORDS])
