"""The passages nearest to a text: by words (full-text search) and by meaning (vectors), the two rankings fused."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from heapq import nlargest

import numpy as np

from knowledge.db_format import REBUILD, VECTOR_LENGTH
from knowledge.errors import KnowledgeDamaged
from knowledge.models import Passage, Program
from knowledge.queries.programs import ProgramQueries

DEEP = 50  # how far down each ranking is looked at
FLATNESS = 10  # of reciprocal rank fusion: the larger, the less the first places stand out
MOST_WORDS = 64

_BY_WORDS = (
    "SELECT rowid FROM passage_fts WHERE passage_fts MATCH ? ORDER BY bm25(passage_fts, 2.0, 1.0, 1.5), rowid LIMIT ?"
)
_PROGRAMS_BY_WORDS = (
    "SELECT key FROM program_fts JOIN program ON program.rowid = program_fts.rowid "
    "WHERE program_fts MATCH ? ORDER BY bm25(program_fts), position LIMIT ?"
)


class Search(ProgramQueries):
    def search(self, text: str, vector: np.ndarray | None = None, limit: int = 5) -> list[Passage]:
        """The best passage of each entry, best first. Without a vector (the text's own), by words alone."""
        likeness = self._likeness(vector)
        nearest = nlargest(DEEP, likeness, key=likeness.get)  # of equals, the lower number first
        fused: dict[int, float] = defaultdict(float)
        for ranking in (self._by_words(text), nearest):
            for rank, passage in enumerate(ranking):
                fused[passage] += 1 / (FLATNESS + rank)
        best = sorted(fused, key=lambda passage: (-fused[passage], passage))
        return self._first_of_each_entry(best, likeness, limit)

    def search_programs(self, text: str, limit: int = 5) -> list[Program]:
        """By the words of the program's and the provider's name."""
        query = _full_text_query(text)
        return [self.program(key) for key in self.column(_PROGRAMS_BY_WORDS, query, limit)] if query else []

    def _by_words(self, text: str) -> list[int]:
        query = _full_text_query(text)
        return self.column(_BY_WORDS, query, DEEP) if query else []

    def _likeness(self, vector: np.ndarray | None) -> dict[int, float]:
        """The cosine of the vector and each passage's; empty without vectors."""
        if vector is None:
            return {}
        ids, vectors = self._vectors
        asked = np.asarray(vector, dtype=np.float32).reshape(-1)
        if asked.shape != (VECTOR_LENGTH,):
            raise ValueError(f"the vector has {asked.size} numbers, the passages' have {VECTOR_LENGTH}")
        return dict(zip(ids, (vectors @ asked).tolist(), strict=True))

    @cached_property
    def _vectors(self) -> tuple[list[int], np.ndarray]:
        """Every passage's number and vector; empty where the database was built without."""
        rows = self.rows("SELECT id, vector FROM passage WHERE vector IS NOT NULL ORDER BY id")
        if any(len(row["vector"]) != VECTOR_LENGTH * 4 for row in rows):
            raise KnowledgeDamaged(f"{self.path}: a passage's vector has the wrong length. {REBUILD}")
        vectors = np.frombuffer(b"".join(row["vector"] for row in rows), dtype="<f4").reshape(-1, VECTOR_LENGTH)
        return [row["id"] for row in rows], vectors

    @cached_property
    def _passages(self) -> dict[int, tuple[str, str, str]]:
        """Entry, title and text of every passage: a few hundred, wanted at every message."""
        return {row["id"]: tuple(row)[1:] for row in self.rows("SELECT id, entry, title, text FROM passage")}

    def _first_of_each_entry(self, ids: list[int], likeness: dict[int, float], limit: int) -> list[Passage]:
        found: dict[str, Passage] = {}
        for number in ids:
            if len(found) == limit:
                break
            entry, title, text = self._passages[number]
            found.setdefault(entry, Passage(entry, title, text, likeness.get(number, 0.0)))
        return list(found.values())


def _full_text_query(text: str) -> str:
    """Any of the words; quoted, so that none of them is taken for an operator."""
    words = dict.fromkeys(re.findall(r"\w+", text.lower()))
    return " OR ".join(f'"{word}"' for word in list(words)[:MOST_WORDS])
