"""Normalises texts, so that equal forms mean the same phrasing or name."""

from __future__ import annotations

import re
import unicodedata


def phrasing_form(text: str) -> str:
    """Return letters and digits alone: case, spaces and punctuation do not make a different question."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LMN")


def name_form(text: str) -> str:
    """Return the name in lower case.

    Punctuation stays, since it tells names apart (C, C++, C#), and so do short capitals (IT is a name, it is not).
    """
    if len(text) <= 3 and text.isupper():
        return text
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()


def surface_forms(names: list[str]) -> list[str]:
    """Return the names without repetitions, in the given order."""
    first = {name_form(name): name for name in reversed(names)}
    return [name for name in names if first.get(name_form(name)) is name]
