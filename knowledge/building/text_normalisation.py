"""Normalises texts, so that equal forms mean the same phrasing or name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


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


Named = tuple[str, str]  # kind and key of a catalogue entry


class NamesInText:
    """Finds the catalogue's names in the guide's own sentences, which have no typing mistakes."""

    def __init__(self, entries: Iterable[tuple[Named, list[str]]]) -> None:
        self._named: dict[str, set[Named]] = {}
        for named, names in entries:
            for name in names:
                self._named.setdefault(name_form(name), set()).add(named)
        longest_first = sorted(self._named, key=lambda form: (-len(form), form))
        capitals = [re.escape(form) for form in longest_first if form.isupper()]
        other = [re.escape(form) for form in longest_first if not form.isupper()]
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(capitals) or '(?!)'}|(?i:{'|'.join(other) or '(?!)'}))(?!\w)")

    def find(self, text: str) -> set[Named]:
        """Return the kind and key of every name in the text; a longer name hides those inside it."""
        return {named for match in self._pattern.finditer(text) for named in self._named.get(name_form(match[0]), ())}
