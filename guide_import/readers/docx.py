"""Word documents (DOCX): paragraphs by their styles, tables of two columns as questions and answers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table

from guide_import.errors import FileRefused
from guide_import.records import LONGEST_HEADING, Block, Reading, one_line, passages_of

MOST_PARTS = 3_000  # files inside the document
MOST_BYTES = 60_000_000  # of them, unpacked
HEADING = re.compile(r"(?:heading|überschrift|titre|título)\s*(\d)", re.IGNORECASE)
TITLES = ("title", "titel")
QUESTION_LEVEL = 7  # of a bold or plain line that is a question


def read_docx(data: bytes, name: str) -> Reading:
    """Return the passages of a document; raises FileRefused."""
    _check_size(data, name)
    try:
        document = Document(io.BytesIO(data))
        blocks = list(_blocks(document))
        title = one_line(document.core_properties.title or "")
    except FileRefused:
        raise
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, OSError) as error:
        raise FileRefused(
            f"{name}: this is no Word document that can be read ({one_line(str(error))[:120]})."
        ) from None
    first = next((block.text for block in blocks if block.level == 1), "")
    return passages_of(blocks, first or title)


def _check_size(data: bytes, name: str) -> None:
    """Raise FileRefused if unpacking the document would take far more than a text needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise FileRefused(f"{name}: this is no Word document: it is not packed as one, or cut off.") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        limit = f"{MOST_PARTS:,} parts and {MOST_BYTES // 1_000_000} MB"
        raise FileRefused(
            f"{name}: unpacked, this document is larger than an import takes ({limit}). Save the text alone."
        )


def _blocks(document: Any) -> Iterator[Block]:
    number = 0
    for each in document.iter_inner_content():
        if isinstance(each, Table):
            for row in each.rows:
                number += 1
                yield from _row([one_line(cell.text) for cell in row.cells], f"paragraph {number}")
            continue
        number += 1
        if text := one_line(each.text):
            yield Block(text, _level(each, text), f"paragraph {number}")


def _row(cells: list[str], place: str) -> Iterator[Block]:
    """Yield a row of a table: of two cells, the first is the question."""
    if len(cells) == 2 and all(cells):
        yield Block(cells[0], QUESTION_LEVEL, place)
        yield Block(cells[1], 0, place)
    elif any(cells):
        yield Block(", ".join(filter(None, dict.fromkeys(cells))), -1, place)


def _level(paragraph: Any, text: str) -> int:
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    if found := HEADING.search(style):
        return int(found[1])
    if style.lower() in TITLES:
        return 1
    if style.lower().startswith("list"):
        return -1
    is_bold = all(run.bold for run in paragraph.runs if run.text.strip())
    return QUESTION_LEVEL if text.endswith("?") and is_bold and len(text) <= LONGEST_HEADING else 0
