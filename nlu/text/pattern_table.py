"""Patterns by their codes, of which a text is held against those only that may be found in it.

Every message is held against hundreds of patterns, most of which need a word that it lacks. So some letters in a row that each
match must hold (grams) are taken from each pattern once, and a text is cut into its grams for all patterns together.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any, TypeVar

if sys.version_info >= (3, 11):  # the front's; the names below are deprecated there
    from re import _constants as parts  # type: ignore[attr-defined]
    from re import _parser as pattern_parser  # type: ignore[attr-defined]
else:
    import sre_constants as parts
    import sre_parse as pattern_parser

SIZES = (2, 3, 5)  # letters of a gram; of a longer word five, which fewer texts hold
_ZERO_WIDTH = {parts.AT, parts.ASSERT, parts.ASSERT_NOT}
_REPEATS = {parts.MAX_REPEAT, parts.MIN_REPEAT}
# Signs of English texts by how often they occur, the most frequent first: of what each match holds, the rarest tells most.
_BY_FREQUENCY = {sign: place for place, sign in enumerate(" etaoinshrdlucmfwygpbvk'-jxqz")}
_Needed = frozenset[str] | None
Code = TypeVar("Code", bound=Hashable)


class PatternTable(dict[Code, "re.Pattern[str]"]):
    """Compiled patterns by their codes, in their order; `likely` gives those that may be found in a text."""

    def __init__(self, patterns: Mapping[Code, re.Pattern[str]]) -> None:
        super().__init__(patterns)
        self._items = list(self.items())
        self._always = 0  # a bit for each pattern that is always tried
        self._by_gram: dict[str, int] = {}
        for at, (_, pattern) in enumerate(self._items):
            needed = needed_by(pattern)
            if needed is None:
                self._always |= 1 << at
            for gram in needed or ():
                self._by_gram[gram] = self._by_gram.get(gram, 0) | 1 << at

    def likely(self, text: str) -> list[tuple[Code, re.Pattern[str]]]:
        """Return the codes and patterns without those that surely don't stand in a text, in their order."""
        if not text.isascii():  # "ſ" is an "s" to a pattern that ignores capitals
            return self._items
        small = text.lower()
        grams = {small[at : at + size] for size in SIZES for at in range(len(small) - size + 1)}
        found = reduce(or_, map(self._by_gram.__getitem__, self._by_gram.keys() & grams), self._always)
        likely = []
        while found:
            lowest = found & -found
            likely.append(self._items[lowest.bit_length() - 1])
            found ^= lowest
        return likely


def needed_by(pattern: re.Pattern[str]) -> _Needed:
    """Return grams in small letters of which each match of a pattern holds one at least; None if none are known."""
    parsed: Any = pattern_parser.parse(pattern.pattern, pattern.flags)
    return _best(_grams_of(parsed))


def _grams_of(sequence: Iterable[Any]) -> Iterator[_Needed]:
    """Yield sets of grams; each match of the parts in a row holds one of each set."""
    run = ""
    for part, value in sequence:
        if part is parts.LITERAL and isinstance(value, int) and value < 128:
            run += chr(value).lower()
            continue
        if part in _ZERO_WIDTH:  # what stands before it and after it stands side by side
            continue
        yield _of_run(run)
        run = ""
        yield _of_part(part, value)
    yield _of_run(run)


def _of_part(part: object, value: Any) -> _Needed:
    if part is parts.BRANCH:
        ways = [_best(_grams_of(way)) for way in value[1]]
        return None if None in ways else frozenset().union(*ways)  # type: ignore[arg-type]
    if part is parts.SUBPATTERN:
        return _best(_grams_of(value[-1]))
    if part in _REPEATS and value[0]:
        return _best(_grams_of(value[2]))
    return None


def _of_run(run: str) -> _Needed:
    size = max((size for size in SIZES if size <= len(run)), default=len(run) + 1)
    grams = [run[at : at + size] for at in range(len(run) - size + 1)]
    return frozenset([min(grams, key=_frequency)]) if grams else None


def _best(sets: Iterable[_Needed]) -> _Needed:
    """Return the set that the fewest texts hold something of."""
    return min((each for each in sets if each is not None), key=lambda each: sum(map(_frequency, each)), default=None)


def _frequency(gram: str) -> float:
    """Return roughly how frequent a gram is, by its signs alone."""
    return float(2 ** -(sum(_BY_FREQUENCY.get(sign, len(_BY_FREQUENCY)) for sign in gram) / 6))
