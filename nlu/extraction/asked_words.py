"""Tells how much of what a question asks for an answer deals with: which part of its content words the answer's texts hold.

Sentence vectors find what a question is near to; they can't tell "does it replace a resume?" from "does it stand on a resume?".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from nlu.extraction.attributes import fillers, written_out

MOST_READ = 600  # characters of a question that are read
_STEM = 5  # letters that words have in common if they count as one: "employer", "employment"
_WORD = re.compile(r"[^\W\d_]+")


def asked_words(text: str, names: Iterable[tuple[int, int]] = ()) -> frozenset[str]:
    """Return the stems of the content words of a question, without the names at `names`, which are compared elsewhere."""
    plain = list(text[:MOST_READ].lower())
    for start, end in names:
        plain[start:end] = " " * len(plain[start:end])
    return _stems(written_out("".join(plain)))


def part_covered(asked: frozenset[str], texts: Iterable[str]) -> float:
    """Return which part of a question's content words some texts hold; 1.0 if it has none."""
    if not asked:
        return 1.0
    held = _answer_stems(" ".join(texts).lower())
    return len(asked & held) / len(asked)


@lru_cache(maxsize=4096)  # what is answered from is the same for every question; no question comes here
def _answer_stems(text: str) -> frozenset[str]:
    return _stems(text)


def _stems(text: str) -> frozenset[str]:
    words = _WORD.findall(text.replace("\u2019", "'").replace("'s ", " "))
    return frozenset(word[:_STEM] for word in words if len(word) > 1 and word not in fillers())
