"""The Markdown of messages, parsed once into lines and spans that every channel renders in its own form.

Website, Telegram, Slack, the console and the terminal all render what is parsed here; none parses Markdown itself. Bold,
italics, code, links, bare URLs, headings, lists and fenced code are understood (`markdown_inline` has the rules of a line).
Everything else stays text: what is not understood is shown, never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from channels.markdown_inline import BOLD, CODE, ITALIC, LINK, PLAIN, Span, Style, spans_of

__all__ = [
    "BOLD", "CODE", "ITALIC", "LINK", "PLAIN",
    "Line", "Span", "Style", "as_json", "lines_of", "plain_text", "spans_of",
]  # fmt: skip

ITEM = re.compile(r"(?P<mark>[-*\u2022]|\d{1,3}[.)])[ \t]+(?P<text>(?![-*_ \t]{1,99}$)\S.*)")
HEADING = re.compile(r"#{1,6}[ \t]+(?P<text>\S.*)")
FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})[ \t]*[\w+-]*")
BULLET = "-"
STYLES = {BOLD: "bold", ITALIC: "italic", CODE: "code"}


@dataclass(frozen=True)
class Line:
    """A line of a message. `mark` is empty or, for a list item, "-" or its number as typed; an empty line has no spans."""

    spans: tuple[Span, ...]
    mark: str = ""


def lines_of(text: str) -> list[Line]:
    """Parse a message into lines; an empty line separates paragraphs."""
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    return list(_lines(lines))


def plain_text(text: str) -> str:
    """Return a message without Markdown; links become their label and URL."""
    return "\n".join(_plain(line) for line in lines_of(text))


def as_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return lines in the form that the widget gets: `mark`, and spans with `text`, `url` and a true value for each style."""
    return [
        {**({"mark": line.mark} if line.mark else {}), "spans": [dict(_span_json(span)) for span in line.spans]}
        for line in lines
    ]


def _lines(lines: Sequence[str]) -> Iterator[Line]:
    place = 0
    ends = _fence_ends(lines)
    while place < len(lines):
        end = ends.get(place)
        if end is None:
            yield _line(lines[place])
            place += 1
        else:
            yield from (Line((Span(CODE, line),) if line else ()) for line in lines[place + 1 : end])
            place = end + 1


def _fence_ends(lines: Sequence[str]) -> Mapping[int, int]:
    """Return the number of the closing line for the number of each opening line of fenced code.

    A fence that is never closed is not a fence.
    """
    ends: dict[int, int] = {}
    opened = ""
    start = 0
    for place, line in enumerate(lines):
        stripped = line.strip()
        if opened and stripped[:1] == opened[0] and set(stripped) == {opened[0]} and len(stripped) >= len(opened):
            ends[start], opened = place, ""
        elif not opened and (fence := FENCE.fullmatch(stripped)):
            opened, start = fence["mark"], place
    return ends


def _line(line: str) -> Line:
    stripped = line.strip()
    if item := ITEM.fullmatch(stripped):
        return Line(spans_of(item["text"]), BULLET if item["mark"] in "-*\u2022" else item["mark"])
    if heading := HEADING.fullmatch(stripped):
        return Line(tuple(replace(span, kind=span.kind | BOLD) for span in spans_of(heading["text"])))
    return Line(spans_of(line))


def _plain(line: Line) -> str:
    text = "".join(_plain_spans(line.spans))
    return f"{line.mark} {text}" if line.mark else text


def _plain_spans(spans: Sequence[Span]) -> Iterator[str]:
    """Yield the text of spans, and the URL of a link once, after its whole label."""
    for place, span in enumerate(spans):
        yield span.text
        last = place + 1 == len(spans) or spans[place + 1].url != span.url
        if span.url and last and not span.is_bare:
            yield f" ({span.url})"


def _span_json(span: Span) -> Iterator[tuple[str, Any]]:
    yield "text", span.text
    if span.url:
        yield "url", span.url
    yield from ((name, True) for style, name in STYLES.items() if style in span.kind)
