"""Weighs the letter and word n-grams of a text: TF-IDF with sublinear counts, in plain dictionaries.

The weights are those of scikit-learn's TfidfVectorizer(sublinear_tf=True, dtype=float32). For one text at a time this
takes a twentieth of its time, most of which goes into checks and sparse matrices.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD = re.compile(r"\w+")
LETTERS = range(2, 5)  # letters of an n-gram, cut from single words with a space on both sides


def letters_of(text: str) -> Iterable[str]:
    """Return the words that letter n-grams are cut from."""
    return text.lower().split()


def letter_grams(word: str) -> Iterable[str]:
    """Return the letter n-grams of one word; a word shorter than n gives itself, once."""
    padded = f" {word} "
    for size in LETTERS:
        yield padded[:size]
        if size >= len(padded):
            return
        for start in range(1, len(padded) - size + 1):
            yield padded[start : start + size]


def words_of(text: str) -> Iterable[str]:
    """Return the words of a text and each pair of neighbours."""
    words = WORD.findall(text.lower())
    return [*words, *map(" ".join, zip(words, words[1:], strict=False))]


def itself(word: str) -> Iterable[str]:
    """Return a word as its only n-gram."""
    return (word,)


class Ngrams:
    """The n-grams seen in training, each with its inverse document frequency (idf).

    `pieces` cuts a text into pieces, `grams` a piece into n-grams.
    """

    def __init__(
        self,
        pieces: Callable[[str], Iterable[str]],
        grams: Callable[[str], Iterable[str]],
        vocabulary: list[str],
        idf: NDArray[Any],
    ) -> None:
        self._pieces, self._grams = pieces, grams
        self.vocabulary, self.idf = vocabulary, np.asarray(idf, np.float32)
        self._columns = {gram: column for column, gram in enumerate(vocabulary)}
        self._worked_out: dict[str, tuple[int, ...]] = {}

    @classmethod
    def seen_in(
        cls,
        texts: list[str],
        pieces: Callable[[str], Iterable[str]],
        grams: Callable[[str], Iterable[str]],
        at_least: int = 1,
    ) -> Ngrams:
        """Collect the n-grams that stand in at least `at_least` of the texts."""
        grams_of = cache(lambda piece: frozenset(grams(piece)))  # phrasings repeat their words
        in_texts = Counter(gram for text in texts for gram in frozenset().union(*map(grams_of, pieces(text))))
        vocabulary = sorted(gram for gram, number in in_texts.items() if number >= at_least)
        numbers = np.array([in_texts[gram] for gram in vocabulary])
        return cls(pieces, grams, vocabulary, np.log((1 + len(texts)) / (1 + numbers)) + 1)

    def work_out(self, pieces: Iterable[str]) -> None:
        """Cache the n-grams of these pieces. Pieces of visitors' messages are never cached: they may be names or addresses."""
        self._worked_out = {piece: self._cut(piece) for piece in pieces}

    def weights(self, text: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the columns and weights of the n-grams in a text; the weights are a vector of length 1."""
        counted = self._counted(text)
        columns = np.fromiter(counted, np.intp, len(counted))
        weights = self.idf[columns] * (1 + np.log(np.fromiter(counted.values(), np.float32, len(counted))))
        length = math.sqrt(float(weights @ weights))
        return columns, weights / np.float32(length) if length else weights

    def _counted(self, text: str) -> dict[int, int]:
        """Return how often each n-gram of the vocabulary stands in a text, by its column."""
        counted: dict[int, int] = {}  # a Counter would cost more than what it counts
        if self._grams is itself:
            found: Iterable[int] = [self._columns[piece] for piece in self._pieces(text) if piece in self._columns]
        else:
            found = chain.from_iterable(map(self._columns_of, self._pieces(text)))
        for column in found:
            counted[column] = counted.get(column, 0) + 1
        return counted

    def _columns_of(self, piece: str) -> tuple[int, ...]:
        known = self._worked_out.get(piece)
        return self._cut(piece) if known is None else known

    def _cut(self, piece: str) -> tuple[int, ...]:
        return tuple([self._columns[gram] for gram in self._grams(piece) if gram in self._columns])
