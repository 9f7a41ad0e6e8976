"""Holds the words of a rephrased English sentence against those of the plain one: nothing new, left out or exchanged.

Vectors of sentences hardly see that an exam stands where a project was, that a claim was added, or that two things changed
places. Words of content are therefore paired one by one, and a sentence that becomes the plain one when two of its parts change
places says the opposite of it. What is paired by its letters, by the lines of content_words.yml or by a near vector counts as
the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein
from ruamel.yaml import YAML

FILE = Path(__file__).with_name("content_words.yml")
NEAR = 0.7  # cosine of two words from which one may stand for the other
LONGEST_PART = 3  # words that change places with others
LEFT_DIFFERENT = 0.2  # share of words that may differ still when two parts have changed places
MOST_WORDS = 40  # of a sentence in which parts are looked for that change places
COUNTED_FROM = 3  # letters of a stem, at least
JOINING, ARTICLES = (
    frozenset(("and", "or", "nor")),
    frozenset(("a", "an", "the")),
)  # between things whose order says nothing

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(
    r"(?:isations?|izations?|ments?|ations?|ances?|ences?|ions?|ings?|ers?|ors?|ally|ly|ies|ied|ity|ed|es|al|s|e|y)\Z"
)

Nearness = Callable[[Sequence[str], Sequence[str]], Sequence[Sequence[float]]]


def unmatched_words(plain: str, said: str, is_weighty: Callable[[str], bool], nearness: Nearness) -> list[str]:
    """Return the words of content that one of two sentences has and the other has nothing for.

    Weighty words are left to whoever compares them. `nearness` returns the cosines of some words with others.
    """
    own, other = _content(plain, is_weighty), _content(said, is_weighty)
    return [*_without_match(own, other, nearness), *_without_match(other, own, nearness)]


def has_exchanged(plain: str, said: str) -> bool:
    """Return whether two parts of a sentence have changed places; things joined by "and" or "or" may stand in any order.

    A sentence that is too long to tell counts as changed, unless it is the plain one.
    """
    own, other = _stems(plain), _stems(said)
    if own == other:
        return False
    if len(other) > MOST_WORDS:
        return True
    most = LEFT_DIFFERENT * max(len(own), len(other))
    if max((Counter(own) - Counter(other)).total(), (Counter(other) - Counter(own)).total()) > most:
        return False  # its words are others, which no order mends
    before = Levenshtein.distance(own, other)
    changed = (Levenshtein.distance(own, each) for each in _with_parts_changed(other))
    return any(after <= most and after < before for after in changed)


def _with_parts_changed(words: list[str]) -> Iterator[list[str]]:
    """Yield a sentence with each two of its parts in each other's place; parts begin and end with a word of content."""
    parts = [
        (begin, begin + length)
        for begin in range(len(words))
        for length in range(1, LONGEST_PART + 1)
        if begin + length <= len(words) and not {words[begin], words[begin + length - 1]} & _light()
    ]
    for (b1, e1), (b2, e2) in combinations(parts, 2):
        if e1 < b2 and not _are_joined(words[e1:b2]):
            yield [*words[:b1], *words[b2:e2], *words[e1:b2], *words[b1:e1], *words[e2:]]


def _are_joined(between: Sequence[str]) -> bool:
    """Return whether the words between two things join them, so that their order says nothing."""
    return not JOINING.isdisjoint(between) and (JOINING | ARTICLES).issuperset(between)


def _without_match(words: Sequence[str], others: Sequence[str], nearness: Nearness) -> list[str]:
    stems = {_stem(other) for other in others}
    classes = frozenset().union(*(_classes().get(stem, frozenset()) for stem in stems))
    left = [
        word for word in words if _stem(word) not in stems and not _classes().get(_stem(word), frozenset()) & classes
    ]
    if not left or not others:
        return left
    return [word for word, near in zip(left, nearness(left, others), strict=True) if max(near) < NEAR]


def _content(text: str, is_weighty: Callable[[str], bool]) -> list[str]:
    words = dict.fromkeys(_WORD.findall(text.lower()))
    return [word for word in words if word not in _light() and not word.isdigit() and not is_weighty(word)]


def _stems(text: str) -> list[str]:
    return [word if word in _light() else _stem(word) for word in _WORD.findall(text.lower())]


def _stem(word: str) -> str:
    """Return a word without its ending, roughly: as long as both sentences are cut alike, that is enough."""
    found = _ENDINGS.search(word)
    while found and found.start() >= COUNTED_FROM:
        word = word[: found.start()]
        found = _ENDINGS.search(word)
    return word


@cache
def _light() -> frozenset[str]:
    return frozenset(str(_told()["light"]).split())


@cache
def _classes() -> dict[str, frozenset[int]]:
    """Return by each stem the lines of interchangeable words in which it stands."""
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(_told()["interchangeable"]):
        for word in line.split():
            found[_stem(word)] = found.get(_stem(word), frozenset()) | {number}
    return found


@cache
def _told() -> dict[str, Any]:
    told: dict[str, Any] = YAML(typ="safe").load(FILE)
    return told
