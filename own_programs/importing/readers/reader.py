"""Reads a file of any kind: which kind, its content says.

What reads a kind is imported with its first file: each takes some megabytes, and most fronts never see one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from own_programs.errors import FileUnreadable
from own_programs.importing.readers.documents import parse_json, read_json
from own_programs.importing.readers.encoding import decoded, read_bytes
from own_programs.importing.readers.tables import read_csv
from own_programs.importing.rows import Batch
from own_programs.importing.vocabulary import vocabularies

TYPICAL = 2  # keys of a vocabulary of plain JSON that a record must have


def read_file(path: Path, options: dict[str, Any]) -> Batch:
    """Return the rows of a file; `options` are those of a mapping's `read`. Raises FileUnreadable."""
    data = read_bytes(path)
    if data.startswith(b"PK\x03\x04"):
        from own_programs.importing.readers.sheets import read_xlsx

        return read_xlsx(data, path.name, options)
    text, encoding = decoded(data, path, str(options.get("encoding", "")))
    start = text.lstrip()[:1000].lower()
    if start.startswith(("{", "[")):
        return _from_json(text, path.name, options)
    if start.startswith("<") and ("<html" in start or "<!doctype html" in start or "<script" in start):
        from own_programs.importing.readers.linked_data import read_html

        return read_html(text, path.name, options)
    if start.startswith("<"):
        raise FileUnreadable(
            f"{path}: the file is XML, which cannot be imported. Ask for it as CSV, XLSX, JSON or JSON-LD."
        )
    batch = read_csv(text, path.name, options)
    batch.kind = f"{batch.kind}, {encoding}"
    return batch


def _from_json(text: str, name: str, options: dict[str, Any]) -> Batch:
    from own_programs.importing.readers.linked_data import is_linked, read_linked

    tree = parse_json(text, name)
    if is_linked(tree) and not options.get("records"):
        return read_linked(tree, name, options)
    batch = read_json(tree, name, options)
    for vocabulary, each in vocabularies().items():
        typical = set(each.get("typical", ()))
        if typical and any(len(typical & set(row.tree)) >= TYPICAL for row in batch.rows[:20]):
            batch.vocabulary = vocabulary
    return batch
