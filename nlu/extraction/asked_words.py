"""Finds the content words of a question, so that it can be told how much of what it asks an answer deals with.

Sentence vectors find what a question is near to; they can't tell "does it replace a resume?" from "does it stand on a resume?".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nlu.extraction.attributes import fillers, written_out

MOST_READ = 600  # characters of a question that are read
_STEM = 5  # letters that words have in common if they count as one: "employer", "employment"
_WORD = re.compile(r"[^\W\d_]+")


def asked_words(text: str, names: Iterable[tuple[int, int]] = ()) -> frozenset[str]:
    """Return the stems of the content words of a question, without the names at `names`, which are compared elsewhere."""
    plain = list(text[:MOST_READ].lower())
    for start, end in names:
        plain[start:end] = " " * len(plain[start:end])
    return stems(written_out("".join(plain)))


def stems(text: str) -> frozenset[str]:
    """Return the stems of the content words of a text in small letters."""
    words = _WORD.findall(text.replace("\u2019", "'").replace("'s ", " "))
    return frozenset(word[:_STEM] for word in words if len(word) > 1 and word not in fillers())
