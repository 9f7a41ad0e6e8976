"""Reads the entries of a source by its schema: plain values that still know their lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from knowledge.building.source_schema import EntrySchema, FileSchema, Slot
from knowledge.building.sources import CSV_LIST_SEPARATOR, Findings, Located, SourceFile
from knowledge.currencies import CURRENCIES

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TOPIC_KEY = re.compile(rf"{_KEY.pattern}(/{_KEY.pattern})?")  # a section that is one topic has no second half
_NUMBER = re.compile(r"\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LISTS = {"texts": "text", "references": "reference", "topic keys": "topic key"}


@dataclass
class Row:
    """An entry of a source; `lines` holds one line for a single value and a list of lines for a list."""

    kind: str
    file: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value of the entry, or the default if it is not given."""
        return self.values.get(name, default)

    def list(self, name: str) -> list[Any]:
        """Return a list of the entry, empty if it is not given."""
        values: list[Any] = self.values.get(name, [])
        return values

    def line_of(self, name: str) -> int:
        """Return the line of a value, or the entry's own if the value is not given."""
        line: int = self.lines.get(name, self.line)
        return line


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question with the nearest known word, or "" if none is near."""
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.7)
    return f"Did you mean '{near[0]}'? " if near else ""


def rows_of(file: SourceFile, content: Located, schema: FileSchema, findings: Findings) -> list[Row]:
    """Return the entries of a source, each with the values of the file's head; invalid ones as far as they can be read."""
    if content.kind != "mapping":
        findings.add(file.name, content.line, f"the file is a {content.kind}", f"Begin it with '{schema.holds}:'.")
        return []
    if schema.single:
        return [_Reader(file.name, findings).row(schema.kind, content, schema.entry)]
    whole = {**schema.head, schema.holds: Slot("entries", required=True)}
    reader = _Reader(file.name, findings)
    head = reader.row("file", content, schema.head, whole)
    if schema.holds not in content.value:
        findings.add(
            file.name, content.line, f"'{schema.holds}' is missing", f"Add '{schema.holds}:' with the entries under it."
        )
        return []
    entries = reader.rows(schema.kind, schema.holds, content.value[schema.holds][1], schema.entry)
    for row in entries:
        row.values = {**head.values, **row.values}
    return entries


class _Reader:
    """Reader that turns located values into rows and adds a finding for each value that is wrong."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings

    def rows(self, kind: str, name: str, value: Located, schema: EntrySchema) -> list[Row]:
        """Return the entries in a list."""
        if value.kind != "list":
            self._add(value, _wrong_kind(name, value, "list", "Begin each entry with '- '"))
            return []
        rows = []
        for each in value.value:
            if each.kind == "mapping":
                rows.append(self.row(kind, each, schema))
            else:
                remedy = f"It may hold {', '.join(schema)}"
                self._add(each, _wrong_kind(f"an entry of {name}", each, "group of 'name: value' lines", remedy))
        return rows

    def row(self, kind: str, value: Located, schema: EntrySchema, allowed: EntrySchema | None = None) -> Row:
        """Return one entry; `allowed` are all keys that may stand in it, if it is read in parts."""
        row = Row(kind, self.file, value.line)
        for name, (line, each) in value.value.items():
            if name in schema:
                self._fill(row, name, line, each, schema[name])
            elif name not in (allowed or schema):
                remedy = did_you_mean(name, allowed or schema) + f"It may hold {', '.join(allowed or schema)}."
                if each.kind == "nothing":  # YAML reads "two" in {note: one, two} as a key without a value
                    remedy = "If it belongs to the text before it, put that whole text in quotes. " + remedy
                self.findings.add(self.file, line, f"unknown key '{name}'", remedy)
        for name, slot in schema.items():
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
            self._add(value, _wrong_kind(name, value, "list", "Put each on a line of its own that begins with '- '"))
            return
        single = Slot(_LISTS[slot.takes])
        read = [
            (self._single(f"{name} {number}", each, single), each.line) for number, each in enumerate(value.value, 1)
        ]
        if len(read) < slot.fewest:
            short = _Invalid(f"'{name}' holds {len(read)}, and needs {slot.fewest} at least", f"Add to '{name}'.")
            self._add(value, short)
        row.values[name] = [text for text, _ in read if text is not None]
        row.lines[name] = [line for text, line in read if text is not None]

    def _single(self, name: str, value: Located, slot: Slot) -> Any:
        """Return the value as the slot takes it, or None after adding a finding."""
        try:
            if value.kind in ("mapping", "list"):
                remedy = "Put it in quotes if it holds ': ' or begins with a bracket"
                raise _wrong_kind(name, value, "single value", remedy)
            return _PARSERS[slot.takes](name, value, slot)
        except _Invalid as invalid:
            self._add(value, invalid)
            return None

    def _add(self, value: Located, invalid: _Invalid) -> None:
        self.findings.add(self.file, value.line, invalid.what, invalid.remedy)


class _Invalid(Exception):
    """A value that its slot cannot take; `what` and `remedy` are those of a Problem."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


def _wrong_kind(name: str, value: Located, wanted: str, remedy: str) -> _Invalid:
    kind = "empty" if value.kind == "nothing" else f"a {value.kind}, not a {wanted}"
    return _Invalid(f"'{name}' is {kind}", f"{remedy}.")


def _text(name: str, value: Located, slot: Slot) -> str:
    if value.kind not in ("text", "cell"):
        raise _wrong_kind(name, value, "text", "Put it in quotes")
    text: str = value.value.strip()
    if not text:
        raise _Invalid(f"'{name}' is empty", "Fill it in, or remove the line.")
    if slot.longest and len(text) > slot.longest:
        what = f"'{name}' has {len(text)} characters, {slot.longest} at most stand on a button"
        raise _Invalid(what, "Shorten it.")
    if slot.most_words and len(text.split()) > slot.most_words:
        what = f"'{name}' has {len(text.split())} words, {slot.most_words} at most are a short answer"
        raise _Invalid(what, "Shorten it, or make two of it.")
    return text


def _key(name: str, value: Located, slot: Slot) -> str:
    if not _KEY.fullmatch(value.value):
        raise _Invalid(f"'{value.value}' is not a key", "Use lower-case letters, digits and dashes.")
    return str(value.value)


def _topic_key(name: str, value: Located, slot: Slot) -> str:
    if not _TOPIC_KEY.fullmatch(value.value):
        raise _Invalid(f"'{value.value}' is not a topic key", "Write it as section/name, such as faq/1-what.")
    return str(value.value)


def _truth(name: str, value: Located, slot: Slot) -> bool:
    if value.value.lower() not in ("true", "false"):
        raise _wrong_kind(name, value, "truth value", "Write true or false")
    return bool(value.value.lower() == "true")


def _number(name: str, value: Located, slot: Slot) -> float:
    if value.kind not in ("number", "cell") or not _NUMBER.fullmatch(value.value):
        raise _Invalid(f"'{name}' is not a number: '{value.value}'", "Write digits alone, such as 950 or 950.50.")
    return float(value.value)


def _date(name: str, value: Located, slot: Slot) -> str:
    try:
        if _DATE.fullmatch(value.value):
            return date.fromisoformat(value.value).isoformat()
    except ValueError:
        pass
    raise _Invalid(f"'{name}' is not a date: '{value.value}'", "Write year-month-day, such as 2027-02-28.")


def _currency(name: str, value: Located, slot: Slot) -> str:
    if value.value not in CURRENCIES:
        raise _Invalid(f"'{value.value}' is no ISO currency", "Write its three capitals, such as EUR or INR.")
    return str(value.value)


def _url(name: str, value: Located, slot: Slot) -> str:
    try:
        parts = urlsplit(value.value)
        if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", value.value):
            return str(value.value)
    except ValueError:
        pass
    raise _Invalid(f"'{value.value}' is no web address", "Begin it with https:// and the site's name.")


def _choice(name: str, value: Located, slot: Slot) -> str:
    if value.value not in slot.choices:
        remedy = did_you_mean(value.value, slot.choices) + f"It may be {', '.join(slot.choices)}."
        raise _Invalid(f"'{name}' cannot be '{value.value}'", remedy)
    return str(value.value)


# What a slot takes, and the function that reads it; raises _Invalid.
_PARSERS: dict[str, Callable[[str, Located, Slot], Any]] = {
    "text": _text,
    "key": _key,
    "topic key": _topic_key,
    "reference": _text,
    "truth": _truth,
    "number": _number,
    "date": _date,
    "currency": _currency,
    "url": _url,
    "choice": _choice,
}
