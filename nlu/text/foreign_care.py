"""Finds danger and low spirits in messages that are not in English, by chosen words of each language.

The classifier reads English; what it makes of other languages is chance, and a missed cry for help may cost a life. So the
words of nlu/data/care_words.yml count before anything else, whatever language a message is taken for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from nlu.data_files import read_tables
from nlu.text.folding import folded

DANGER, LOW = "danger", "low"
BETWEEN = 2  # other words that may stand between two of a line
LETTERS_BETWEEN = 4  # as many in scripts without spaces
NEAR = 3  # words before and after what was found in which a word that rules it out is looked for
TOGETHER = 6  # words before and after one in which others of a line without order may stand
ANY_LETTERS, RULES_OUT, IN_ANY_ORDER = "*", "!", "&"
WITHOUT_SPACES = (
    "CJK",
    "HIRAGANA",
    "KATAKANA",
)  # scripts (beginnings of Unicode's names), of which each letter is a word here
_BRACKETS = re.compile(r"\(([^()]*)\)")
KEY = 2  # letters by which lines are looked up


@dataclass(frozen=True)
class Care:
    """Danger or low spirits in a message, and the language (ISO 639-1) of the words that tell."""

    kind: str
    language: str


@dataclass(frozen=True)
class _Word:
    """A word of a line: letters, what may stand around them, and how many other words may stand before it."""

    letters: str
    before: bool
    after: bool
    gap: int = 0

    def fits(self, word: str) -> bool:
        """Return whether a word of a message is this one."""
        if self.before:
            return self.letters in word if self.after else word.endswith(self.letters)
        return word.startswith(self.letters) if self.after else word == self.letters


@dataclass(frozen=True)
class _Line:
    """Words that tell, in their order; `beside` are those that stand near, and those of `ruled_out_by` must not."""

    care: Care
    words: tuple[_Word, ...]
    beside: tuple[tuple[_Word, ...], ...]
    ruled_out_by: tuple[tuple[_Word, ...], ...]

    def is_said(self, words: Sequence[str], at: int) -> bool:
        """Return whether the line is said with its first word at a place of a message."""
        end = _end(self.words, words, at)
        together = words[max(at - TOGETHER, 0) : at + TOGETHER + 1]
        if end is None or not all(_stands_in(other, together) for other in self.beside):
            return False
        around = words[max(at - NEAR, 0) : end + NEAR]
        return not any(_stands_in(other, around) for other in self.ruled_out_by)


def care_in(text: str) -> Care | None:
    """Return what a message tells of danger, or else of low spirits, in another language than English; None if nothing."""
    words = split_words(text)
    lines = ((line, at) for at, word in enumerate(words) for line in _lines().beginning_with(word))
    found = {line.care for line, at in lines if line.is_said(words, at)}
    return min(found, key=lambda care: (care.kind != DANGER, care.language), default=None)


def split_words(text: str) -> list[str]:
    """Return the folded words of a text; where a script has no spaces, its letters."""
    found: list[str] = []
    begun = False
    for char in folded(text):
        if not (char.isalnum() or unicodedata.category(char).startswith("M")):
            begun = False
        elif not char.isascii() and unicodedata.name(char, "").startswith(WITHOUT_SPACES):
            found.append(char)
            begun = False
        elif begun:
            found[-1] += char
        else:
            found.append(char)
            begun = True
    return found


def _end(line: Sequence[_Word], words: Sequence[str], at: int) -> int | None:
    """Return where the words of a line end that begin at a place of a message, None if they do not stand there."""
    if at >= len(words) or not line[0].fits(words[at]):
        return None
    for word in line[1:]:
        nexts = range(at + 1, min(at + 2 + word.gap, len(words)))
        following = next((place for place in nexts if word.fits(words[place])), None)
        if following is None:
            return None
        at = following
    return at + 1


def _stands_in(line: Sequence[_Word], words: Sequence[str]) -> bool:
    return any(_end(line, words, at) is not None for at in range(len(words)))


class _Lines:
    """All lines, by the letters with which they begin."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._by_key: dict[str, list[_Line]] = {}
        self._anywhere: list[_Line] = []  # lines whose first word may begin with any letters
        for line in lines:
            first = line.words[0]
            kept = self._anywhere if first.before else self._by_key.setdefault(first.letters[:KEY], [])
            kept.append(line)

    def beginning_with(self, word: str) -> Iterator[_Line]:
        """Yield the lines that may begin with a word."""
        yield from self._by_key.get(word[:KEY], ())
        yield from self._anywhere


@cache
def _lines() -> _Lines:
    tables = read_tables("care_words").items()
    return _Lines(
        _line(Care(kind, language), one)
        for language, kinds in tables
        for kind, lines in kinds.items()
        for written in lines
        for one in _each(written)
    )


def _each(written: str) -> Iterator[str]:
    """Yield a line once for each choice from its brackets."""
    parts = _BRACKETS.split(written)  # every second part stood in brackets
    yield from map("".join, product(*(part.split("|") if at % 2 else [part] for at, part in enumerate(parts))))


def _line(care: Care, written: str) -> _Line:
    parts = written.split()
    others = tuple(tuple(_written(part[1:])) for part in parts if part.startswith(RULES_OUT))
    told = " ".join(part for part in parts if not part.startswith(RULES_OUT))
    first, *beside = (
        tuple(word for part in group.split() for word in _written(part)) for group in told.split(IN_ANY_ORDER)
    )
    return _Line(care, first, tuple(beside), others)


def _written(part: str) -> Iterator[_Word]:
    """Yield the words of a part of a line; those of a script without spaces stand together."""
    letters = split_words(part)
    for number, each in enumerate(letters):
        is_first, is_last = number == 0, number == len(letters) - 1
        without_spaces = unicodedata.name(each[0], "").startswith(WITHOUT_SPACES)
        gap = 0 if not is_first else LETTERS_BETWEEN if without_spaces else BETWEEN
        before, after = is_first and part.startswith(ANY_LETTERS), is_last and part.endswith(ANY_LETTERS)
        yield _Word(each, before, after, gap)
