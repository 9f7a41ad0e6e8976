"""Says a reply in the form that was asked for: names alone, three of them, one sentence, a list; adds no word on the matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from actions.replies.base import (
    MAX_BUTTONS,
    VERDICT,
    Reply,
    bullets,
    capital,
    first_sentence,
    listed,
    lower_first,
    paragraphs,
    sentences,
)
from actions.replies.facts.operations import NUMBERS, number

SHORT_NAME = 4  # letters of a name that may be an ordinary word in small letters, below which its capitals count
_YES = re.compile(r"[^.:;]{0,40}\byes\b", re.I)  # "At some universities, yes: ..."
_ROUGHLY = re.compile(r"\b(?:to|few|several|from)\b")
FEW = 3  # names that are told in a sentence and not in a list
LEAST, FEW_WORDS = 3, 5  # words that a sentence has which says something, and of an answer in a word or two
WORDS_OF_NAME = 7  # words that a thing of an enumeration may have
LONG = 30  # words from which a sentence is cut where something new begins
NO_TABLE = "A table doesn't show well in a chat, so here it is line by line:"
NO_SHORTER = "That is as short as I can put it:"
NO_VERDICT = "There is no plain yes or no to that:"
NOTHING_YET = "There is no answer yet that I could put that way. What would you like to know?"
NO_ORDER = {True: "Nothing is ranked; this one stands first.", False: "They are not ranked; these stand first."}
MOST_TOLD = 3  # points of a list that are told in a sentence with what is said of them
_LINE = re.compile(r"(?:- |(?P<number>\d{1,2})\. )(?P<text>.+)")
_NAMED = re.compile(r"\*\*(?P<name>[^*]+)\*\*(?P<rest>.*)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_IN_BRACKETS = re.compile(r" ?\([^()]*\)")
_NUMBER = re.compile(rf"\b(?:\d+|{'|'.join(NUMBERS[1:])})\b", re.I)
_AFTER = re.compile(r";\s|,? (?:so|while|which)\s|\s[\u2013\u2014]\s")
# A sentence that limits the one before it, which would say too much without it ("But not everywhere").
_LIMITS = re.compile(r"(?:but|yet|however|still|though|although|only|not|unless|otherwise)\b", re.I)
# What is left out of a sentence must have none of these, or what is left would say too much.
_LIMIT = re.compile(
    r"\b(?:but|yet|however|though|although|while|only|not|no|never|none|unless|except|without|if)\b|n't\b", re.I
)
# Words that limit a verdict themselves ("Many are", "At some universities, yes").
_HEDGE = re.compile(
    r"\b(?:many|some|often|sometimes|usually|generally|most|partly|possibly|may|can|not|no|none)\b", re.I
)
# How an answer ends that holds in general: "How well X would be recognised isn't said."
_NOT_SAID = re.compile(r"\b(?:isn't said|in particular)\.$")
# Where an enumeration in a sentence begins and ends: "the guide names A, B and C there", "A, B and C are examples".
_BEGINS = re.compile(
    r"(?:[:;]|\b(?:such as|are|in|from|offers?|names?|like|including|gains?|ways))\s"
    r"(?!the\s(?:guide|list)\b)",
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
        return f"**{self.name}**{self.text}" if self.text else shown(self.name)

    @property
    def is_sentence(self) -> bool:
        """Tell whether it is a sentence of its own that begins with the name ("**Oslo** is a city")."""
        return bool(self.text) and not self.text.startswith((":", " ("))

    @property
    def brief(self) -> str:
        """The point in a few words, as it stands in a sentence."""
        said = (
            _IN_BRACKETS.sub("", self.text).partition(";")[0].partition(", such as")[0].rstrip(".").removeprefix(": ")
        )
        return f"{in_row(self.name)} ({said})" if said else in_row(self.name)


@dataclass(frozen=True)
class Parts:
    """A reply's text in parts: what leads, the points of its list, whether these are numbered, and what follows."""

    lead: tuple[str, ...]
    points: tuple[Point, ...] = ()
    numbered: bool = False
    after: tuple[str, ...] = ()


def parts_of(text: str) -> Parts:
    """Return the parts of a text; its list is the longest one, or that of its lists if each has a heading ("For it:")."""
    blocks = [_block(one) for one in re.split(r"\n\n|(?<!\n)\n(?!- |\d{1,2}\. )", text) if one.strip()]
    pieces: list[tuple[str, list[str], bool]] = [piece for block in blocks for piece in block]
    lists = [at for at, (_, lines, _) in enumerate(pieces) if lines]
    if not lists:
        return Parts(tuple(said for said, _, _ in pieces))
    if headed := _headed(pieces, lists):
        before, behind = pieces[: lists[0] - 1], pieces[lists[-1] + 1 :]
        return Parts(tuple(said for said, _, _ in before), headed, False, tuple(said for said, _, _ in behind))
    best = max(lists, key=lambda at: len(pieces[at][1]))
    lead = tuple(said for said, lines, _ in pieces[:best] if not lines)
    after = tuple(said for said, lines, _ in pieces[best + 1 :] if not lines)
    return Parts(lead, tuple(_point(line) for line in pieces[best][1]), pieces[best][2], after)


def _headed(pieces: Sequence[tuple[str, list[str], bool]], lists: Sequence[int]) -> tuple[Point, ...]:
    """Return several lists as points, each with the names of its own, if all stand below headings; else ()."""
    heads = [pieces[at - 1][0].replace("**", "") if at else "" for at in lists]
    if len(lists) < 2 or not all(head.endswith(":") for head in heads):
        return ()
    rows = [listed(in_row(_point(line).name) for line in pieces[at][1]) for at in lists]
    return tuple(Point(f"{head} {row}") for head, row in zip(heads, rows, strict=True))


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
    most: list[str] = []
    for begin in (0, *(match.end() for match in _BEGINS.finditer(plain))):
        end = _ENDS.search(plain, begin)
        run = plain[begin : end.start() if end else len(plain)]
        pieces = [piece.strip() for piece in run.split(", ")]
        last = _JOINED.split(pieces[-1], maxsplit=1)
        number = _NUMBER.search(plain[:begin])
        inner = any(_JOINED.search(one) for one in pieces[:-1])
        if len(pieces) < 2 or len(last) != 2 or inner and not number:
            continue
        if inner and number and _value(number[0]) != len(pieces) + 1:  # "in two ways: on paper and online, and by hand"
            continue
        things = [re.sub(r"^(?:and|or) ", "", one).strip() for one in (*pieces[:-1], *last) if one.strip()]
        if len(things) >= len(most) and all(len(one.split()) <= WORDS_OF_NAME for one in things):
            most = things  # of two that are as long, the one that begins later has less before its first thing
    return most


def _value(number: str) -> int:
    return int(number) if number.isdigit() else NUMBERS.index(number.lower())


def named(names: Sequence[str], inline: bool = False) -> str:
    """Return names alone: in a sentence if they are few, else in a list."""
    if inline or len(names) <= FEW:
        return f"{shown(', '.join(names) if inline else listed(names))}."
    return bullets(map(shown, names))


def counted(points: Sequence[Point], count: int, ranked: bool, numbered: bool, of_kind: bool) -> str:
    """Return as many points as are wanted, or all; `of_kind` tells that they are names of what was asked for."""
    told = points[:count]
    few = f"I know only {number(len(told))}:" if len(told) < count and of_kind else ""
    if len(told) == 1:
        text = f"{told[0].line.rstrip('.')}{'' if told[0].line.endswith(('?', '!')) else '.'}"
    elif numbered:
        text = "\n".join(f"{at}. {point.line}" for at, point in enumerate(told, start=1))
    else:
        bare = not any(one.text for one in told)
        text = named([one.name for one in told]) if bare else bullets(one.line for one in told)
    return paragraphs(few, text, NO_ORDER[count == 1] if ranked and len(points) > count else "")


def shown(name: str) -> str:
    """Return a name as it stands at the beginning of a line: "the EU" with a capital, "edX" as it is written."""
    return capital(name) if name.partition(" ")[0].islower() else name


def in_row(name: str) -> str:
    """Return the name of a point as it stands inside a sentence."""
    return lower_first(_IN_BRACKETS.sub("", name).rstrip("."))


def as_list(parts: Parts, numbered: bool, things: Sequence[str] = ()) -> str:
    """Return a text as a list: its points, the things that its only sentence names, or its sentences."""
    said = told_in((*parts.lead, *parts.after))
    points = list(parts.points) or [Point(one) for one in things if len(said) < 2] or [Point(one) for one in said]
    lines = [one.line for one in points]
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{at}. {one}" for at, one in enumerate(lines, start=1)) if numbered else bullets(lines)


def told_in(paragraphs_of: Iterable[str]) -> list[str]:
    """Return the sentences of paragraphs; a bare yes or no ("No.") and what follows it are one, and questions none.

    A sentence and one that limits it ("But not everywhere.") are one, too.
    """
    said: list[str] = []
    for one in [each for paragraph in paragraphs_of for each in sentences(paragraph)]:
        if one.endswith("?"):
            continue
        if said and len(said[-1].split()) < LEAST:
            said[-1] = f"{said[-1]} {one}"
        elif said and _LIMITS.match(one):
            said[-1] = f"{said[-1].rstrip('.')}; {lower_first(one)}" if said[-1].endswith(".") else f"{said[-1]} {one}"
        else:
            said.append(one)
    return said


def in_sentences(parts: Parts, limit: int, brief: bool = True) -> str:
    """Return a text in a number of sentences; a list in it is told by its names, and in `brief` what is said of each."""
    before, after = told_in(parts.lead), told_in(parts.after)
    if not parts.points:
        return _ended(" ".join((before + after)[:limit]))
    if all(one.is_sentence for one in parts.points):
        of_points = [f"**{one.name}** {sentences(one.text)[0]}" for one in parts.points]
        return _ended(" ".join((before + of_points + after)[:limit]))
    return _ended(" ".join(_around_list(parts, before, limit, brief)))


def in_lines(parts: Parts, limit: int) -> str:
    """Return a text in a number of lines: the first points of its list, or its first sentences."""
    points = parts.points[:limit] if len(parts.points) > 1 else ()
    return bullets([one.line for one in points] or told_in((*parts.lead, *parts.after))[:limit])


def _around_list(parts: Parts, before: list[str], limit: int, brief: bool) -> list[str]:
    """Return the sentences before a list and the list in one: with what leads to it, if that ends with a colon."""
    leads = bool(before) and before[-1].endswith(":")
    if parts.numbered:  # steps, of which some are sentences: in a row of names these would break
        steps = [
            _ended(lower_first(one.line.rstrip(".")) if at or leads else one.line)
            for at, one in enumerate(parts.points)
        ]
        told = [*before, "; ".join(one.rstrip(".") for one in steps)]
        return [f"{' '.join(told)}."] if leads else [*before, f"{told[-1]}."][:limit]
    brief = len(parts.points) <= MOST_TOLD and (brief or leads)
    run = listed(one.brief if brief else in_row(one.name) for one in parts.points)
    if leads:
        told = [*before[:-1], f"{before[-1]} {run}."]
        return told[-limit:]
    return (before or [capital(f"{run}.")])[:limit]


def _ended(text: str) -> str:
    return f"{text[:-1]}." if text.endswith(":") else text


def in_words(parts: Parts, limit: int) -> str:
    """Return as much of a text as a number of words allows, at least its first sentence cut where something new begins."""
    said: list[str] = []
    for one in told_in(parts.lead):
        if said and sum(len(each.split()) for each in (*said, one)) > limit:
            break
        said.append(one)
    text = " ".join(said) or in_sentences(parts, 1)
    return text if len(text.split()) <= limit else clipped(text, limit)


def clipped(text: str, limit: int = LONG) -> str:
    """Return a sentence without what stands in brackets, and cut where something new begins if it is longer than that.

    What limits it ("but not all") stays, whatever the length.
    """
    plain = _IN_BRACKETS.sub(lambda match: match[0] if _LIMIT.search(match[0]) else "", first_sentence(text))
    if len(plain.split()) > limit:
        plain = _limited_briefly(plain)
    if len(plain.split()) <= limit:
        return plain
    if limit <= FEW_WORDS and (head := _verdict(plain)):
        return head
    for match in _AFTER.finditer(plain):
        head = plain[: match.start()]
        if len(head.split()) >= min(limit, FEW_WORDS) // 2 + 1 and not _LIMIT.search(plain, match.start()):
            return f"{head.rstrip(' ,')}."
    return plain


def _limited_briefly(sentence: str) -> str:
    """Return a sentence whose limit is told without what explains it: "... but not everywhere: some ..."."""
    for match in re.finditer(r"; ", sentence):
        limit, _, reason = sentence[match.end() :].partition(": ")
        if reason and _LIMITS.match(limit):
            return f"{sentence[: match.end()]}{limit}."
    return sentence


def _verdict(text: str) -> str:
    """Return the few words that a text begins with and then explains ("Often, yes: ..."), with what limits them, or ""."""
    first = sentences(text)[0]
    limit = next((text[at.end() :] for at in re.finditer("; ", text) if _LIMITS.match(text, at.end())), "")
    for head in (first, first.partition(": ")[0]):
        bare = len(head.split()) == 1 and _LIMIT.search(text, len(head))  # "Yes: but not everywhere"
        if len(head.split()) <= FEW_WORDS and head != text and not bare:
            return f"{head.rstrip('.')}." if _HEDGE.search(head) or not limit else f"{head.rstrip('.')}; {limit}"
    return ""


def with_reservation(full: str, text: str) -> str:
    """Return a text in the form that is wanted with what the full one says of the very thing not being known."""
    return paragraphs(text, *(one for one in full.split("\n\n") if _NOT_SAID.search(one) and one not in text))


def without_reservation(full: str) -> str:
    """Return a text without the paragraphs that say so, or all of it if it has no others."""
    return "\n\n".join(one for one in full.split("\n\n") if not _NOT_SAID.search(one)) or full


def count_said(parts: Parts) -> str:
    """Return the sentence that says how many things a list has, or else how many it has."""
    for one in [each for lead in parts.lead for each in sentences(lead)]:
        if _NUMBER.search(one):
            return _ended(one)
    return f"{shown(number(len(parts.points)))}."


def how_many(count: int) -> str:
    """Return a number by itself."""
    return f"{capital(number(count))}."


def number_in(text: str) -> str:
    """Return the number that a text begins with ("Five destinations ..."), or ""."""
    match = _NUMBER.search(" ".join(text.split()[:6]))
    return capital(match[0]) if match else ""


def number_alone(text: str) -> str:
    """Return the number that the first sentence of a text begins with, or that sentence if it tells none exactly."""
    first = first_sentence(text)
    number = number_in(first)
    return f"{number}." if number and not _ROUGHLY.search(first) else first


def has_side(text: str) -> bool:
    """Return whether a text begins with a yes, a no, or what stands for one."""
    return bool(VERDICT.match(text) or _YES.match(text)) or text.lower().startswith(("no,", "no."))


def places_of(name: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a name stands in a text, in one number or the other; a short one is found only as it is written."""
    for match in re.finditer(rf"(?<!\w){re.escape(name)}(?:s|es)?(?!\w)", text, 0 if len(name) < SHORT_NAME else re.I):
        yield match.span()


def in_brief(reply: Reply, text: str) -> Reply:
    """Return a reply with another text, without what only belongs to its long one."""
    return replace(reply, text=text, whom="", cards=(), buttons=reply.buttons[:MAX_BUTTONS])


def lines_of(points: Iterable[Point]) -> str:
    """Return points line by line, for whoever asks for a table."""
    return paragraphs(NO_TABLE, bullets(one.line for one in points))
