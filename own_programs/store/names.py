"""Writes the index of names: of programs, providers, places, subjects. What it holds, own_programs.search.names reads."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b

from own_programs.store.rows import Rows

HOW = ("exact", "acronym", "initials", "order")
EXACT, ACRONYM, INITIALS, ORDER = range(4)
LONGEST = 16  # words of a form; a name's further words are found by its words alone
SQUEEZED = 4  # words up to which a name may be written as one ("cybersecurity")
SHORTEST_ORDERED = 4  # letters; shorter words ("of", "for", "de") may be left out where the order is free
SHORTEST_INITIALS, MOST_INITIALS = 3, 8

_MARKS = "\u0300-\u036f"  # accents that stand as signs of their own
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*[+#]{{0,2}}|&")
_INSERT_FORM = "INSERT OR IGNORE INTO name_form (form, item, how) VALUES (?, ?, ?)"
_INSERT_WORDS = "INSERT INTO name_words (rowid, words) VALUES (?, ?)"
_MARK = re.compile(f"[{_MARKS}]")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


class NameWriter:
    """Writer of the index of names; what `finish` writes is how often each word stands in names."""

    def __init__(self, connection: sqlite3.Connection, rows: Rows) -> None:
        self._connection = connection
        self._rows = rows
        self._words: Counter[str] = Counter()

    def add_program(self, key: int, name: str) -> None:
        """Index a program's name."""
        self._add(key * 2, name)

    def add_term(self, key: int, label: str) -> None:
        """Index a term's name."""
        self._add(key * 2 + 1, label)

    def remove_program(self, key: int, name: str) -> None:
        """Take a program's name out of the index."""
        words = words_of(name)
        self._connection.executemany(
            "DELETE FROM name_form WHERE form = ? AND item = ?", [(form, key * 2) for form in forms_of(name, words)]
        )
        words = sorted(set(words))
        self._connection.execute(
            "INSERT INTO name_words (name_words, rowid, words) VALUES ('delete', ?, ?)", (key * 2, " ".join(words))
        )
        self._words.subtract(words)

    def finish(self) -> None:
        """Write how often each word stands in names."""
        self._connection.executemany(
            "INSERT INTO name_word (word, names) VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET names = names + excluded.names",
            sorted(self._words.items()),
        )
        if any(count < 0 for count in self._words.values()):
            self._connection.execute("DELETE FROM name_word WHERE names <= 0")
        self._words.clear()

    def _add(self, item: int, name: str) -> None:
        words = words_of(name)
        self._rows.add_in_order(_INSERT_FORM, [(form, item, how) for form, how in forms_of(name, words).items()])
        words = sorted(set(words))
        self._rows.add(_INSERT_WORDS, [(item, " ".join(words))])
        self._words.update(words)


def fold(text: str) -> str:
    """Return a text in small letters without accents; its length and so all positions stay the same."""
    if text.isascii():
        return text.lower()
    return "".join(map(_folded, text))


def spans_of(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the folded words of a text, with where they begin and end."""
    for match in _WORD.finditer(fold(text)):
        yield _plain(match[0]), match.start(), match.end()


def words_of(text: str) -> list[str]:
    """Return the folded words of a text."""
    found: list[str] = _WORD.findall(fold(text))
    return found if text.isascii() and "&" not in text else list(map(_plain, found))


def _plain(word: str) -> str:
    return "and" if word == "&" else word if word.isascii() else _MARK.sub("", word)


def as_key(text: str) -> str:
    """Return a text as terms are compared by: folded, its words alone."""
    return " ".join(words_of(text))


def form(words: list[str]) -> int:
    """Return the hash of a form."""
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), "big", signed=True)


def in_any_order(words: list[str]) -> list[str]:
    """Return the form of words whose order is free, or no words if fewer than two are long enough."""
    long = sorted(word for word in words if len(word) >= SHORTEST_ORDERED)
    return long if len(long) > 1 else []


def forms_of(name: str, words: list[str]) -> dict[int, int]:
    """Return the forms of a name of these words, as hashes, with how each names it.

    They are the whole, it without brackets, as one word, as an acronym, and its words in any order.
    """
    found: dict[int, int] = {}
    for some, how in _spelled(name, words):
        if some:
            found.setdefault(form(some[:LONGEST]), how)
    return found


def without_brackets(name: str) -> str:
    """Return a name without what stands in brackets."""
    return _BRACKETS.sub(" ", name) if "(" in name or "[" in name else name


def _spelled(name: str, words: list[str]) -> Iterator[tuple[list[str], int]]:
    yield words, EXACT
    bare_name = without_brackets(name)
    bare = words if bare_name == name else words_of(bare_name)
    if bare is not words:
        yield bare, EXACT
    if 1 < len(bare) <= SQUEEZED:
        yield ["".join(bare)], EXACT
    for inside in (match[1] or match[2] or "" for match in _BRACKETS.finditer(name) if bare is not words):
        if 2 <= len(inside) <= 8 and inside.isalnum() and inside.isupper():
            yield [fold(inside)], ACRONYM
    yield from _initials(bare_name)
    yield in_any_order(words), ORDER
    if bare is not words:
        yield in_any_order(bare), ORDER


def _initials(name: str) -> Iterator[tuple[list[str], int]]:
    """Yield the initials of a name, those of all its words and those of its words with a capital."""
    every = "".join(word[0] for word in _WORD.findall(name) if word[0].isalpha())
    capital = "".join(letter for letter in every if letter.isupper())
    for letters in {every, capital}:
        if SHORTEST_INITIALS <= len(letters) <= MOST_INITIALS:
            yield [fold(letters)], INITIALS


def _folded(character: str) -> str:
    plain = unicodedata.normalize("NFKD", character)[:1] if character.isalpha() else character
    small = plain.lower()
    return small if len(small) == 1 else character
