"""Entries read off the files by their shape: plain values, each still knowing its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from knowledge.building.source_schema import FileShape, Shape, Slot
from knowledge.building.sources import CSV_LIST_SEPARATOR, Findings, Located, SourceFile
from knowledge.currencies import CURRENCIES

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TOPIC_KEY = re.compile(rf"{_KEY.pattern}(/{_KEY.pattern})?")  # a section that is one topic has no second half
_NUMBER = re.compile(r"\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LISTS = {"texts": "text", "references": "reference", "topic keys": "topic key"}


@dataclass
class Row:
    """An entry. `lines` holds a line for a single value and a list of lines for a list."""

    kind: str
    file: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, otherwise: Any = None) -> Any:
        return self.values.get(name, otherwise)

    def list(self, name: str) -> list[Any]:
        return self.values.get(name, [])

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.line)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known word, or nothing."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.7)
    return f"Did you mean '{near[0]}'? " if near else ""


def rows_of(file: SourceFile, content: Located, shape: FileShape, findings: Findings) -> list[Row]:
    """The file's entries, each with the values of the file's head; faulty ones as far as they can be read."""
    if content.kind != "mapping":
        findings.add(file.name, content.line, f"the file is a {content.kind}", f"Begin it with '{shape.holds}:'.")
        return []
    whole = {**shape.head, shape.holds: Slot("entries", required=True)}
    reader = _Reader(file.name, findings)
    head = reader.row("file", content, shape.head, whole)
    if shape.holds not in content.value:
        findings.add(
            file.name, content.line, f"'{shape.holds}' is missing", f"Add '{shape.holds}:' with the entries under it."
        )
        return []
    entries = reader.rows(shape.kind, shape.holds, content.value[shape.holds][1], shape.entry)
    for row in entries:
        row.values = {**head.values, **row.values}
    return entries


class _Reader:
    """Turns located values into rows and says what is wrong with them."""

    def __init__(self, file: str, findings: Findings):
        self.file = file
        self.findings = findings

    def rows(self, kind: str, name: str, value: Located, shape: Shape) -> list[Row]:
        if value.kind != "list":
            self._wrong(name, value, "list", "Begin each entry with '- '")
            return []
        found = []
        for each in value.value:
            if each.kind == "mapping":
                found.append(self.row(kind, each, shape))
            else:
                self._wrong(
                    f"an entry of {name}", each, "group of 'name: value' lines", f"It may hold {', '.join(shape)}"
                )
        return found

    def row(self, kind: str, value: Located, shape: Shape, allowed: Shape | None = None) -> Row:
        row = Row(kind, self.file, value.line)
        for name, (line, each) in value.value.items():
            if name in shape:
                self._fill(row, name, line, each, shape[name])
            elif name not in (allowed or shape):
                remedy = did_you_mean(name, allowed or shape) + f"It may hold {', '.join(allowed or shape)}."
                if each.kind == "nothing":  # what {note: one, two} makes of "two"
                    remedy = "If it belongs to the text before it, put that whole text in quotes. " + remedy
                self.findings.add(self.file, line, f"unknown key '{name}'", remedy)
        for name, slot in shape.items():
            if slot.required and name not in value.value:
                self.findings.add(self.file, value.line, f"'{name}' is missing", f"Add '{name}:' to this {kind}.")
        return row

    def _fill(self, row: Row, name: str, line: int, value: Located, slot: Slot) -> None:
        row.lines[name] = line
        if (
            value.kind == "nothing"
            or value.value in ("", [])
            or (isinstance(value.value, str) and not value.value.strip())
        ):
            if slot.required:
                self.findings.add(self.file, line, f"'{name}' is empty", f"Fill in '{name}'.")
        elif slot.takes in _LISTS:
            self._fill_list(row, name, value, slot)
        elif slot.takes == "rows":
            row.values[name] = self.rows(f"entry of {name}", name, value, slot.rows)
        else:
            self._fill_single(row, name, value, slot)

    def _fill_single(self, row: Row, name: str, value: Located, slot: Slot) -> None:
        read = self._single(name, value, slot)
        if read is not None:
            row.values[name] = read

    def _fill_list(self, row: Row, name: str, value: Located, slot: Slot) -> None:
        if value.kind == "cell":
            parts = [part.strip() for part in value.value.split(CSV_LIST_SEPARATOR)]
            value = Located("list", [Located("cell", part, value.line) for part in parts if part], value.line)
        if value.kind != "list":
            return self._wrong(name, value, "list", "Put each on a line of its own that begins with '- '")
        single = Slot(_LISTS[slot.takes])
        read = [
            (self._single(f"{name} {number}", each, single), each.line) for number, each in enumerate(value.value, 1)
        ]
        row.values[name] = [text for text, _ in read if text is not None]
        row.lines[name] = [line for text, line in read if text is not None]

    def _single(self, name: str, value: Located, slot: Slot) -> Any:
        """The value as the slot takes it, or None after saying why it cannot be taken."""
        if value.kind in ("mapping", "list"):
            return self._wrong(
                name, value, "single value", "Put it in quotes if it holds ': ' or begins with a bracket"
            )
        return getattr(self, "_" + slot.takes.replace(" ", "_"))(name, value, slot)

    def _wrong(self, name: str, value: Located, wanted: str, remedy: str) -> None:
        found = "empty" if value.kind == "nothing" else f"a {value.kind}, not a {wanted}"
        self.findings.add(self.file, value.line, f"'{name}' is {found}", f"{remedy}.")

    def _refuse(self, value: Located, what: str, remedy: str) -> None:
        self.findings.add(self.file, value.line, what, remedy)

    def _text(self, name: str, value: Located, slot: Slot) -> str | None:
        if value.kind not in ("text", "cell"):
            return self._wrong(name, value, "text", "Put it in quotes")
        text = value.value.strip()
        if not text:
            return self._refuse(value, f"'{name}' is empty", "Fill it in, or remove the line.")
        if slot.longest and len(text) > slot.longest:
            what = f"'{name}' has {len(text)} characters, {slot.longest} at most stand on a button"
            return self._refuse(value, what, "Shorten it.")
        return text

    def _key(self, name: str, value: Located, slot: Slot) -> str | None:
        if _KEY.fullmatch(value.value):
            return value.value
        return self._refuse(value, f"'{value.value}' is not a key", "Use lower-case letters, digits and dashes.")

    def _topic_key(self, name: str, value: Located, slot: Slot) -> str | None:
        if _TOPIC_KEY.fullmatch(value.value):
            return value.value
        return self._refuse(
            value, f"'{value.value}' is not a topic key", "Write it as section/name, such as faq/1-what."
        )

    def _reference(self, name: str, value: Located, slot: Slot) -> str | None:
        return self._text(name, value, slot)

    def _truth(self, name: str, value: Located, slot: Slot) -> bool | None:
        if value.value.lower() in ("true", "false"):
            return value.value.lower() == "true"
        return self._wrong(name, value, "truth value", "Write true or false")

    def _number(self, name: str, value: Located, slot: Slot) -> float | None:
        if value.kind in ("number", "cell") and _NUMBER.fullmatch(value.value):
            return float(value.value)
        return self._refuse(
            value, f"'{name}' is not a number: '{value.value}'", "Write digits alone, such as 950 or 950.50."
        )

    def _date(self, name: str, value: Located, slot: Slot) -> str | None:
        try:
            if _DATE.fullmatch(value.value):
                return date.fromisoformat(value.value).isoformat()
        except ValueError:
            pass
        return self._refuse(
            value, f"'{name}' is not a date: '{value.value}'", "Write year-month-day, such as 2027-02-28."
        )

    def _currency(self, name: str, value: Located, slot: Slot) -> str | None:
        if value.value in CURRENCIES:
            return value.value
        return self._refuse(
            value, f"'{value.value}' is no ISO currency", "Write its three capitals, such as EUR or INR."
        )

    def _url(self, name: str, value: Located, slot: Slot) -> str | None:
        try:
            parts = urlsplit(value.value)
            if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", value.value):
                return value.value
        except ValueError:
            pass
        return self._refuse(value, f"'{value.value}' is no web address", "Begin it with https:// and the site's name.")

    def _choice(self, name: str, value: Located, slot: Slot) -> str | None:
        if value.value in slot.choices:
            return value.value
        remedy = did_you_mean(value.value, slot.choices) + f"It may be {', '.join(slot.choices)}."
        return self._refuse(value, f"'{name}' cannot be '{value.value}'", remedy)
