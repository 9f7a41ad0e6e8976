"""Writes the fields of an entry as YAML, in the way in which the sources are written."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping
from datetime import date
from typing import Any

from ruamel.yaml import YAML

from knowledge.building.source_schema import EntrySchema, Slot

WIDTH = 120  # of a line
STEP = 2  # spaces that a level is indented by
KEYS = ("references", "topic keys")  # lists that stand on one line if they fit
A_LINE_EACH = ("ask", "asks")  # lists of texts that stand a line each; other texts stand in brackets
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def field_lines(name: str, value: Any, slot: Slot, indent: int) -> list[str]:
    """Return the lines of one field, indented by `indent` spaces."""
    before = " " * indent
    if slot.takes in KEYS:
        line = f"{before}{name}: [{', '.join(scalar(each) for each in value)}]"
        if len(line) <= WIDTH:
            return [line]
    if slot.takes == "texts" and name not in A_LINE_EACH:
        return [f"{before}{name}: {in_brackets(value)}"]
    if isinstance(value, list):
        items = [line for each in value for line in item_lines(each, slot, indent + STEP)]
        return [f"{before}{name}:", *items]
    if not isinstance(value, str) or slot.takes == "date":
        return [f"{before}{name}: {scalar(_native(value, slot))}"]
    return _text_lines(f"{before}{name}: ", value, indent + STEP)


def item_lines(value: Any, slot: Slot, indent: int) -> list[str]:
    """Return the lines of one item of a list; the dash is indented by `indent` spaces."""
    if isinstance(value, Mapping):
        return entry_lines(value, slot.rows, indent)
    return [f"{' ' * indent}- {scalar(str(value))}"]


def entry_lines(content: Mapping[str, Any], schema: EntrySchema, indent: int) -> list[str]:
    """Return the lines of a mapping that is an item of a list, in the order of its schema."""
    lines = [
        line
        for name, slot in schema.items()
        if name in content
        for line in field_lines(name, content[name], slot, indent + STEP)
    ]
    first = f"{' ' * indent}- {lines[0][indent + STEP :]}" if lines else f"{' ' * indent}- {{}}"
    return [first, *lines[1:]]


def entry_line(content: Mapping[str, Any], schema: EntrySchema, indent: int) -> str:
    """Return a mapping that is an item of a list on one line, in braces; its fields stay in their order."""
    held = {name: _native(value, schema[name]) for name, value in content.items()}
    return f"{' ' * indent}- {in_brackets(held)}"


def in_brackets(value: Any) -> str:
    """Return a list or a mapping on one line."""
    out = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style, yaml.allow_unicode = True, True
    yaml.width = 10 * len(str(value)) + 100
    yaml.dump(value, out)
    return out.getvalue().removesuffix("\n")


def scalar(value: Any) -> str:
    """Return a value as a YAML scalar on one line: plain if possible, else in quotes."""
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 10 * len(str(value)) + 100
    yaml.allow_unicode = True
    yaml.dump([value], out)
    return out.getvalue().removeprefix("- ").removesuffix("\n")


def _native(value: Any, slot: Slot) -> Any:
    """Return a value in the type that YAML writes without quotes: a whole number, a day."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if slot.takes == "date" and isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _text_lines(start: str, text: str, indent: int) -> list[str]:
    """Return the lines of a text: on one line if it fits, folded if it is long, as it is if it has lines of its own."""
    before = " " * indent
    if "\n" in text:
        return [f"{start}|-", *(f"{before}{line}" if line else "" for line in text.split("\n"))]
    one = scalar(text)
    if len(start) + len(one) <= WIDTH or text[0] == "#":
        return [f"{start}{one}"]
    folded = textwrap.wrap(text, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return [f"{start}>-", *(f"{before}{line}" for line in folded)]
