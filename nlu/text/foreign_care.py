"""Finds danger and low spirits in messages that are not in English, by chosen words of each language.

The classifier reads English; what it makes of other languages is chance, and a missed cry for help may cost a life. So the
words of nlu/data/care_words.yml count before anything else, whatever language a message is taken for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from nlu.data_files import read_tables
from nlu.text.folding import folded

DANGER, LOW = "danger", "low"
BETWEEN = 2  # other words that may stand between two of a line
LETTERS_BETWEEN = 4  # as many in scripts without spaces
MOST_BETWEEN = max(BETWEEN, LETTERS_BETWEEN)
NEAR = 3  # words before and after what was found in which a word that rules it out is looked for
TOGETHER = 6  # words before and after one in which others of a line without order may stand
ANY_LETTERS, RULES_OUT, IN_ANY_ORDER = "*", "!", "&"
WITHOUT_SPACES = (
    "CJK",
    "HIRAGANA",
    "KATAKANA",
)  # scripts (beginnings of Unicode's names), of which each letter is a word here
_BRACKETS = re.compile(r"\(([^()]*)\)")


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
    """What a line tells, beside its words; `beside` are those that stand near, and those of `ruled_out_by` must not."""

    care: Care
    beside: tuple[tuple[_Word, ...], ...]
    ruled_out_by: tuple[tuple[_Word, ...], ...]

    def is_said(self, words: Sequence[str], at: int, end: int) -> bool:
        """Return whether the line is said whose words stand from one place of a message to another."""
        together = words[max(at - TOGETHER, 0) : at + TOGETHER + 1]
        if not all(_stands_in(other, together) for other in self.beside):
            return False
        around = words[max(at - NEAR, 0) : end + NEAR]
        return not any(_stands_in(other, around) for other in self.ruled_out_by)


def care_in(text: str) -> Care | None:
    """Return what a message tells of danger, or else of low spirits, in another language than English; None if nothing."""
    words = split_words(text)
    lines = _lines()
    found: set[Care] = set()
    for at in range(len(words)):
        for line, end in lines.told(words, at):
            if line.care not in found and line.is_said(words, at, end):
                found.add(line.care)
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
    """Lines that begin alike: those that end here, and by their next word those that go on.

    A message is held against the beginnings that it has, and not against each of ten thousand lines.
    """

    def __init__(self) -> None:
        self._ended: list[_Line] = []
        self._next: dict[_Word, _Lines] = {}
        self._whole: dict[str, list[_Next]] = {}  # the next words, by their letters
        # Those with any letters after them, by their length and then by their letters.
        self._beginnings: dict[int, dict[str, list[_Next]]] = {}
        self._anywhere: list[_Next] = []  # those with any letters before them

    def add(self, line: _Line, words: Sequence[_Word]) -> None:
        """Add a line that goes on with these words."""
        if not words:
            self._ended.append(line)
            return
        word, *others = words
        if word not in self._next:
            self._next[word] = _Lines()
            self._kept(word).append((word, self._next[word]))
        self._next[word].add(line, others)

    def told(self, words: Sequence[str], at: int) -> Iterator[tuple[_Line, int]]:
        """Yield the lines whose words stand in a message, the first at this place, with the place after the last."""
        for _, lines in self._beginning_with(words[at]):
            yield from lines._told_after(words, at)

    def _told_after(self, words: Sequence[str], at: int) -> Iterator[tuple[_Line, int]]:
        for line in self._ended:
            yield line, at + 1
        if not self._next:
            return
        found = set()
        for place in range(at + 1, min(at + 2 + MOST_BETWEEN, len(words))):
            for word, lines in self._beginning_with(words[place]):
                if place <= at + 1 + word.gap and lines not in found:  # the first place that fits counts
                    found.add(lines)
                    yield from lines._told_after(words, place)

    def _beginning_with(self, said: str) -> Iterator[_Next]:
        """Yield the next words that a word of a message is, each with the lines that go on after it."""
        yield from self._whole.get(said, ())
        for length, beginnings in self._beginnings.items():
            yield from beginnings.get(said[:length], ())
        for word, lines in self._anywhere:
            if word.fits(said):
                yield word, lines

    def _kept(self, word: _Word) -> list[_Next]:
        """Return the list in which a next word is looked up."""
        if word.before:
            return self._anywhere
        if word.after:
            return self._beginnings.setdefault(len(word.letters), {}).setdefault(word.letters, [])
        return self._whole.setdefault(word.letters, [])


_Next = tuple[_Word, _Lines]


@cache
def _lines() -> _Lines:
    lines = _Lines()
    for language, kinds in read_tables("care_words").items():
        for kind, all_written in kinds.items():
            for written in all_written:
                for one in _each(written):
                    _add(lines, Care(kind, language), one)
    return lines


def _each(written: str) -> Iterator[str]:
    """Yield a line once for each choice from its brackets."""
    parts = _BRACKETS.split(written)  # every second part stood in brackets
    yield from map("".join, product(*(part.split("|") if at % 2 else [part] for at, part in enumerate(parts))))


def _add(lines: _Lines, care: Care, written: str) -> None:
    """Add a line as it is written in the file."""
    parts = written.split()
    others = tuple(_written(part[1:]) for part in parts if part.startswith(RULES_OUT))
    told = " ".join(part for part in parts if not part.startswith(RULES_OUT))
    first, *beside = (
        tuple(word for part in group.split() for word in _written(part)) for group in told.split(IN_ANY_ORDER)
    )
    lines.add(_Line(care, tuple(beside), others), first)


@cache
def _written(part: str) -> tuple[_Word, ...]:
    """Return the words of a part of a line; those of a script without spaces stand together."""
    letters = split_words(part)
    words = []
    for number, each in enumerate(letters):
        is_first, is_last = number == 0, number == len(letters) - 1
        without_spaces = unicodedata.name(each[0], "").startswith(WITHOUT_SPACES)
        gap = 0 if not is_first else LETTERS_BETWEEN if without_spaces else BETWEEN
        before, after = is_first and part.startswith(ANY_LETTERS), is_last and part.endswith(ANY_LETTERS)
        words.append(_Word(each, before, after, gap))
    return tuple(words)
