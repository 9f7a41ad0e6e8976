"""Normalises texts, so that equal forms mean the same phrasing or name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


# All of ASCII that is neither letter nor digit.
_NO_LETTERS = str.maketrans("", "", "".join(sign for sign in map(chr, range(128)) if not sign.isalnum()))
_TOKEN = re.compile(r"\w+|[^\w\s]")


def phrasing_form(text: str) -> str:
    """Return letters and digits alone: case, spaces and punctuation do not make a different question."""
    if text.isascii():  # nearly all are
        return text.lower().translate(_NO_LETTERS)
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
        self._forms: dict[str, list[str]] = {}
        for form in self._named:
            self._forms.setdefault(_first_token(form), []).append(form)
        self._patterns: dict[str, re.Pattern[str] | None] = {}

    def find(self, text: str) -> set[Named]:
        """Return the kind and key of every name in the text; a longer name hides those inside it."""
        found: set[Named] = set()
        end = 0
        for token in _TOKEN.finditer(text):
            if token.start() >= end and (match := self._match(token, text)):
                found |= self._named.get(name_form(match[0]), set())
                end = match.end()
        return found

    def _match(self, token: re.Match[str], text: str) -> re.Match[str] | None:
        """Return the longest name that begins with a token: only names that begin with it can stand there."""
        first = token[0].lower()
        if first not in self._patterns:
            self._patterns[first] = _pattern_of(self._forms.get(first, ()))
        pattern = self._patterns[first]
        return pattern.match(text, token.start()) if pattern else None


def _first_token(form: str) -> str:
    found = _TOKEN.match(form)
    return found[0].lower() if found else ""


def _pattern_of(forms: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds these names, the longest first; short capitals (IT) stand as they are."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    if not longest_first:
        return None
    capitals = [re.escape(form) for form in longest_first if form.isupper()]
    other = [re.escape(form) for form in longest_first if not form.isupper()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(capitals) or '(?!)'}|(?i:{'|'.join(other) or '(?!)'}))(?!\w)")
