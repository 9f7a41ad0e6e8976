"""PDF: lines in larger letters and lines that are questions are headings; what follows them is their text."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader

from guide_import.errors import FileRefused
from guide_import.records import LONGEST_HEADING, Block, LeftOut, Reading, one_line, passages_of

MOST_PAGES = 300
LARGER = 1.12  # times the usual size of letters, from which a line is a heading
ITEM = re.compile(r"^(?:[\u2022\u25cf\u25aa\u2013*-]|\(?\d{1,2}[.)])\s+")
NUMBER = re.compile(r"^\(?\d{1,3}[.):]\s+")
SENTENCE_END = (".", "!", "?", ":", ";")


def read_pdf(data: bytes, name: str) -> Reading:
    """Return the passages of a document; raises FileRefused."""
    try:
        document = PdfReader(io.BytesIO(data))
        if document.is_encrypted and not document.decrypt(""):
            raise FileRefused(f"{name}: this PDF is locked with a password. Save it without one.")
        if len(document.pages) > MOST_PAGES:
            raise FileRefused(
                f"{name}: this PDF has {len(document.pages)} pages, an import takes {MOST_PAGES}. Split it."
            )
        lines = [line for number, page in enumerate(document.pages, 1) for line in _lines(page, number, name)]
        title = one_line(str(document.metadata.get("/Title") or "")) if document.metadata else ""
    except FileRefused:
        raise
    except Exception as error:  # a broken PDF makes pypdf fail in any way
        raise FileRefused(
            f"{name}: this PDF cannot be read ({one_line(str(error))[:120] or type(error).__name__})."
        ) from None
    reading = passages_of(_blocks(lines), title)
    if not lines:
        reading.left.append(
            LeftOut(name, "page 1", "it holds no text, only pictures: it must be read by a person or by OCR")
        )
    return reading


def _lines(page: Any, number: int, name: str) -> list[tuple[str, float, int]]:
    """Return the lines of a page with the size of their letters and the page's number."""
    found: list[tuple[str, float]] = []

    def visit(text: str, user: Any, at: Any, font: Any, size: float) -> None:
        scale = abs(at[3]) or 1.0
        found.append((text, round(size * scale, 1)))

    try:
        page.extract_text(visitor_text=visit)
    except Exception as error:  # as above; the page is named
        what = one_line(str(error))[:120] or type(error).__name__
        raise FileRefused(f"{name}, page {number}: this page cannot be read ({what}).") from None
    lines: list[tuple[str, float, int]] = []
    words, sizes = "", Counter[float]()
    for text, size in [*found, ("\n", 0.0)]:
        for position, piece in enumerate(text.split("\n")):
            if position and one_line(words):
                lines.append((one_line(words), sizes.most_common(1)[0][0] if sizes else 0.0, number))
            if position:
                words, sizes = "", Counter()
            words += piece
            if piece.strip():
                sizes[size] += len(piece)
    return lines


def _blocks(lines: list[tuple[str, float, int]]) -> Iterator[Block]:
    """Yield the blocks of a document: headings, and paragraphs of the lines between them."""
    letters = Counter[float]()
    for text, size, _ in lines:
        letters[size] += len(text)
    usual = letters.most_common(1)[0][0] if letters else 0.0
    larger = sorted({size for _, size, _ in lines if size > usual * LARGER}, reverse=True)
    held: list[str] = []
    heading: tuple[str, int, int] | None = None
    for text, size, page in [*lines, ("", 0.0, 0)]:
        level = larger.index(size) + 1 if size in larger else 0
        question = text.endswith("?") and len(text) <= LONGEST_HEADING and (not held or held[-1].endswith(SENTENCE_END))
        level = level or (len(larger) + 1 if question and not ITEM.match(text.lstrip("0123456789.) ")) else 0)
        if heading and level == heading[1] and not heading[0].endswith("?"):  # a heading of several lines
            heading = (f"{heading[0]} {text}", level, page)
            continue
        if level or not text:
            yield from _told(heading, held)
            heading, held = (NUMBER.sub("", text), level, page) if level else None, []
        elif ITEM.match(text):
            held.append(text)
        elif held and not held[-1].endswith("\n"):
            held[-1] = _joined(held[-1], text)
        else:
            held.append(text)


def _told(heading: tuple[str, int, int] | None, held: list[str]) -> Iterator[Block]:
    if heading:
        yield Block(heading[0], heading[1], f"page {heading[2]}")
    for text in held:
        yield Block(ITEM.sub("", text), -1 if ITEM.match(text) else 0, f"page {heading[2]}" if heading else "")


def _joined(text: str, more: str) -> str:
    """Return two lines as one; a word that was parted at the end of a line is whole again."""
    return text[:-1] + more if text.endswith("-") and more[:1].islower() else f"{text} {more}"
