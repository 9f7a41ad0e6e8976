"""Knowledge entries and programs as text, for `advisor knowledge show` and `advisor catalogue show`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from catalogue.records import ProgramRecord
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge

KINDS = (
    *("topic", "open_subject", "destination", "place", "institution"),
    *("field", "type", "provider", "industry", "program"),
)


def entry_page(knowledge: Knowledge, key: str) -> str:
    """Return everything under a key; a key that several kinds share gives an entry each."""
    records = []
    for look_up in _look_ups(knowledge):
        try:
            records.append(look_up(key))
        except UnknownKey:
            continue
    if not records:
        raise UnknownKey("entry", key)
    return "\n\n".join("\n".join([type(record).__name__, *_lines(record, "  ")]) for record in records)


def program_page(program: ProgramRecord) -> str:
    """Return everything that a program of the catalogue states, an offering a line."""
    lines = [line for line in _lines(replace(program, offerings=()), "  ") if not line.startswith("  name: ")]
    offerings = [f"  - {'; '.join(_stated(offering))}" for offering in program.offerings]
    return "\n".join(
        [program.name, *lines, *(["  offerings:"] if offerings else []), *(f"  {each}" for each in offerings)]
    )


def _stated(record: Any) -> Iterator[str]:
    for item in fields(record):
        value = getattr(record, item.name)
        if value not in (None, "", ()):
            yield f"{item.name} {', '.join(map(_brief, value)) if isinstance(value, tuple) else value}"


def _look_ups(knowledge: Knowledge) -> list[Callable[[str], Any]]:
    return [getattr(knowledge, kind) for kind in KINDS]


def _lines(record: Any, indent: str) -> Iterator[str]:
    for item in fields(record):
        value = getattr(record, item.name)
        if value in (None, "", (), []):
            continue
        if isinstance(value, (list, tuple)):
            yield f"{indent}{item.name}:"
            yield from (f"{indent}  - {_brief(each)}" for each in value)
        else:
            yield f"{indent}{item.name}: {_brief(value)}"


def _brief(value: Any) -> str:
    """Return a record inside a record by its key, or by its values if it has none."""
    if not is_dataclass(value):
        return str(value)
    named = [str(getattr(value, item.name)) for item in fields(value) if getattr(value, item.name) not in (None, "")]
    return f"{value.name} ({value.key})" if hasattr(value, "key") and hasattr(value, "name") else ", ".join(named)
