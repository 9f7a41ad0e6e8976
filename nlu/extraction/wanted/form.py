"""Finds in which form a message wants its answer: names alone, three of them, one sentence, yes or no, shorter, a table.

The wish is taken out of the message, so that the rest is read as if nobody had said it: "in one sentence" is no subject. What
is made of a wish is decided in actions/forms/answer_form.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nlu.data_files import read_tables
from nlu.extraction.kind_words import ANY_KIND_WORD, KIND_OF
from nlu.extraction.wanted.count import END, NUMBERS, PLEASE, START, number_of, wanted_count

MAX_LENGTH = 400  # characters of a message in which a wish is looked for; a longer one tells its own story
NUMBERED, NAMES, SENTENCES, WORDS = "numbered", "names", "sentences", "words"
SHORT, PLAIN = "short", "plain"
BEGIN = "BEGIN "  # leads the ways that begin their clause
_ONLY = r"(?:(?:just|only|simply|please|pls|really) )"
_N = rf"(?P<n>\d{{1,2}}|{'|'.join(NUMBERS)})"


@dataclass(frozen=True)
class _Way:
    """A way of saying a wish; `begins` tells that nothing but words of a wish may stand before it in its clause."""

    pattern: re.Pattern[str]
    begins: bool


def _way(way: str) -> _Way:
    return _Way(_pattern(way.removeprefix(BEGIN)), way.startswith(BEGIN))


def _pattern(way: str) -> re.Pattern[str]:
    for name, stands_for in (("PLS", PLEASE), ("END", END), ("ONLY ", _ONLY), ("ONLY", _ONLY)):
        way = way.replace(name, stands_for)
    return re.compile(START + f"(?:{_NUMBER.sub(lambda _: _N, way)})" + r"(?![\w'-])", re.I)


_NUMBER = re.compile(r"\bN\b")
_DATA = read_tables("wanted_forms")
_SHAPES = [(code, _way(way)) for code, ways in _DATA["shapes"].items() for way in ways]
_TONES = [(code, _way(way)) for code in (SHORT, PLAIN) for way in _DATA[code]]
_BESIDE = [_way(way) for way in _DATA["beside"]]
# Only the things of one kind in what was said: "just the countries". The code of a kind is that of an attribute.
_OF_KIND = re.compile(
    rf"^\W{{0,5}}(?:(?:ok|okay|and|now|so|but|please) )?{_ONLY}{{1,2}}(?:list |name |give me |tell me )?"
    rf"(?:the |their |those |its )?(?P<word>{ANY_KIND_WORD})(?: names)?{PLEASE}\W*$",
    re.I,
)
_FILLERS = frozenset(" ".join(_DATA["fillers"]).split())
_WORD = re.compile(r"[^\W_]+")
_CLAUSE_END = re.compile(r"[.,;:!?()]")
_EDGE = " \t,;:-\u2013\u2014"


@dataclass(frozen=True)
class WantedForm:
    """The form that an answer shall have, and the message without the wish for it.

    `shape` is a code of nlu/data/wanted_forms.yml, `limit` how many sentences or words it allows; `kind` is the attribute for
    the only kind of things that is wanted of the last answer; `count` is how many things are wanted, 0 for any number, and
    `ranked` tells that they shall be the first by some rank. `alone` tells that the message is nothing but the wish, which then
    is about the last answer. `kept` are the parts of the message that are left: where each begins in `question`, and where in
    the message.
    """

    question: str
    shape: str = ""
    kind: str = ""
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
            "kind": self.kind,
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
    if of_kind := _OF_KIND.match(said):
        return WantedForm(text, kind=f"{KIND_OF[of_kind['word'].lower()]}s", alone=True, kept=((0, 0),))
    counted = wanted_count(said)
    spans = [(counted.start, counted.end)] if counted else []
    shape, limit = _shape(said, spans)
    if counted and not shape:
        shape = NUMBERED if counted.steps else NAMES if counted.names else ""
    tones = {code for code, way in _TONES if _take(way, said, spans)}
    if not spans:
        return WantedForm(text)
    for way in _BESIDE:
        _take(way, said, spans)
    question, kept = _without(text, spans)
    alone = all(word in _FILLERS for word in _WORD.findall(question.lower()))
    return WantedForm(
        text if alone else question,
        shape,
        limit=limit,
        count=counted.count if counted else 0,
        ranked=bool(counted and counted.ranked),
        short=SHORT in tones,
        plain=PLAIN in tones,
        alone=alone,
        kept=((0, 0),) if alone else kept,
    )


def _take(way: _Way, text: str, spans: list[tuple[int, int]]) -> re.Match[str] | None:
    """Return the first match of a way that lies in no span yet, and add its place to them; None without one."""
    for match in way.pattern.finditer(text):
        if way.begins and not _begins_clause(text, match.start(), spans):
            continue
        if not any(start < match.end() and match.start() < end for start, end in spans):
            spans.append(match.span())
            return match
    return None


def _begins_clause(text: str, at: int, spans: list[tuple[int, int]]) -> bool:
    """Return whether nothing but words of a wish, or a wish, stands before a place in its clause ("could you give me")."""
    begin = max((match.end() for match in _CLAUSE_END.finditer(text, 0, at)), default=0)
    begin = max((end for _, end in spans if begin < end <= at), default=begin)
    return all(word in _FILLERS for word in _WORD.findall(text[begin:at].lower()))


def _shape(text: str, spans: list[tuple[int, int]]) -> tuple[str, int]:
    """Return the shape that is wanted and its limit; of several, the first of the list."""
    found: list[tuple[str, int]] = []
    for code, way in _SHAPES:
        if match := _take(way, text, spans):
            number = match.groupdict().get("n") or ""
            found.append((code, number_of(number) if number else int(code in (SENTENCES, WORDS))))
    return found[0] if found else ("", 0)


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
