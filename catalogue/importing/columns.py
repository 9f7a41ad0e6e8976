"""What the columns of a batch are, and which of them no field of a mapping reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalogue.importing.conversions.base import shown
from catalogue.importing.rows import Batch, Row, leaves

NODES = ("@id", "@type", "@context")  # of JSON-LD


@dataclass
class Column:
    """A column of a table or a path of JSON: how often it is filled, and some of its values."""

    name: str
    filled: int = 0
    values: list[Any] = field(default_factory=list)

    @property
    def sample(self) -> str:
        """One of its values, short."""
        return shown(self.values[0], 40) if self.values else ""


def columns(batches: Iterable[Batch], values: int = 1) -> list[Column]:
    """Return all columns that hold anything, each with some of its values."""
    found: dict[str, Column] = {}
    for batch in batches:
        for name in batch.columns:
            column = found.setdefault(name, Column(name))
            filled = [each for row in batch.rows if (each := row.tree.get(name)) not in (None, "")]
            column.filled += len(filled)
            column.values += filled[: values - len(column.values)] if len(column.values) < values else []
        for row in batch.rows if not batch.columns else ():
            _add_leaves(row, found, values)
    return [column for column in found.values() if column.filled]


def _add_leaves(row: Row, found: dict[str, Column], values: int) -> None:
    seen = set()
    for path, value in leaves(row.tree):
        if row.graph and isinstance(value, str) and value in row.graph:
            continue  # a reference, which paths follow
        column = found.setdefault(path, Column(path))
        if path not in seen:
            column.filled += 1
            seen.add(path)
        if len(column.values) < values:
            column.values.append(value)


def unplaced(batches: Iterable[Batch], used: set[str], ignored: Iterable[str]) -> list[Column]:
    """Return the columns that no field reads and that are not ignored; parts of one object are told as one."""
    ignore = set(ignored)
    told: dict[str, Column] = {}
    for column in columns(batches):
        parts = column.name.split(".")
        starts = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        ends = {f"*.{part}" for part in parts}
        if column.name in used or ignore & {*starts, *ends} or parts[-1] in NODES:
            continue
        shortest = next((start for start in starts if not _leads_to(start, used)), column.name)
        kept = told.setdefault(shortest, Column(shortest, 0, column.values))
        kept.filled = max(kept.filled, column.filled)
    return list(told.values())


def _leads_to(start: str, used: set[str]) -> bool:
    return any(path == start or path.startswith(f"{start}.") for path in used)
