"""Finds how many things a message wants: "just the two", "top 3", "give me three reasons", "one example"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.extraction.amounts.numbers import NUMBER_WORDS

MOST = 10  # things of which a number in a word is a wish
NUMBERS = {
    **{word: at for at, word in enumerate(NUMBER_WORDS) if 1 <= at <= MOST},
    **{"one single": 1, "a single": 1, "single": 1, "a couple of": 2, "twenty": 20, "thirty": 30, "fifty": 50},
}
PLEASE = r"(?:,? (?:please|pls|plz|thanks|thx|ok|now|then)){0,3}"
END = r"(?=\s?(?:$|[.,;:!?)]|- ))"  # of a clause
START = r"(?<![\w'-])"
NEAR = 16  # letters after a number within which its noun stands
_N = r"(?P<n>\d|10|one|two|three|four|five|six|seven|eight|nine|ten)"
_SEVERAL = _N.replace("one|", "")
# Nouns of which a number tells something of the person or of time, or says how long an answer shall be.
_UNIT = (
    r"(?:(?:minute|min|hour|hr|day|week|wk|month|year|yr|euro|dollar|pound|usd|eur|credit|ects|time|kid|child|children|people|"
    r"person|student|son|daughter|brother|sister|colleague|employee|exam|job|percent|semester|language|word|sentence|line|"
    r"part|question)s?\b|(?:is|was|has|does|this|as|us)\b)"
)
_THINGS = r"(?:ones?|things|points|items|names?|answers?|options|results|of (?:them|those|these|the list))"
_STEPS = r"(?:(?:easy |simple |short |clear |quick )?(?:steps?|points|ways))"
_BEST = r"(?:(?:top|best|first|biggest|main|most important|most useful|worst|strongest|key|greatest)(?: ones?)?)"
_ASKED = (
    r"(?:(?:just|only|exactly|name|list|pick|choose|say|give|gimme|show|tell|me|us|the|and|ok|now|in|your|a|top|best|first|"
    r"please|pls) )"
)
_LEAD = (
    r"(?:(?:just|only|exactly|at most|no more than|max|top|best|name|list|suggest|recommend|give|gimme|tell|show|me|us|"
    r"which|the|in|what are|need|want) )"
)
_COUNTED = (
    r"(?:reason|benefit|advantage|disadvantage|drawback|downside|argument|point|risk|challenge|difference|tip|step|example|"
    r"way|option|thing)"
)
_ONE = (
    r"(?:(?:just|only|name|give|tell|show|suggest|recommend|me|us|exactly|what is the|what's the|whats the|the) ){1,3}"
    r"(?P<n>1|one single|one|a single|single) "
)
_NOT_COUNTED = r"(?:of|or|thing|that|who|for|in|at|on|to|more|by|with|please|pls|day)\b"
# A number of what was listed: the whole phrase is a wish.
_OF_LISTED = [
    re.compile(START + pattern, re.I)
    for pattern in (
        rf"{_ASKED}{{1,6}}(?:{_BEST} )?{_N}(?: (?:{_BEST}|{_THINGS}|{_STEPS})){{0,2}}(?: only| max| no more)?{PLEASE}{END}",
        rf"{_ASKED}{{0,3}}the {_BEST} {_N}{PLEASE}{END}",
        rf"{_ASKED}{{0,3}}{_N} (?:single )?names?(?: only| max)?{PLEASE}{END}",
        rf"(?<=[.,;:!?] ){_N} (?:only |single )?(?!{_UNIT})[a-z-]+(?: only| max)?{PLEASE}{END}",
    )
]
# A number of what is asked for: the rest of the phrase says what.
_OF_ASKED = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"{START}{_LEAD}{{1,5}}{_SEVERAL} (?!(?:or|to|and|more) )(?:(?!{_UNIT})[a-z-]+ ){{0,2}}(?!{_UNIT})[a-z-]+s\b",
        rf"(?:^|(?<=[.!?;:,] ))(?:(?:ok|okay|and|so|now|then|well) ){{0,2}}{_N} (?!{_UNIT})(?:[a-z-]+ ){{0,2}}?{_COUNTED}s?\b",
        rf"{START}{_ONE}(?!{_NOT_COUNTED})(?!{_UNIT})[a-z-]+",
    )
]
# The first of what was listed and no more: "just the first one".
_FIRST = re.compile(
    START
    + r"(?:(?:just|only|and|ok|give|tell|show|name|me|us) ){0,4}(?:just|only) (?:(?:give|tell|name|show) (?:me |us )?)?"
    rf"the (?:very )?first(?: one| thing| point| item)?(?: of (?:them|those|these))?{PLEASE}{END}",
    re.I,
)
_ONLY_BEFORE = re.compile(r"(?:just|only|exactly|at most|no more than|max) $", re.I)
_SET_BESIDE = re.compile(r"\b(?:compar(?:e|ing)|differences? between|difference in) $", re.I)  # "compare the first two"
_RANKED = re.compile(r"\b(?:top|best|biggest|main|most important|most useful|worst|strongest|key|greatest)\b", re.I)
_NAMES = re.compile(r"\bnames?\b", re.I)
_STEP = re.compile(r"\bsteps?\b", re.I)
# Words of which one makes a bare number a wish, and words after which "one" is a thing ("the first one").
_STRONG = frozenset(
    ("just", "only", "exactly", "name", "list", "pick", "choose", "say", "give", "gimme", "show", "tell", "top")
)
_OF_THING = ("the", "first", "top", "best", "a", "your", "in", "and")


@dataclass(frozen=True)
class WantedCount:
    """How many things are wanted; `ranked` tells that they shall be the first by some rank.

    `steps` tells that they are steps, `names` that their names are enough.

    `start` and `end` are the place of the words that are no part of the question.
    """

    count: int
    ranked: bool
    steps: bool
    names: bool
    start: int
    end: int


def wanted_count(text: str) -> WantedCount | None:
    """Return how many things a message wants, or None if it names no number of things."""
    return next(_found(text), None)


def number_of(written: str) -> int:
    """Return a number that is written in figures or as a word of NUMBERS; 1 for any other word."""
    written = written.lower()
    return int(written) if written.isdigit() else NUMBERS.get(written, 1)


def _found(text: str) -> Iterator[WantedCount]:
    if match := _FIRST.search(text):
        yield WantedCount(1, ranked=False, steps=False, names=False, start=match.start(), end=match.end())
    for pattern in _OF_LISTED:
        for match in pattern.finditer(text):
            if _points_at_list(match):
                yield _counted(match, match.start(), match.end())
    for pattern in _OF_ASKED:
        for match in pattern.finditer(text):
            if _points_at_known(match):
                continue
            if not match.start("n"):  # "Three differences between ..." is read as it stands
                yield _counted(match, 0, 0)
            before = _ONLY_BEFORE.search(text[max(0, match.start("n") - NEAR) : match.start("n")])
            yield _counted(match, match.start("n") - (len(before[0]) if before else 0), match.end("n"))


def _counted(match: re.Match[str], start: int, end: int) -> WantedCount:
    steps = bool(_STEP.search(match.string, start, match.end("n") + NEAR))
    names = bool(_NAMES.search(match.string, match.end("n"), match.end()))
    return WantedCount(number_of(match["n"]), bool(_RANKED.search(match[0])), steps, names, start, end)


def _points_at_known(match: re.Match[str]) -> bool:
    """Return whether a number only stands beside things that are known: "which of the two countries"."""
    before = set(match.string[match.start() : match.start("n")].lower().split())
    return bool(before) and before <= {"the", "in", "me", "us"} and not _RANKED.search(match[0])


def _points_at_list(match: re.Match[str]) -> bool:
    """Return whether a number stands for a number of a list ("just the two"), and is neither "the first one" nor "the two"."""
    before = match.string[match.start() : match.start("n")].lower().split()
    if _SET_BESIDE.search(match.string[: match.start()]):
        return False
    if match["n"].lower() in ("one", "1") and before and before[-1] in _OF_THING:
        return False
    after = match.string[match.end("n") : match.end()].split()
    return bool(_STRONG & set(before) or after or set(before) & {"best", "biggest", "first", "top"})
