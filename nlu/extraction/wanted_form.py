"""Finds in which form a message wants its answer: names alone, three of them, one sentence, yes or no, shorter, a table.

The wish is taken out of the message, so that the rest is read as if nobody had said it: "in one sentence" is no subject. What is
made of a wish is decided in actions/dialogue/form_of_answer.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlu.data_files import read_tables

MAX_LENGTH = 400  # characters of a message in which a wish is looked for; a longer one tells its own story
NAMES, INLINE, NUMBERED, SENTENCES, WORDS = "names", "inline", "numbered", "sentences", "words"
SHORT, PLAIN = "short", "plain"
_NUMBERS = {
    **{word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), start=1)},
    **{"a single": 1, "single": 1, "a couple of": 2, "twenty": 20, "thirty": 30, "fifty": 50},
}
_N = rf"(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_SMALL = r"(?P<n>\d|10|one|two|three|four|five|six|seven|eight|nine|ten)"
_PLS = r"(?:,? (?:please|pls|plz|thanks|thx|ok|now|then))*"
_END = r"(?=\s?(?:$|[.,;:!?)]|- ))"
_ONLY = r"(?:(?:just|only|simply|please|pls|really) )"


def _pattern(way: str) -> re.Pattern[str]:
    way = way.replace("PLS", _PLS).replace("END", _END).replace("ONLY ", _ONLY).replace("ONLY", _ONLY)
    return re.compile(rf"(?<![\w'-])(?:{re.sub(chr(92) + 'bN' + chr(92) + 'b', lambda _: _N, way)})(?![\w'-])", re.I)


_DATA = read_tables("wanted_forms")
_SHAPES = [(code, _pattern(way)) for code, ways in _DATA["shapes"].items() for way in ways]
_TONES = [(code, _pattern(way)) for code in (SHORT, PLAIN) for way in _DATA[code]]  # type: ignore[arg-type]
_BESIDE = [_pattern(way) for way in _DATA["beside"]]  # type: ignore[arg-type]
_THINGS = r"(?:ones?|things|points|items|names?|answers?|options|results|of (?:them|those|these|the list))"
_STEPS = r"(?:(?:easy |simple |short |clear |quick )?(?:steps|points|ways))"
_BEST = r"(?:(?:top|best|first|biggest|main|most important|most useful|worst|strongest|key|greatest)(?: ones?)?)"
_ASKED = r"(?:(?:just|only|exactly|name|list|pick|choose|say|give|show|tell|me|us|the|and|ok|now|in|your|a|top|best|first|please|pls) )"
_UNIT = (
    r"(?:minute|min|hour|hr|day|week|wk|month|year|yr|euro|dollar|pound|usd|eur|credit|ects|time|kid|child|children|people|person|"
    r"student|son|daughter|brother|sister|colleague|employee|exam|job|percent|semester|language|word|sentence|line|part|question)s?"
)
# A number of what was listed: "name two", "just the two most important", "top 3", "in three steps".
_OF_LISTED = re.compile(
    rf"(?<![\w'-]){_ASKED}{{1,6}}(?:{_BEST} )?{_SMALL}(?: (?:{_BEST}|{_THINGS}|{_STEPS})){{0,2}}(?: only| max| no more)?{_PLS}"
    rf"(?:,? no more| only)?{_END}|"
    rf"(?<![\w'-]){_ASKED}{{0,3}}the {_BEST} {_SMALL.replace('<n>', '<m>')}{_PLS}{_END}|"
    rf"(?<=[.,;:!?] ){_SMALL.replace('<n>', '<o>')} (?:only |single )?(?!{_UNIT}\b)[a-z-]+(?: only| max)?{_PLS}{_END}",
    re.I,
)

_LEAD = r"(?:(?:just|only|exactly|at most|no more than|max|top|best|name|list|suggest|recommend|give|tell|show|me|us|which|the|in|what are|need|want) )"
# A number of what is asked for: "the top 2 countries for nursing", "give me three reasons", "which two courses".
_OF_ASKED = re.compile(
    rf"(?<![\w'-]){_LEAD}{{1,5}}{_SMALL.replace('one|', '')} (?!(?:or|to|and|more) )(?!{_UNIT}\b)"
    rf"(?:(?!{_UNIT}\b)[a-z-]+ ){{0,2}}(?!{_UNIT}\b)[a-z-]+s\b|"
    rf"(?:^|(?<=[.!?;:,] ))(?P<m>\d|two|three|four|five|six|seven|eight|nine|ten) (?!{_UNIT}\b)(?:[a-z-]+ ){{0,2}}?"
    r"(?:reasons|benefits|advantages|disadvantages|drawbacks|risks|challenges|differences|tips|steps|examples|ways|points|options)\b|"
    r"(?<![\w'-])(?:(?:just|only|name|give|tell|show|suggest|recommend|me|us|exactly|what is the|what's the|whats the|the) ){1,3}"
    r"(?P<one>1|one single|one|a single|single) (?!(?:of|or|thing|that|who|for|in|at|on|to|more|by|more|with|please|pls|day)\b)[a-z-]+|"
    r"^(?P<first>one|1) (?:\w+ ){0,1}(?:reason|benefit|advantage|disadvantage|drawback|risk|challenge|difference|tip|example|point)\b",
    re.I,
)
_RANKED = re.compile(
    r"\b(?:top|best|biggest|main|most important|most useful|worst|strongest|key|greatest)\b", re.I
)
_STRONG = frozenset(("just", "only", "exactly", "name", "list", "pick", "choose", "say", "give", "show", "tell", "top"))
_FILLER = frozenset(
    (
        *("please", "pls", "plz", "thanks", "thx", "ok", "okay", "now", "then", "but", "and", "so", "can", "could", "would"),
        *("you", "u", "i", "want", "need", "like", "it", "that", "this", "them", "those", "these", "me", "us", "put", "say"),
        *("give", "tell", "make", "write", "show", "explain", "again", "in", "as", "a", "an", "the", "just", "only", "for"),
        *("my", "our", "boss", "wife", "husband", "manager", "friend", "mother", "father", "mum", "mom", "dad", "director"),
        *("team", "colleague", "too", "answer", "hmm", "well", "sorry", "hey", "no", "all", "everything", "of"),
        *("be", "have", "get", "name", "list", "one", "ones", "really", "still", "s", "shorten", "simplify", "repeat", "once"),
    )
)
_WORD = re.compile(r"[^\W_]+")
_EDGE = " \t,;:-\u2013\u2014"


@dataclass(frozen=True)
class WantedForm:
    """The form that an answer shall have, and the message without the wish for it.

    `shape` is a code of nlu/data/wanted_forms.yml, `limit` how many sentences or words it allows; `count` is how many things are
    wanted, 0 for any number, and `ranked` tells that they shall be the first by some rank. `alone` tells that the message is
    nothing but the wish, which then is about the last answer. `kept` are the parts of the message that are left: where each
    begins in `question`, and where in the message.
    """

    question: str
    shape: str = ""
    limit: int = 0
    count: int = 0
    ranked: bool = False
    short: bool = False
    plain: bool = False
    alone: bool = False
    kept: tuple[tuple[int, int], ...] = ()

    def place(self, at: int) -> int:
        """Return where in the message a place of `question` is."""
        begin, in_message = next((one for one in reversed(self.kept) if one[0] <= at), (0, 0))
        return in_message + at - begin

    def as_message(self) -> dict[str, Any]:
        """Return what there is as small JSON."""
        found = {
            "shape": self.shape,
            "limit": self.limit,
            "count": self.count,
            "ranked": self.ranked,
            "short": self.short,
            "plain": self.plain,
            "alone": self.alone,
        }
        return {name: value for name, value in found.items() if value}


def wanted_form(text: str) -> WantedForm:
    """Return the form that a message wants, and the message without that; all of it if it wants none or nothing is left."""
    if len(text) > MAX_LENGTH:
        return WantedForm(text)
    said = text.replace("\u2019", "'")
    spans: list[tuple[int, int]] = []
    count, ranked, whole = _count(said, spans)
    shape, limit = _shape(said, spans)
    tones = {code for code, pattern in _TONES if _take(pattern, said, spans)}
    if not spans:
        return WantedForm(text)
    for pattern in _BESIDE:
        _take(pattern, said, spans)
    question, kept = _without(text, spans)
    left = [word for word in _WORD.findall(question.lower()) if word not in _FILLER]
    alone = not left and (whole or not count or bool(shape))
    wanted = {"shape": shape, "limit": limit, "count": count, "ranked": ranked}
    tone = {"short": SHORT in tones, "plain": PLAIN in tones}
    if not left:
        return WantedForm(text, **wanted, **tone, alone=alone, kept=((0, 0),))  # type: ignore[arg-type]
    return WantedForm(question, **wanted, **tone, kept=kept)  # type: ignore[arg-type]


def _take(pattern: re.Pattern[str], text: str, spans: list[tuple[int, int]]) -> re.Match[str] | None:
    """Return the first match of a pattern that lies in no span yet, and add its place to them; None without one."""
    for match in pattern.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in spans):
            spans.append(match.span())
            return match
    return None


def _shape(text: str, spans: list[tuple[int, int]]) -> tuple[str, int]:
    """Return the shape that is wanted and its limit; of several, the first of the list."""
    found: list[tuple[str, int]] = []
    for code, pattern in _SHAPES:
        if match := _take(pattern, text, spans):
            number = match.groupdict().get("n") or ""
            found.append((code, _number(number) if number else int(code in (SENTENCES, WORDS))))
    return found[0] if found else ("", 0)


def _count(text: str, spans: list[tuple[int, int]]) -> tuple[int, bool, bool]:
    """Return how many things are wanted, whether the first by some rank, and whether the whole phrase is a wish."""
    for match in _OF_LISTED.finditer(text):
        group = next(name for name in ("n", "m", "o") if match[name])
        if group != "n" or _points_at_list(match):
            spans.append(match.span())
            return _number(match[group]), bool(_RANKED.search(match[0])), True
    for match in _OF_ASKED.finditer(text):
        group = next(name for name in ("n", "m", "one", "first") if match[name])
        if not any(start < match.end(group) and match.start(group) < end for start, end in spans):
            start = match.start(group)
            before = re.search(r"(?:(?:just|only|exactly|at most|no more than|max) )$", text[:start], re.I)
            spans.append((before.start() if before else start, match.end(group)))
            return _number(match[group]), bool(_RANKED.search(match[0])), False
    return 0, False, False


def _points_at_list(match: re.Match[str]) -> bool:
    """Return whether a number stands for so many of a list ("just the two"), and is neither "the first one" nor "the two"."""
    before = match.string[match.start() : match.start("n")].lower().split()
    if match["n"].lower() in ("one", "1") and before[-1] in ("the", "first", "top", "best", "a", "your", "in", "and"):
        return False
    return bool(_STRONG & set(before)) or len(match.string[match.end("n") : match.end()].split()) > 0


def _number(written: str) -> int:
    written = written.lower()
    return int(written) if written.isdigit() else _NUMBERS.get(written, 1)


def _without(text: str, spans: list[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return a text without the spans and the signs that are left at their edges, and where its parts stood."""
    kept: list[tuple[int, int]] = []
    question = ""
    for start, end in _rest(text, spans):
        part = text[start:end]
        begin = start + len(part) - len(part.lstrip(_EDGE if not question else " "))
        part = text[begin:end].rstrip(_EDGE)
        if not part or not _WORD.search(part) and not (part == "?" and question[-1:] not in "?!."):
            continue
        glue = " " if question and part != "?" else ""
        kept.append((len(question) + len(glue), begin))
        question += glue + part
    return question, tuple(kept)


def _rest(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at = 0
    for start, end in sorted(spans):
        yield at, start
        at = end
    yield at, len(text)
