"""Numbers and how they are printed."""

from __future__ import annotations

import math
from collections.abc import Sequence

Row = Sequence[object]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of the values don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def table(head: Row, rows: Sequence[Row]) -> str:
    """Columns under each other, numbers to the right."""
    shown = [[_shown(cell) for cell in row] for row in [head, *rows]]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    numeric = [all(not isinstance(row[place], str) for row in rows) for place in range(len(widths))]
    lines = []
    for row in shown:
        cells = zip(row, widths, numeric, strict=True)
        lines.append("  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells))
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def ratio(peer: float, ours: float) -> str:
    """Return in words how many times as much the peer needs."""
    return f"{peer / ours:.1f}x" if ours else "-"


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return "-" if math.isnan(cell) else f"{cell:,.1f}" if cell >= 10 else f"{cell:.2f}"
    return str(cell)
