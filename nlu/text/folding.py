"""Folds words of any language: small letters, without accents, as people type them in a hurry."""

from __future__ import annotations

import unicodedata

_WHOLE = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ё": "е"})


def folded(text: str) -> str:
    """Return a text in small letters without accents; letters that are no base letter with an accent become the nearest."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.lower().translate(_WHOLE))
    return "".join(char for char in apart if not unicodedata.combining(char))
