"""Sheets of XLSX workbooks."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from catalogue.errors import FileUnreadable
from catalogue.importing.readers.tables import read_table
from catalogue.importing.rows import Batch

LARGEST = 1_000_000_000  # bytes of all that a workbook holds, unpacked
BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, OSError, SyntaxError),
    *(AttributeError, IndexError, NotImplementedError, EOFError, RuntimeError),
)  # what openpyxl and the library raise on broken workbooks
EMPTY_LINES = 1000  # after which a sheet has ended, however far its formats reach


def read_xlsx(data: bytes, name: str, options: dict[str, Any]) -> Batch:
    """Return the rows of a sheet: the one that the options name, or the first that holds anything."""
    _check_size(data, name)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            return _chosen(book, name, options)
        finally:
            book.close()
    except FileUnreadable:
        raise
    except BROKEN as error:
        raise FileUnreadable(
            f"{name}: the workbook cannot be read ({type(error).__name__}). Save it anew as XLSX."
        ) from None


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(each.file_size for each in archive.infolist())
            if "xl/workbook.xml" not in archive.namelist():
                raise FileUnreadable(f"{name}: the file is a ZIP archive, but no XLSX workbook. Unpack it first.")
    except zipfile.BadZipFile:
        raise FileUnreadable(f"{name}: the workbook is damaged. Save it anew as XLSX.") from None
    if size > LARGEST:
        raise FileUnreadable(f"{name}: the workbook is too large ({size / 1e6:.0f} MB unpacked). Save it as CSV.")


def _chosen(book: Any, name: str, options: dict[str, Any]) -> Batch:
    titles = [sheet.title for sheet in book.worksheets]
    wanted = options.get("sheet")
    if wanted and wanted not in titles:
        raise FileUnreadable(f"{name}: there is no sheet {wanted}. There are: {', '.join(titles)}.")
    for sheet in book.worksheets:
        if wanted and sheet.title != wanted:
            continue
        batch = read_table(_lines(sheet), name, f"XLSX, sheet {sheet.title}", options)
        if batch.columns or wanted:
            others = [title for title in titles if title != sheet.title]
            if others and not wanted:
                batch.notes.append(f"other sheets were not read: {', '.join(others)}; choose with --sheet")
            return batch
    raise FileUnreadable(f"{name}: the workbook is empty.")


def _lines(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    empty = 0
    for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if all(cell is None for cell in cells):
            empty += 1
            if empty > EMPTY_LINES:
                return
            continue
        empty = 0
        yield line, [_value(cell) for cell in cells]


def _value(cell: Any) -> Any:
    """Return a cell as it is read: midnight of a day is the day, text has no spaces around, times are text."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, datetime):
        return cell.date()
    if cell is None or isinstance(cell, (int, float, bool)) or hasattr(cell, "year"):
        return cell
    return str(cell)
