"""Tells words of everyday messages from names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nlu.data_files import read_words


@dataclass(frozen=True)
class EverydayWords:
    """The lists of nlu/data/everyday_words.yml."""

    words: frozenset[str]
    towns: frozenset[str]
    bodies: frozenset[str]
    leads: frozenset[str]
    kinds: frozenset[str]
    programs: frozenset[str] = frozenset()  # words for what is sought, of nlu/data/search_words.yml


@cache
def everyday_words() -> EverydayWords:
    """Return the everyday words; the file is read once."""
    lists = read_words("everyday_words")
    words, towns, bodies, leads, kinds = (
        frozenset(lists[name].split()) for name in ("words", "towns", "bodies", "leads", "kinds")
    )
    return EverydayWords(words, towns, bodies, leads, kinds, frozenset(read_words("search_words")["programs"].split()))
