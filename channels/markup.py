"""The small markdown subset of our messages, read into plain pieces that each platform renders in its own way.

Bold (`**x**`), italics (`*x*` or `_x_`), links (`[x](https://...)`) and lists (`- x`, `1. x`). Whatever is not closed, nested
in another way or leads elsewhere than to http(s) or mailto stays text: what is not understood is shown, never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PLAIN, BOLD, ITALIC, LINK = "plain", "bold", "italic", "link"
SPAN = re.compile(
    r"\*\*(?P<bold>[^*\n]+)\*\*"
    r"|(?<![\w*])\*(?P<star>[^*\s\n](?:[^*\n]*[^*\s\n])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<line>[^_\s\n](?:[^_\n]*[^_\s\n])?)_(?!\w)"
    r"|\[(?P<label>[^\[\]\n]+)\]\((?P<url>(?:https?://|mailto:)[^\s()]+)\)"
)
ITEM = re.compile(r"^(?P<mark>[-*]|\d{1,3}\.)[ \t]+(?P<text>.+)$")


@dataclass(frozen=True)
class Span:
    """A run of text of one kind; `url` only of a link."""

    kind: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One line; `mark` is "" or, of a list's item, "-" or its number with a dot. An empty line has no spans."""

    spans: tuple[Span, ...]
    mark: str = ""


def lines_of(text: str) -> list[Line]:
    """The lines of a message; paragraphs are parted by an empty one."""
    return [_line(line.rstrip()) for line in text.strip("\n").split("\n")]


def plain_text(text: str) -> str:
    """Without any marks; links as their label and address."""
    return "\n".join(_plain(line) for line in lines_of(text))


def spans_of(line: str) -> tuple[Span, ...]:
    return tuple(_spans(line))


def _line(line: str) -> Line:
    item = ITEM.match(line.strip())
    if item:
        return Line(spans_of(item["text"]), "-" if item["mark"] in "-*" else item["mark"])
    return Line(spans_of(line))


def _spans(line: str) -> Iterator[Span]:
    position = 0
    for found in SPAN.finditer(line):
        if found.start() > position:
            yield Span(PLAIN, line[position : found.start()])
        yield _span(found)
        position = found.end()
    if position < len(line):
        yield Span(PLAIN, line[position:])


def _span(found: re.Match) -> Span:
    if found["bold"]:
        return Span(BOLD, found["bold"])
    if found["label"]:
        return Span(LINK, found["label"], found["url"])
    return Span(ITALIC, found["star"] or found["line"])


def _plain(line: Line) -> str:
    text = "".join(
        f"{one.text} ({one.url})" if one.kind == LINK and one.url != one.text else one.text for one in line.spans
    )
    return f"{line.mark} {text}" if line.mark else text
