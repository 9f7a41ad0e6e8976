"""Makes a vector of the words of a text by hashing, without a vocabulary; it stands beside the text's sentence vector.

A sentence vector tells what a text is about, and hardly "is it enough?" from "is it worth it?". The words themselves tell
that, and the axes along which claims are compared (axes.py) find out which of them do.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

HASHED = 1024  # numbers of the vector
# Chosen on the labelled questions of training/claim_questions/: the right claim is nearest for 72 %, by sentence vectors alone
# for 65 %; n-grams of letters gain no more than beginnings do, and cost ten times the hashing.
BEGINNING = 4  # letters that words have in common if they may be forms of one
# Weights of the words and pairs of words, and of their beginnings, beside a sentence vector's 1.
WHOLE, BEGUN = 0.84, 0.72
_WORD = re.compile(r"[\w']+")
_SIGN = 1 << 31


def hashed_words(text: str) -> NDArray[Any]:
    """Return the vector of a text's words, float32, shape (HASHED,); zeros if it has none."""
    words = _WORD.findall(text.lower())
    beginnings = [f"~{word[:BEGINNING]}" for word in words]
    vector: NDArray[Any] = _hashed(WHOLE, words) + _hashed(BEGUN, beginnings)
    return vector


def beside_words(vectors: NDArray[Any], texts: Sequence[str]) -> NDArray[Any]:
    """Return sentence vectors, shape (texts, size), each with the vector of its text's words after it."""
    return np.hstack([vectors, [hashed_words(text) for text in texts]])


def _hashed(length: float, words: Sequence[str]) -> NDArray[Any]:
    """Return the vector of words and of pairs of neighbours, which together have this length."""
    counted = Counter([*words, *map(" ".join, zip(words, words[1:], strict=False))])
    hashed = np.fromiter((zlib.crc32(gram.encode()) for gram in counted), np.int64, len(counted))
    weights = 1 + np.log(np.fromiter(counted.values(), np.float32, len(counted)))
    scale = length / max(float(np.sqrt(weights @ weights)), 1.0)
    signed = np.where(hashed & _SIGN, scale, -scale) * weights
    return np.bincount(hashed % HASHED, signed, HASHED).astype(np.float32)
