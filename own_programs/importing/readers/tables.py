"""CSV of any dialect, and what all tables share: the header, rows, lines that are none."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from own_programs.errors import FileUnreadable
from own_programs.importing.rows import Batch, Row

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SAMPLE_LINES = 300
HEADER_WITHIN = 20  # lines in which the header is looked for
MOST_COLUMNS = 1000
MOST_ROWS = 1_000_000


def read_csv(text: str, name: str, options: dict[str, Any]) -> Batch:
    """Return the rows of a CSV text; `options` may name its delimiter, quote and header line."""
    given = str(options.get("delimiter", "")).replace("\\t", "\t")
    first = text[:20].splitlines()[0].strip() if text else ""
    skipped = 0
    if first.lower().startswith("sep=") and len(first) == 5:  # what Excel writes on top
        given, skipped = given or first[4], 1
    quote = str(options.get("quote", '"'))
    delimiter = given or delimiter_of(text, quote)
    lines = _lines(text, name, delimiter, quote, skipped)
    batch = read_table(lines, name, f"CSV with {DELIMITERS.get(delimiter, delimiter)}s", options)
    if not batch.columns:
        raise FileUnreadable(f"{name}: the file has no header. Its first line names the columns.")
    return batch


def _reader(text: Iterable[str], delimiter: str, quote: str) -> Any:
    if not quote:
        return csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(text, delimiter=delimiter, quotechar=quote[0], skipinitialspace=True, strict=True)


def _lines(text: str, name: str, delimiter: str, quote: str, skipped: int) -> Iterator[tuple[int, list[Any]]]:
    """Yield the number of each record's first line with its cells."""
    if len(delimiter) != 1:
        raise FileUnreadable(f"{name}: a delimiter is one sign, not {delimiter!r}.")
    reader = _reader(io.StringIO(text, newline=""), delimiter, quote)
    line = 1
    try:
        for number, cells in enumerate(reader):
            if number >= skipped:
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        what = "a cell of more than 128 kB" if "field larger" in str(error) else "a quotation mark that is never closed"
        if "expected after" in str(error):
            what = "text after a closing quotation mark"
        remedy = 'Double the quotation marks inside cells, or write `read: {quote: ""}` in the mapping.'
        raise FileUnreadable(f"{name}:{line}: {what}. {remedy}") from None


def delimiter_of(text: str, quote: str = '"') -> str:
    """Return the delimiter with which most lines of the beginning have the same number of cells, two or more."""
    sample = text[: 1000 * SAMPLE_LINES].splitlines(keepends=True)[:SAMPLE_LINES]
    scores = {delimiter: _score(sample, delimiter, quote) for delimiter in DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else ","


def _score(sample: list[str], delimiter: str, quote: str) -> tuple[float, int]:
    widths: Counter[int] = Counter()
    try:
        for cells in _reader(sample, delimiter, quote):
            if any(cell.strip() for cell in cells):
                widths[len(cells)] += 1
    except csv.Error:
        pass  # the sample may end inside a cell
    if not widths or widths.most_common(1)[0][0] < 2:
        return 0, 0
    width, count = widths.most_common(1)[0]
    return round(count / sum(widths.values()), 1), width


def read_table(lines: Iterable[tuple[int, list[Any]]], name: str, kind: str, options: dict[str, Any]) -> Batch:
    """Return the rows of a table whose header is among the first lines; empty lines count for nothing."""
    waiting = iter(lines)
    head: list[tuple[int, list[Any]]] = []
    for line, cells in waiting:
        if any(cell not in (None, "") for cell in cells):
            head.append((line, cells))
        if len(head) >= HEADER_WITHIN:
            break
    at = _header(head, options.get("header"), name)
    batch = Batch([], [], kind)
    if at is None:
        return batch
    header = head[at]
    batch.columns = _columns(header[1], batch)
    if at:
        batch.notes.append(f"line {header[0]} names the columns; what stands above it was not read")
    for line, cells in chain(head[at + 1 :], waiting):
        _add_row(batch, name, line, cells)
    return batch


def _header(head: list[tuple[int, list[Any]]], line: int | None, name: str) -> int | None:
    """Return which of the first lines names the columns: the first that is as full as most of them."""
    if line is not None:
        found = next((number for number, (each, _) in enumerate(head) if each == line), None)
        if found is None:
            raise FileUnreadable(f"{name}: line {line}, which should name the columns, is empty or too far down.")
        return found
    if not head:
        return None
    full = [sum(cell not in (None, "") for cell in cells) for _, cells in head]
    usual = sorted(full)[len(full) // 2]
    return next(number for number, count in enumerate(full) if count >= max(1, usual / 2))


def _columns(cells: list[Any], batch: Batch) -> list[str]:
    """Return the columns' names, each once: the second "Name" is "Name (2)", one without a name "column 5"."""
    names: list[str] = []
    for number, cell in enumerate(cells[:MOST_COLUMNS], 1):
        name = first = " ".join(str(cell if cell is not None else "").split())[:200] or f"column {number}"
        copy = 2
        while name in names:
            name, copy = f"{first} ({copy})", copy + 1
        if name != first:
            batch.notes.append(f"two columns are called {first}; the later one is {name} here")
        names.append(name)
    return names


def _add_row(batch: Batch, name: str, line: int, cells: list[Any]) -> None:
    columns = batch.columns
    if not any(cell not in (None, "") for cell in cells):
        return
    extra = [cell for cell in cells[len(columns) :] if cell not in (None, "")]
    if extra:
        reason = f"has {len(cells)} cells, but the header names {len(columns)} columns"
        batch.refused.append((f"{name}:{line}", reason, "put cells that hold the delimiter in quotation marks"))
        return
    if len(batch.rows) >= MOST_ROWS:
        raise FileUnreadable(f"{name}: the file has more than {MOST_ROWS:,} rows. Split it.")
    batch.rows.append(Row(dict(zip(columns, cells, strict=False)), name, line))
