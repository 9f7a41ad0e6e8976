"""Finds what programs are about that is near in meaning to words that no listing holds: "Equine Care" for "horses"."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.data_files import read_words

LEAST = 0.5  # cosine from which a term is near; of 60 words, all below were of another matter
SURELY = 0.53  # the same, of a subject that is told beside what holds a word itself
ALIKE = 0.7  # cosine from which two words say nearly the same
BESIDE = 0.06  # below the nearest term, what is as near as that
MOST = 3  # terms that are told
AT_ONCE = 32  # texts that are encoded in one go, so that one thread does it
SECONDS = 0.1  # that a question waits for vectors which are still being made
Encode = Callable[[list[str]], NDArray[Any]]


class NearTerms:
    """Terms with their vectors, which a thread of its own makes; until they are there, nothing is near.

    `terms` are gone through in that thread, too. `known` are the vectors of terms that were there before; it holds those of
    all terms once they are made.
    """

    def __init__(self, terms: Iterable[str], encode: Encode, known: dict[str, NDArray[Any]] | None = None) -> None:
        self._given, self._encode, self._known = terms, encode, {} if known is None else known
        self._terms: list[str] = []
        self._vectors: NDArray[Any] | None = None
        self._made = threading.Event()
        # No daemon: a process that ends while such a thread is in the runtime's C++ code is aborted.
        threading.Thread(target=self._make, name="near terms").start()

    def near(
        self, text: str, seconds: float = SECONDS, floor: float = LEAST, also: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Return the terms near a text in meaning, the nearest first; none while they are made for longer than `seconds`.

        `floor` is the least cosine, `also` are words of which those that are nearly the same count, too.
        """
        if not self._made.wait(seconds) or self._vectors is None:
            return ()
        said, *others = self._encode([text, *also])
        meant = np.mean([said, *(each for each in others if each @ said >= ALIKE)], axis=0)
        likeness = self._vectors @ meant
        best = np.argsort(-likeness, kind="stable")[:MOST]
        least = max(floor, float(likeness[best[0]]) - BESIDE)
        return tuple(self._terms[at] for at in best if likeness[at] >= least)

    def _make(self) -> None:
        try:
            self._terms = shortest(self._given)
            known = dict(self._known)  # which another import's thread may change meanwhile
            vectors = {term: known[term] for term in self._terms if term in known}
            new = [term for term in self._terms if term not in known]
            for at in range(0, len(new), AT_ONCE):
                if not threading.main_thread().is_alive():
                    return  # the process ends
                part = new[at : at + AT_ONCE]
                # Copies: a row of the result would keep all of it.
                vectors.update((term, vector.copy()) for term, vector in zip(part, self._encode(part), strict=True))
            self._known.clear()
            self._known.update(vectors)
            if vectors:
                self._vectors = np.stack([vectors[term] for term in self._terms])
        finally:
            self._made.set()


def shortest(terms: Iterable[str]) -> list[str]:
    """Return terms without those that hold another one: "Advanced Aquaculture" beside "Aquaculture"."""
    kept: dict[str, str] = {}
    for term in sorted(dict.fromkeys(filter(None, terms)), key=lambda each: (len(each), each)):
        padded = f" {term.casefold()} "
        if not any(each in padded for each in kept):
            kept[padded] = term
    return list(kept.values())


def without_kinds(name: str, kinds: Sequence[str]) -> str:
    """Return a program's name without the kinds that it may say it is: "Wound Care" of "Wound Care (Certificate)"."""
    words = " ".join(name.replace("(", " ").replace(")", " ").replace(":", " ").split())
    for kind in sorted(filter(None, kinds), key=len, reverse=True):
        rest = re.sub(rf"(?<!\S){re.escape(kind)}(?!\S)", " ", words, count=1, flags=re.I)
        words = " ".join(rest.split())
    first, _, rest = words.partition(" ")
    words = rest if rest and first.casefold() in ("in", "of", "on") else words
    return _frames().sub("", words) or words or name


@lru_cache(maxsize=1)
def _frames() -> re.Pattern[str]:
    """Return the pattern of what stands around a subject in a name: "Introduction to"."""
    frames = "|".join(map(re.escape, read_words("listing_words")["title_frames"].splitlines()))
    return re.compile(rf"^(?:(?:{frames}) )+|(?: (?:{frames}))+$", re.I)
