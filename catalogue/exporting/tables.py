"""Writes programs as tables, CSV or XLSX, with our own columns: one row an offering.

A cell that a spreadsheet would take for a formula begins with an apostrophe in CSV, which reading it takes away again; in
XLSX it is marked as text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue.errors import CatalogueError
from catalogue.formats.cells import guarded
from catalogue.formats.rows import COLUMNS, to_rows
from catalogue.records import ProgramRecord

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

LONGEST_CELL, MOST_ROWS = 32_767, 1_048_576  # of Excel's sheets
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what no sheet can hold


def write_csv(file: Path, programs: Iterable[ProgramRecord]) -> None:
    """Write a CSV file in UTF-8, with the mark by which Excel knows it."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for program in programs:
            writer.writerows([guarded(cell) for cell in row] for row in to_rows(program))


def write_xlsx(file: Path, programs: Iterable[ProgramRecord]) -> None:
    """Write a workbook with one sheet; raises CatalogueError for what no sheet can hold."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Programs")
    sheet.freeze_panes = "C2"
    sheet.append(list(COLUMNS))
    rows = ((row, program) for program in programs for row in to_rows(program))
    for number, (row, program) in enumerate(rows, 2):
        if number > MOST_ROWS:
            raise CatalogueError(f"A sheet holds {MOST_ROWS:,} rows at most. Export one source at a time, or as csv.")
        sheet.append(list(_cells(sheet, row, program)))
    book.save(file)


def _cells(sheet: object, row: list[str], program: ProgramRecord) -> Iterator[WriteOnlyCell | None]:
    from openpyxl.cell import WriteOnlyCell

    for column, text in zip(COLUMNS, row, strict=True):
        if len(text) > LONGEST_CELL:
            raise CatalogueError(
                f"{program.key}: {column} is too long for a sheet ({len(text):,} characters). Export as csv."
            )
        if not text:
            yield None
            continue
        cell = WriteOnlyCell(sheet, value=_UNPRINTABLE.sub(" ", text))
        cell.data_type = "s"  # a text, whatever it begins with
        cell.quotePrefix = guarded(text) != text
        yield cell
