"""Rows of a file with their places, and the paths by which a mapping reaches into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

ITSELF = "."  # the path of a row that is one value
HOPS = 12  # how deep a tree is looked at


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table or an object of JSON; `tree` holds its cells by column, or its values by key.

    `parent` is the row that it was found in. `graph` holds the nodes that a tree refers to by `@id`.
    """

    tree: Mapping[str, Any]
    file: str
    number: int
    unit: str = "line"
    parent: Row | None = None
    graph: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Return where it stands, for people: "courses.csv:12" or "courses.json, record 3"."""
        return f"{self.file}:{self.number}" if self.unit == "line" else f"{self.file}, record {self.number}"

    def below(self, value: Any) -> Row:
        """Return a part of this row as a row of its own."""
        tree = value if isinstance(value, dict) else {ITSELF: value}
        return Row(tree, self.file, self.number, self.unit, self, self.graph)


@dataclass
class Batch:
    """What a reader found in one file.

    `columns` are all columns of a table, empty for JSON. `kind` is what the file was read as, in words. `refused` are
    lines that are no rows, as (place, reason, remedy). `vocabulary` is the name of a built-in mapping that fits.
    """

    rows: list[Row]
    columns: list[str]
    kind: str
    notes: list[str] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    vocabulary: str = ""


class Path:
    """A column's name, or names of keys with dots between; lists on the way are gone through.

    `^` before it starts at the row that this one was found in, `/` at the whole document, `.` is the row itself.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._start = text[:1] if text[:1] in ("^", "/") and len(text) > 1 else ""
        name = text[len(self._start) :]
        self._parts = [name] if name == ITSELF or "://" in name else name.split(".")
        self._name = name

    @property
    def column(self) -> str:
        """The name of a column, or key, of the row itself; empty if the path leads elsewhere."""
        return self._name if not self._start and len(self._parts) == 1 else ""

    def values(self, row: Row) -> list[Any]:
        """Return all values there that are not empty."""
        if self._start:
            row = _top(row) if self._start == "/" else row.parent or row
        found = row.tree.get(self._name)
        if found is None:
            if len(self._parts) == 1:
                return []
            return [each for each in _walk(row.tree, self._parts, row.graph) if each not in (None, "")]
        if isinstance(found, list):
            return [each for each in _walk(found, [], row.graph) if each not in (None, "")]
        return [] if found == "" else [found]


def _top(row: Row) -> Row:
    while row.parent is not None:
        row = row.parent
    return row


def _walk(value: Any, parts: list[str], graph: Mapping[str, Mapping[str, Any]]) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _walk(each, parts, graph)
    elif not parts:
        yield value
    elif isinstance(value, dict):
        if parts[0] not in value:
            value = graph.get(str(value.get("@id", "")), value)
        if parts[0] in value:
            yield from _walk(value[parts[0]], parts[1:], graph)
    elif isinstance(value, str) and value in graph:
        yield from _walk(graph[value], parts, graph)


def leaves(tree: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of all that a tree states, without following references; lists add nothing to a path."""
    if isinstance(tree, dict) and depth < HOPS:
        for name, value in tree.items():
            yield from leaves(value, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(tree, list):
        for value in tree:
            yield from leaves(value, path, depth)
    elif tree not in (None, ""):
        yield path, tree
