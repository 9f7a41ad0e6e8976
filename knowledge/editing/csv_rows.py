"""Writes changed entries into a table of the catalogue; the rows that are not changed stay as they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from knowledge.building.source_schema import EntrySchema
from knowledge.building.sources import CSV_LIST_SEPARATOR
from knowledge.errors import BuildFailed


def with_rows(data: bytes, contents: Mapping[str, Mapping[str, Any] | None], schema: EntrySchema) -> bytes:
    """Return a table with rows changed, added or, for None, removed, each by its key.

    Columns that a row needs and the table does not have are added after the last one. Raises BuildFailed if the table
    cannot be read.
    """
    text = data.decode("utf-8-sig")
    end = "\r\n" if "\r\n" in text else "\n"
    records = _records(text)
    if not records or "key" not in (header := [name.strip() for name in records[0][0]]):
        raise BuildFailed("the table has no column 'key', so nothing can be changed in it")
    wanted = {name for content in contents.values() for name in content or {}}
    new = [name for name in schema if name in wanted and name not in header]
    out = [_line([*records[0][0], *new], end) if new else records[0][1]]
    left = dict(contents)
    for cells, lines in records[1:]:
        key = _key(header, cells)
        if key not in left:
            out.append(lines)
        elif (content := left.pop(key)) is not None:
            out.append(_line(_cells([*header, *new], content), end))
    out += [_line(_cells([*header, *new], content), end) for content in left.values() if content is not None]
    return "".join(line if line.endswith("\n") else line + end for line in out).encode()


def _records(text: str) -> list[tuple[list[str], str]]:
    """Return each record of a table with the lines that it stands on; raises BuildFailed."""
    lines = list(io.StringIO(text, newline=""))  # as the reader counts them; to `splitlines`, more signs end a line
    reader = csv.reader(lines, strict=True)
    records, before = [], 0
    try:
        for cells in reader:
            records.append((cells, "".join(lines[before : reader.line_num])))
            before = reader.line_num
    except csv.Error as error:
        raise BuildFailed(f"broken CSV: {error}") from None
    return records


def _key(header: list[str], cells: list[str]) -> str:
    return dict(zip(header, cells, strict=False)).get("key", "").strip()


def _cells(columns: list[str], content: Mapping[str, Any]) -> list[str]:
    return [_cell(content.get(name)) for name in columns]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return f"{CSV_LIST_SEPARATOR} ".join(str(each) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _line(cells: list[str], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(cells)
    return out.getvalue()
