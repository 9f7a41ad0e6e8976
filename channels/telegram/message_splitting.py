"""Splitting long texts: at paragraphs, else at lines, else at words. Lengths are in UTF-16 units, as Telegram counts them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from channels.markdown import Line, Span

WORD = re.compile(r"\s*\S+|\s+")
HEADING = 256  # units of what is too short to stand alone before a long paragraph, as a name
Paragraph = tuple[Line, ...]


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def paragraphs_of(lines: Sequence[Line]) -> list[Paragraph]:
    """Return the groups of lines between empty lines."""
    paragraphs: list[list[Line]] = [[]]
    for line in lines:
        if any(span.text.strip() for span in line.spans):
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return [tuple(paragraph) for paragraph in paragraphs if paragraph]


def parts_of(paragraphs: Sequence[Paragraph], most: int) -> list[list[Paragraph]]:
    """Distribute paragraphs over as few messages of at most `most` units as they fit in."""
    parts: list[list[Paragraph]] = []
    size = 0
    for whole in paragraphs:
        room = most - size - 2 if parts and size <= HEADING else most
        for paragraph in _fitting(whole, most, room):
            length = _paragraph_units(paragraph)
            if parts and size + 2 + length <= most:
                parts[-1].append(paragraph)
                size += 2 + length
            else:
                parts.append([paragraph])
                size = length
    return parts


def line_units(line: Line) -> int:
    """Return the length of a line in UTF-16 units."""
    return sum(units(span.text) for span in line.spans)


def _paragraph_units(paragraph: Paragraph) -> int:
    return sum(line_units(line) for line in paragraph) + len(paragraph) - 1


def _fitting(paragraph: Paragraph, most: int, first: int) -> Iterator[Paragraph]:
    """Yield a paragraph, or, if it is too long, pieces of it; the first has at most `first` units, the others `most`."""
    piece: list[Line] = []
    for line in (short for long in paragraph for short in _short_lines(long, first)):
        if piece and _paragraph_units((*piece, line)) > first:
            yield tuple(piece)
            piece, first = [], most
        piece.append(line)
    yield tuple(piece)


def _short_lines(line: Line, most: int) -> Iterator[Line]:
    if line_units(line) <= most:
        yield line
        return
    spans: list[Span] = []
    size = 0
    for span in _short_spans(line, most):
        length = units(span.text)
        if spans and size + length > most:
            yield replace(line, spans=tuple(spans))
            spans, size, span = [], 0, replace(span, text=span.text.lstrip() or span.text)
        spans.append(span)
        size += length
    yield replace(line, spans=tuple(spans))


def _short_spans(line: Line, most: int) -> Iterator[Span]:
    """Yield a line's spans word by word; a word that is too long by itself is cut between characters."""
    for span in line.spans:
        for word in WORD.findall(span.text):
            step = most if units(word) <= most else most // 2  # no character takes more than two units
            for start in range(0, len(word), step):
                yield replace(span, text=word[start : start + step])
