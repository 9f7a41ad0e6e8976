"""Reads files that `advisor catalogue export` wrote: with our own columns or terms they come back whole, without a mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from catalogue.errors import FileUnreadable
from catalogue.formats.cells import unguarded
from catalogue.formats.rows import RowError, are_ours, from_rows
from catalogue.formats.schema_org import CONTEXT, from_course
from catalogue.importing.readers.documents import parse_json
from catalogue.importing.readers.encoding import decoded, read_bytes
from catalogue.importing.rows import Batch
from catalogue.records import ProgramRecord


def own_programs(files: Sequence[Path], batches: Sequence[Batch], source: str) -> list[ProgramRecord] | None:
    """Return the programs of files that we wrote ourselves, or None if another wrote one of them.

    `batches` are the files as they were read. Raises FileUnreadable for what cannot be read.
    """
    found: list[ProgramRecord] = []
    for file, batch in zip(files, batches, strict=True):
        programs = _of_table(file, batch, source) if batch.columns else _of_courses(file, source)
        if programs is None:
            return None
        found += programs
    again = next((key for key, count in Counter(each.source_key for each in found).items() if count > 1), None)
    if again is not None:
        raise FileUnreadable(f"{files[0]}: the program {again!r} stands there twice. Put its rows one after the other.")
    return found


def _of_table(file: Path, batch: Batch, source: str) -> list[ProgramRecord] | None:
    if not are_ours(batch.columns) or batch.refused:
        return None
    of_csv = batch.kind.startswith("CSV")
    rows = []
    for row in batch.rows:
        cells = {name: "" if row.tree.get(name) is None else str(row.tree[name]) for name in batch.columns}
        rows.append((row.number, {name: unguarded(cell) if of_csv else cell for name, cell in cells.items()}))
    try:
        return list(from_rows(rows, source))
    except RowError as error:
        raise FileUnreadable(f"{file}: {error} The catalogue is as it was.") from None


def _of_courses(file: Path, source: str) -> list[ProgramRecord] | None:
    text, _ = decoded(read_bytes(file), file, "")
    if not text.lstrip().startswith("{"):
        return None
    tree = parse_json(text, file.name)
    if not isinstance(tree, dict) or tree.get("@context") != CONTEXT:
        return None
    try:
        return [from_course(node, source) for node in tree["@graph"]]
    except (KeyError, ValueError, TypeError, AttributeError):
        return None  # changed since: read as any other's
