"""Finds what programs are about that is near in meaning to words that no listing holds: "Equine Care" for "horses"."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.data_files import read_words

LEAST = 0.5  # cosine from which a term is near; of 60 words, all below were of another matter
BESIDE = 0.06  # below the nearest term, what is as near as that
MOST = 3  # terms that are told
AT_ONCE = 32  # texts that are encoded in one go, so that one thread does it
SECONDS = 0.1  # that a question waits for vectors which are still being made
Encode = Callable[[list[str]], NDArray[Any]]


class NearTerms:
    """Terms with their vectors, which a thread of its own makes; until they are there, nothing is near.

    `known` are the vectors of terms that were there before; it holds those of all terms once they are made.
    """

    def __init__(self, terms: Iterable[str], encode: Encode, known: dict[str, NDArray[Any]] | None = None) -> None:
        self._terms, self._encode, self._known = list(terms), encode, {} if known is None else known
        self._vectors: NDArray[Any] | None = None
        self._made = threading.Event()
        threading.Thread(target=self._make, name="near terms", daemon=True).start()

    def near(self, text: str, seconds: float = SECONDS) -> tuple[str, ...]:
        """Return the terms near a text in meaning, the nearest first; none while they are made for longer than `seconds`."""
        if not self._made.wait(seconds) or self._vectors is None:
            return ()
        likeness = self._vectors @ self._encode([text])[0]
        best = np.argsort(-likeness, kind="stable")[:MOST]
        least = max(LEAST, float(likeness[best[0]]) - BESIDE)
        return tuple(self._terms[at] for at in best if likeness[at] >= least)

    def _make(self) -> None:
        try:
            self._terms = shortest(self._terms)
            known = dict(self._known)  # which another import's thread may change meanwhile
            vectors = {term: known[term] for term in self._terms if term in known}
            new = [term for term in self._terms if term not in known]
            for at in range(0, len(new), AT_ONCE):
                part = new[at : at + AT_ONCE]
                vectors.update(zip(part, self._encode(part), strict=True))
            self._known.clear()
            self._known.update(vectors)
            if vectors:
                self._vectors = np.stack([vectors[term] for term in self._terms])
        finally:
            self._made.set()


def shortest(terms: Iterable[str]) -> list[str]:
    """Return terms without those that hold another one: "Advanced Aquaculture" beside "Aquaculture"."""
    kept: list[str] = []
    for term in sorted(dict.fromkeys(filter(None, terms)), key=lambda each: (len(each), each)):
        padded = f" {term.casefold()} "
        if not any(f" {each.casefold()} " in padded for each in kept):
            kept.append(term)
    return kept


def without_kinds(name: str, kinds: Sequence[str]) -> str:
    """Return a program's name without the kinds that it may say it is: "Wound Care" of "Wound Care (Certificate)"."""
    words = " ".join(name.replace("(", " ").replace(")", " ").replace(":", " ").split())
    for kind in sorted(kinds, key=len, reverse=True):
        at = f" {words.casefold()} ".find(f" {kind.casefold()} ")
        if at >= 0 and kind:
            words = " ".join(f"{words[:at]} {words[at + len(kind) :]}".split())
    first, _, rest = words.partition(" ")
    words = rest if rest and first.casefold() in ("in", "of", "on") else words
    bare = words
    for frame in read_words("listing_words")["title_frames"].splitlines():
        bare = re.sub(rf"^{frame} | {frame}$", "", bare, flags=re.I)
    return bare or words or name
