"""Reads a file of any kind that an import takes; its name says which kind it is.

What reads a kind is imported with its first file: they take 17 MB together, and most fronts never see one.
"""

from __future__ import annotations

from pathlib import Path

from guide_import.errors import FileRefused
from guide_import.readers.table import read_table
from guide_import.records import MOST_PASSAGES, Reading
from own_programs.errors import FileUnreadable
from own_programs.importing.readers.encoding import decoded

LARGEST = 20_000_000  # bytes of a file
KINDS = ".html, .htm, .md, .txt, .docx, .pdf, .csv, .tsv, .json"


def read_file(path: Path) -> Reading:
    """Return what is in a file; raises FileRefused."""
    try:
        if path.stat().st_size > LARGEST:
            raise FileRefused(
                f"{path.name}: the file is larger than an import takes ({LARGEST // 1_000_000} MB). Split it."
            )
        data = path.read_bytes()
    except OSError as error:
        raise FileRefused(f"{path}: the file cannot be read ({error.strerror}).") from None
    reading = _read(data, path.suffix.lower(), path.name)
    if len(reading.passages) > MOST_PASSAGES:
        raise FileRefused(f"{path.name}: the file has more than {MOST_PASSAGES:,} headings. Split it.")
    return reading


def _read(data: bytes, ending: str, name: str) -> Reading:
    if ending in (".html", ".htm"):
        from guide_import.readers.html import read_html

        return read_html(data, name)
    if ending == ".docx":
        from guide_import.readers.docx import read_docx

        return read_docx(data, name)
    if ending == ".pdf":
        from guide_import.readers.pdf import read_pdf

        return read_pdf(data, name)
    if ending in (".csv", ".tsv"):
        return read_table(_decoded(data, name), name)
    if ending == ".json":
        from guide_import.readers.help_centre import read_help_centre

        return read_help_centre(_decoded(data, name), name)
    if ending in (".md", ".markdown", ".txt"):
        from guide_import.readers.markdown import read_markdown

        return read_markdown(_decoded(data, name))
    raise FileRefused(f"{name}: files of this kind are not read. These are: {KINDS}.")


def _decoded(data: bytes, name: str) -> str:
    try:
        return decoded(data, Path(name))[0]
    except FileUnreadable:
        raise FileRefused(f"{name}: this is no text.") from None
