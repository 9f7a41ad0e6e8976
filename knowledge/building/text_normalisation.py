"""Normalises texts, so that equal forms mean the same phrasing or name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from nlu.extraction.lowercase_names import needs_context

# All of ASCII that is neither letter nor digit.
_NO_LETTERS = str.maketrans("", "", "".join(sign for sign in map(chr, range(128)) if not sign.isalnum()))
_TOKEN = re.compile(r"\w+|[^\w\s]")


FORMS_KEPT = 2**15  # texts of a guide, whose forms are asked for again with each check of a draft


@lru_cache(FORMS_KEPT)
def phrasing_form(text: str) -> str:
    """Return letters and digits alone: case, spaces and punctuation do not make a different question."""
    if text.isascii():  # nearly all are
        return text.lower().translate(_NO_LETTERS)
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LMN")


@lru_cache(FORMS_KEPT)
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
                if needs_context(name_form(name), named[0]):
                    continue
                self._named.setdefault(name_form(name), set()).add(named)
        self._forms: dict[str, list[str]] = {}  # by the token that they begin with, the longest first
        for form in sorted(self._named, key=lambda form: (not form.isupper(), -len(form), form)):
            self._forms.setdefault(_first_token(form), []).append(form)

    def find(self, text: str) -> set[Named]:
        """Return the kind and key of every name in the text; a longer name hides those inside it."""
        found: set[Named] = set()
        end = 0
        for token in _TOKEN.finditer(text):
            start = token.start()
            if start < end or start and _is_of_word(text[start - 1]):
                continue
            for form in self._forms.get(token[0].lower(), ()):
                if _stands_at(text, start, form):
                    end = start + len(form)
                    found |= self._named.get(name_form(text[start:end]), set())
                    break
        return found


def _first_token(form: str) -> str:
    found = _TOKEN.match(form)
    return found[0].lower() if found else ""


def _stands_at(text: str, start: int, form: str) -> bool:
    """Return whether a name stands at a place as a whole; short capitals (IT) only as they are."""
    end = start + len(form)
    piece = text[start:end]
    same = piece == form if form.isupper() else piece.lower() == form.lower()
    return same and not _is_of_word(text[end : end + 1])


def _is_of_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"
