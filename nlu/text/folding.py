"""Folds words of any language: small letters, without accents, as people type them in a hurry."""

from __future__ import annotations

import unicodedata
from functools import cache

from nlu.data_files import read_tables

SPELT_OUT = 3  # letters up to which an abbreviation is spoken letter by letter
_WHOLE = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ё": "е"})


def folded(text: str) -> str:
    """Return a text in small letters without accents; letters that are no base letter with an accent become the nearest."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.lower().translate(_WHOLE))
    return "".join(char for char in apart if not unicodedata.combining(char))


def without_capitals(text: str) -> str:
    """Return a text in small letters, but for its abbreviations ("HR manager"), unless all of it is in capitals.

    The names of peoples and languages have a capital ("a Polish teacher").
    """
    words = text.split()
    shouted = len(words) > 1 and text.isupper()
    kept = (word if word.isupper() and len(word) > 1 and not shouted else word.lower() for word in words)
    return " ".join(word.capitalize() if word in _peoples() else word for word in kept)


@cache
def _peoples() -> frozenset[str]:
    return frozenset(word for row in read_tables("peoples")["adjectives"].values() for word in row)


def with_article(words: str) -> str:
    """Return words with "a" or "an" before them, by how they are spoken: "an HR manager", "a nurse"."""
    first = words.partition(" ")[0]
    spelt_out = first.isupper() and 1 < len(first) <= SPELT_OUT
    return f"{'an' if words[:1].lower() in ('aefhilmnorsx' if spelt_out else 'aeiou') else 'a'} {words}"
