"""Finds what a message asks of a thing: its place, fields, price, how many there are, whether or not the data has it.

The words are in nlu/data/attributes.yml. There a catalogue name stands as its kind in angle brackets, so that "is RMIT in Peru"
and "is Oxford in Spain" are the same to a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from nlu.data_files import read_words
from nlu.text.bounds import one_spaced
from nlu.text.code_mixing import ENGLISH_FOR
from nlu.text.pattern_table import PatternTable

OTHER = "other"  # the message also asks about something that no attribute stands for
MOST_READ = 400  # characters of a message that are read; what is asked of a thing is said in few words
# The kinds of names as the patterns know them, of several at one place the first.
_STANDS_FOR = {
    "program": "program",
    "institution": "institution",
    "provider": "provider",
    "type": "type",
    "destination": "place",
    "place": "place",
    "field": "field",
    "industry": "field",
    "mode": "mode",
}
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_NAME = re.compile(r"<\w+>(?:'?s)?")
Span = tuple[int, int, str]  # a name's first character, the one after its last, and its kind


def attributes_in(text: str, names: Iterable[Span] = ()) -> tuple[str, ...]:
    """Return what a message asks of a thing as keys of attributes.yml, in order of appearance, and OTHER at the end."""
    plain = written_out(_masked(text[:MOST_READ], names))
    found: dict[str, int] = {}
    explained: set[int] = set()
    for attribute, pattern in _patterns().likely(plain):
        for match in pattern.finditer(plain):
            found.setdefault(attribute, match.start())
            explained.update(range(*match.span()))
    rest = (match for match in _WORD.finditer(_NAME.sub(_blank, plain)) if match.start() not in explained)
    other = any(word[0] not in fillers() for word in rest)
    return (*sorted(found, key=lambda attribute: found[attribute]), *((OTHER,) if other else ()))


def _masked(text: str, names: Iterable[Span]) -> str:
    """Replace each name by its kind, and leave criteria such as prices as they are."""
    order = list(_STANDS_FOR)
    spans = sorted((one for one in names if one[2] in _STANDS_FOR), key=lambda one: (one[0], order.index(one[2])))
    parts, at = [], 0
    for start, end, kind in spans:
        if start >= at and end <= len(text):
            parts += [text[at:start], f"<{_STANDS_FOR[kind]}>"]
            at = end
    return "".join([*parts, text[at:]])


def written_out(text: str) -> str:
    """Return the text in lower case, without signs that part no words, with short forms and code-mixed words in English."""
    plain = one_spaced(text.replace("\u2019", "'").lower())
    words = (_english().get(word, word) for word in re.findall(r"<\w+>|[\w.'-]+|[^\s\w]", plain))
    return one_spaced(" ".join(word for word in words if word not in '?!()"')).rstrip(".")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


@cache
def _english() -> dict[str, str]:
    return {**ENGLISH_FOR, **read_words("short_forms")}


@cache
def _patterns() -> PatternTable[str]:
    return PatternTable(
        {
            attribute: re.compile(rf"(?<![\w<'-])(?:{'|'.join(words.splitlines())})(?![\w>])")
            for attribute, words in read_words("attributes").items()
        }
    )


@cache
def fillers() -> frozenset[str]:
    """Return the words that add nothing to what a message asks."""
    return frozenset(word for words in read_words("attribute_fillers").values() for word in words.split())
