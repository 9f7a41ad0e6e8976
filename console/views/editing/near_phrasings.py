"""Who else is asked like this: the ways of asking of other entries that are nearest to new ones."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import Knowledge, open_knowledge
from nlu.encoding.encoder import Encoder, open_encoder
from nlu.encoding.model_files import ModelFilesError
from nlu.encoding.vector_cache import VectorCache

NEAR = 0.75  # cosine from which two ways of asking may be taken for each other; one in five of ours is as near to another's
NEAR_IN_WORDS = 85.0  # share of the same letters, where there is no sentence model
MOST_ASKED, MOST_SHOWN = 60, 12


@dataclass(frozen=True)
class NearPhrasing:
    """A way of asking that is near to one of another entry; `share` is how near, of 1."""

    text: str
    other: str
    entry: str
    title: str
    share: float


class NearPhrasings:
    """Finds near ways of asking with the sentence model, or by their letters without it. Safe to share between threads."""

    def __init__(self, knowledge_db: Path, encoder_dir: Path) -> None:
        self._path, self._encoder_dir = knowledge_db, encoder_dir
        self._lock = threading.Lock()
        self._knowledge: Knowledge | None = None
        self._phrasings: list[tuple[str, str, str]] = []  # text, key and title of the entry
        self._vectors: NDArray[np.float32] | None = None
        self._encoder: Encoder | None = None

    def find(self, texts: Iterable[str], own: str) -> list[NearPhrasing]:
        """Return the nearest way of asking of entries other than `own` for each text, if near enough; the nearest first.

        None is found without a knowledge base.
        """
        asked = list(dict.fromkeys(texts))[:MOST_ASKED]
        if not asked:
            return []
        with self._lock:
            try:
                self._load()
            except KnowledgeError:
                return []
            found = self._by_meaning(asked, own) if self._vectors is not None else self._by_letters(asked, own)
        return sorted(found, key=lambda each: -each.share)[:MOST_SHOWN]

    def _load(self) -> None:
        """Read the ways of asking, and their vectors, if the knowledge base is another than before."""
        knowledge = open_knowledge(self._path)
        if knowledge is self._knowledge:
            return
        headings = [*knowledge.topics(), *knowledge.open_subjects()]
        self._phrasings = [
            (text, heading.key, heading.title) for heading in headings for text in knowledge.phrasings(heading.key)
        ]
        try:
            self._encoder = self._encoder or open_encoder(self._encoder_dir)
            texts = [text for text, _, _ in self._phrasings]
            self._vectors = VectorCache(self._encoder, self._encoder_dir).encode(texts)
        except ModelFilesError:
            self._vectors = None
        self._knowledge = knowledge

    def _by_meaning(self, asked: list[str], own: str) -> list[NearPhrasing]:
        assert self._encoder is not None and self._vectors is not None
        others = np.array([key != own for _, key, _ in self._phrasings])
        if not others.any():
            return []
        shares = np.where(others, self._encoder.encode(asked) @ self._vectors.T, -1.0)
        best = shares.argmax(axis=1)
        return [
            self._near(text, int(place), float(shares[row, place]))
            for row, (text, place) in enumerate(zip(asked, best, strict=True))
            if shares[row, place] >= NEAR
        ]

    def _by_letters(self, asked: list[str], own: str) -> list[NearPhrasing]:
        others = {place: text for place, (text, key, _) in enumerate(self._phrasings) if key != own}
        found = []
        for text in asked:
            best = process.extractOne(text, others, scorer=fuzz.ratio, score_cutoff=NEAR_IN_WORDS)
            if best:
                found.append(self._near(text, best[2], best[1] / 100))
        return found

    def _near(self, text: str, place: int, share: float) -> NearPhrasing:
        other, key, title = self._phrasings[place]
        return NearPhrasing(text, other, key, title, share)
