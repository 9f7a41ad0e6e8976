"""Says a reply in the form that was asked for: names alone, three of them, one sentence, a list; adds no word on the matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from actions.replies.base import (
    MAX_BUTTONS,
    Reply,
    bullets,
    capital,
    first_sentence,
    listed,
    lower_first,
    paragraphs,
    sentences,
)

FEW = 3  # names that are told in a sentence and not in a list
WORDS_OF_NAME = 7  # words that a thing of an enumeration may have
LONG = 30  # words from which a sentence is cut where something new begins
NUMBER_NAMES = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NO_TABLE = "A table doesn't show well in a chat, so here it is line by line:"
NO_SHORTER = "That is as short as I can put it:"
NO_ORDER = "They are not ranked; these stand first."
_LINE = re.compile(r"(?:- |(?P<number>\d{1,2})\. )(?P<text>.+)")
_NAMED = re.compile(r"\*\*(?P<name>[^*]+)\*\*(?P<rest>.*)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_IN_BRACKETS = re.compile(r" ?\([^()]*\)")
_NUMBER = re.compile(rf"\b(?:\d+|{'|'.join(NUMBER_NAMES[1:])})\b", re.I)
_AFTER = re.compile(r"[;:]\s|,? (?:so|but|though|while|which)\s|\s[\u2013\u2014]\s")
# Where an enumeration in a sentence begins and ends: "the guide names A, B and C there", "A, B and C are examples".
_BEGINS = re.compile(
    r"(?:[:;]|\b(?:such as|are|is|in|from|offers?|names?|like|including|gains?|you gain|has|have|to|by|ways))\s(?!the\s(?:guide|list)\b)",
    re.I,
)
_ENDS = re.compile(
    r"[.:;?!]|\s(?:are|is|were|offer|offers|teach|have|has|there\b|exist|among|which|where|with|because|belong|come|provide|take)\b",
    re.I,
)
_JOINED = re.compile(r",? (?:and|or|&) ")


@dataclass(frozen=True)
class Point:
    """One thing that a reply tells of, and what it says of it."""

    name: str
    text: str = ""

    @property
    def line(self) -> str:
        """The point as a line of a list."""
        return f"**{self.name}**{self.text}" if self.text else self.name


@dataclass(frozen=True)
class Parts:
    """A reply's text in parts: what leads, the points of its list, whether these are numbered, and what follows."""

    lead: tuple[str, ...]
    points: tuple[Point, ...] = ()
    numbered: bool = False
    after: tuple[str, ...] = ()


def parts_of(text: str) -> Parts:
    """Return the parts of a text; its list is the longest one."""
    blocks = [_block(one) for one in re.split(r"\n\n|(?<!\n)\n(?!- |\d{1,2}\. )", text) if one.strip()]
    pieces: list[tuple[str, list[str], bool]] = [piece for block in blocks for piece in block]
    lists = [at for at, (_, lines, _) in enumerate(pieces) if lines]
    if not lists:
        return Parts(tuple(said for said, _, _ in pieces))
    best = max(lists, key=lambda at: len(pieces[at][1]))
    lead = tuple(said for said, lines, _ in pieces[:best] if not lines)
    after = tuple(said for said, lines, _ in pieces[best + 1 :] if not lines)
    return Parts(lead, tuple(_point(line) for line in pieces[best][1]), pieces[best][2], after)


def _block(text: str) -> list[tuple[str, list[str], bool]]:
    """Return the paragraphs and lists of a block of lines: what is said, or the lines of a list and whether it has numbers."""
    pieces: list[tuple[str, list[str], bool]] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            pieces.append((line.strip(), [], False))
        elif pieces and pieces[-1][1]:
            pieces[-1][1].append(match["text"])
        else:
            pieces.append(("", [match["text"]], bool(match["number"])))
    return pieces


def _point(line: str) -> Point:
    match = _NAMED.match(line)
    return Point(match["name"].strip(), match["rest"].rstrip()) if match else Point(line.strip())


def bold_names(text: str) -> list[str]:
    """Return what a text sets in bold letters, each once."""
    return list(dict.fromkeys(name.strip() for name in _BOLD.findall(text)))


def enumerated(sentence: str) -> list[str]:
    """Return the things that a sentence names one after another ("A, B and C are examples"), or [] without three."""
    plain = _IN_BRACKETS.sub("", sentence.replace("**", ""))
    for begin in (0, *(match.end() for match in _BEGINS.finditer(plain))):
        end = _ENDS.search(plain, begin)
        run = plain[begin : end.start() if end else len(plain)]
        pieces = [piece.strip() for piece in run.split(", ")]
        last = _JOINED.split(pieces[-1])
        if len(pieces) < 2 or len(last) != 2 or any(_JOINED.search(one) for one in pieces[:-1]):
            continue
        things = [re.sub(r"^(?:and|or) ", "", one).strip() for one in (*pieces[:-1], *last) if one.strip()]
        if all(len(one.split()) <= WORDS_OF_NAME for one in things):
            return things
    return []


def named(names: Sequence[str], inline: bool = False) -> str:
    """Return names alone: in a sentence if they are few, else in a list."""
    if inline or len(names) <= FEW:
        return f"{capital(', '.join(names) if inline else listed(names))}."
    return bullets(map(capital, names))


def counted(points: Sequence[Point], count: int, ranked: bool, numbered: bool, bare: bool) -> str:
    """Return as many points as are wanted, or all with a word on how few they are."""
    told = [Point(one.name) if bare else one for one in points[:count]]
    few = f"I know only {_number(len(told))}:" if len(told) < count else ""
    if len(told) == 1:
        text = f"{told[0].line.rstrip('.')}."
    elif numbered:
        text = "\n".join(f"{at}. {point.line}" for at, point in enumerate(told, start=1))
    else:
        text = named([one.name for one in told]) if bare else bullets(one.line for one in told)
    return paragraphs(few, text, NO_ORDER if ranked and len(points) > count else "")


def _number(count: int) -> str:
    return NUMBER_NAMES[count] if count < len(NUMBER_NAMES) else str(count)


def as_list(parts: Parts, text: str, numbered: bool, things: Sequence[str] = ()) -> str:
    """Return a text as a list: its points, the things that it names, or its sentences."""
    points = list(parts.points) or [Point(capital(one)) for one in things]
    points = points or [Point(one) for said in (*parts.lead, *parts.after) for one in sentences(said)]
    lines = [one.line for one in points]
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{at}. {one}" for at, one in enumerate(lines, start=1)) if numbered else bullets(lines)


def in_sentences(parts: Parts, limit: int) -> str:
    """Return the first sentences of a text; a list that it leads to is told by its names."""
    said = [one for lead in parts.lead for one in sentences(lead)]
    if parts.points and (not said or said[-1].endswith(":") or len(said) < limit):
        names = [lower_first(_IN_BRACKETS.sub("", one.name)) for one in parts.points]
        run = f"{listed(names)}."
        if said and said[-1].endswith(":"):
            said[-1] = f"{said[-1]} {run}"
        else:
            said.append(capital(run))
    said += [one for after in parts.after for one in sentences(after)]
    told = [one for one in said if not one.endswith("?")][:limit]
    told = told or said[:limit]
    return " ".join([*told[:-1], f"{told[-1][:-1]}." if told[-1].endswith(":") else told[-1]]) if told else ""


def in_words(parts: Parts, limit: int) -> str:
    """Return as much of a text as a number of words allows, at least its first sentence cut where something new begins."""
    said: list[str] = []
    for one in [one for lead in parts.lead for one in sentences(lead)]:
        if said and sum(len(each.split()) for each in (*said, one)) > limit:
            break
        said.append(one)
    text = " ".join(said) or in_sentences(parts, 1)
    return text if len(text.split()) <= limit else clipped(text, limit)


def clipped(text: str, limit: int = LONG) -> str:
    """Return a sentence without what stands in brackets, and cut where something new begins if it is longer than that."""
    plain = _IN_BRACKETS.sub("", first_sentence(text))
    if len(plain.split()) <= limit:
        return plain
    for match in _AFTER.finditer(plain):
        head = plain[: match.start()]
        if len(head.split()) >= min(limit, 5) // 2 + 1:
            return f"{head.rstrip(' ,')}."
    return plain


def number_in(text: str) -> str:
    """Return the number that a text begins with ("Five destinations ..."), or ""."""
    match = _NUMBER.search(" ".join(text.split()[:6]))
    return capital(match[0]) if match else ""


def in_brief(reply: Reply, text: str) -> Reply:
    """Return a reply with another text, without what only belongs to its long one."""
    return replace(reply, text=text, brief="", whom="", cards=(), buttons=reply.buttons[:MAX_BUTTONS])


def lines_of(points: Iterable[Point]) -> str:
    """Return points line by line, for whoever asks for a table."""
    return paragraphs(NO_TABLE, bullets(one.line for one in points))
