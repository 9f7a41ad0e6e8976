"""Proposes a mapping file for columns that nobody has mapped yet."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from own_programs.importing.column_matcher import (
    Choice,
    by_values,
    fitness,
    header,
    header_currency,
    is_seconds,
    key_like,
    likeness,
    scores,
    unit_in_header,
    words_of_category,
)
from own_programs.importing.columns import NODES, Column, columns
from own_programs.importing.conversions import money, numbers
from own_programs.importing.mapping import LISTS
from own_programs.importing.rows import Batch
from own_programs.importing.vocabulary import by_word, vocabularies

VALUES = 300  # of a column that are looked at
SEPARATORS = (";", "|", "+", " / ", "\n", ",")
MANY = frozenset(["prices"])  # fields that take several columns
PSEUDO = frozenset(["currency", "price_category"])  # columns that serve the prices


def vocabulary_text(vocabulary: str, file: str, read: Mapping[str, Any]) -> str:
    """Return the mapping file of a built-in vocabulary, for people to change."""
    name = vocabularies()[vocabulary]["name"]
    lines = [f"# {file} is {name}, which is read by a built-in mapping; docs/own-programs.md says what may stand here."]
    lines += ["# A field that is named here takes the place of the built-in one.", f"vocabulary: {vocabulary}"]
    return "\n".join([*lines, *_read_lines(read), "program: {}", "offerings: {}", ""])


def propose(batches: list[Batch], file: str, read: Mapping[str, Any]) -> str:
    """Return a mapping file for batches without one; sample values stand beside its lines."""
    found = [column for column in columns(batches, VALUES) if column.name.split(".")[-1] not in NODES]
    each = _occasions(batches, found)
    chosen = _choose(found, sum(len(batch.rows) for batch in batches), each, bool(read.get("currency")))
    named = any(choice.target == "name" for choice in chosen)
    told = _lines(chosen, "offerings.", each)
    lines = [
        f"# How the columns of {file} become programs: a field of ours, then a column of theirs. Proposed on {date.today()}.",
        "# Change it freely; docs/own-programs.md has all fields and conversions.",
        *_read_lines(read),
        "program:",
        *([] if named else ["  # name: say which column holds the name; without one, nothing can be imported"]),
        *(_lines(chosen, "", "") or ["  {}"]),
        "offerings:" if each or told else "offerings: {}    # no column tells of an occasion: a start, a place, a mode",
        *([f"  each: {_quoted(each)}"] if each else []),
        *told,
        *_left_over(found, chosen),
    ]
    return "\n".join([*lines, ""])


def _read_lines(read: Mapping[str, Any]) -> list[str]:
    if not read:
        return []
    return ["read:", *(f"  {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in read.items())]


def _left_over(found: list[Column], chosen: list[Choice]) -> list[str]:
    taken = {choice.column.name for choice in chosen}
    left = [column for column in found if column.name not in taken]
    if not left:
        return []
    lines = ["# Columns without a place. Give them a line above, or name them here, so that they are told no more."]
    return [*lines, "ignore: []", *(f"#   {_quoted(column.name)}    {_comment(column)}" for column in left)]


def _lines(chosen: list[Choice], prefix: str, each: str) -> list[str]:
    """Return the lines of one section; several columns of one field become a list."""
    by_target: dict[str, list[Choice]] = {}
    for choice in chosen:
        inside = choice.target.startswith("offerings.")
        if inside == bool(prefix) and choice.target not in PSEUDO:
            by_target.setdefault(choice.target.removeprefix("offerings."), []).append(choice)
    lines = []
    for target, members in by_target.items():
        entries = [_entry(choice, each) for choice in members]
        if len(entries) == 1:
            lines.append(f"  {target}: {entries[0]}    # {_comment(members[0].column)}")
        else:
            lines.append(f"  {target}:")
            lines += [
                f"    - {entry}    # {_comment(choice.column)}" for entry, choice in zip(entries, members, strict=True)
            ]
    return lines


def _entry(choice: Choice, each: str) -> str:
    name = choice.column.name.removeprefix(f"{each}.") if each else choice.column.name
    if not choice.options:
        return _quoted(name)
    options = ", ".join(f"{key}: {_value(value)}" for key, value in choice.options.items())
    return f"{{from: {_quoted(name)}, {options}}}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{from: " + _quoted(value["from"]) + "}"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """Return a text as YAML: bare where nothing in it can be misread."""
    bare = re.fullmatch(r"[A-Za-z_][\w.-]*", text, re.ASCII) and text.lower() not in (
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
    )
    return text if bare else json.dumps(text, ensure_ascii=False)


def _comment(column: Column) -> str:
    return "".join(sign for sign in column.sample if sign.isprintable())


def _occasions(batches: list[Batch], found: list[Column]) -> str:
    """Return the key of the list that holds the occasions of a record, empty if there is no such list."""
    lists: set[str] = set()
    for batch in batches:
        for row in batch.rows if not batch.columns else ():
            lists |= {
                key
                for key, value in row.tree.items()
                if isinstance(value, list) and any(isinstance(one, dict) for one in value)
            }
    inside = {key: [column for column in found if column.name.startswith(f"{key}.")] for key in sorted(lists)}
    rated = {
        key: max((likeness(column, "offerings.start") for column in members), default=0)
        for key, members in inside.items()
    }
    best = max(rated, key=lambda key: rated[key], default="")
    return best if best and rated[best] >= 0.5 else ""


def _choose(found: list[Column], rows: int, each: str, currency_told: bool) -> list[Choice]:
    chosen: dict[str, list[Column]] = {}
    taken: set[int] = set()
    for _, number, target in scores(found, each):
        if number in taken or target in chosen and target not in MANY or target in ("source_key", "name"):
            continue
        if _better_elsewhere(found[number], target):
            continue
        chosen.setdefault(target, []).append(found[number])
        taken.add(number)
    for number, column in enumerate(found):
        target = by_values(column) if number not in taken and not (each and column.name.startswith(f"{each}.")) else ""
        if target and target not in chosen and not _is_identity(column):
            chosen[target] = [column]
            taken.add(number)
    choices = _identity(found, rows, each)
    named = {choice.column.name for choice in choices}
    for target, members in chosen.items():
        choices += [Choice(target, column) for column in members if column.name not in named]
    return [replace(choice, options=_options(choice, choices, currency_told)) for choice in choices]


def _is_identity(column: Column) -> bool:
    return likeness(column, "source_key") > 0.8


def _better_elsewhere(column: Column, target: str) -> bool:
    """Return whether a column is rather the name or the identity than this field."""
    rivals = (likeness(column, "name") * fitness(column, "name"), likeness(column, "source_key"))
    return max(rivals) > likeness(column, target)


def _identity(found: list[Column], rows: int, each: str) -> list[Choice]:
    """Return the columns of the name and of the identity; the name is the identity if nothing else can be."""
    outside = [column for column in found if not (each and column.name.startswith(f"{each}."))]
    rated = [
        (likeness(column, "name") * fitness(column, "name"), -number, column) for number, column in enumerate(outside)
    ]
    best = max((one for one in rated if one[0] >= 0.25), default=None, key=lambda one: one[:2])
    name = best[2] if best else None
    keys = sorted(outside, key=lambda column: -likeness(column, "source_key"))
    named = (
        column
        for column in keys
        if likeness(column, "source_key") >= 0.4 and column is not name and _identifies(column, name, rows)
    )
    meant = {found[number].name for _, number, target in scores(found, each) if target != "source_key"}
    shaped = (
        column for column in outside if key_like(column, rows) and column.name not in meant and not by_values(column)
    )
    key = next(named, None) or next(shaped, None) or name
    choices = [Choice("source_key", key)] if key else []
    return [*choices, Choice("name", name)] if name else choices


def _identifies(column: Column, name: Column | None, rows: int) -> bool:
    """Return whether a column is always filled, and rows that share a value share their name."""
    if column.filled < rows or fitness(column, "source_key") < 1:
        return False
    if name is None or name.filled < rows or len(name.values) != len(column.values):
        return True
    seen: dict[str, str] = {}
    return all(
        seen.setdefault(str(key), str(named)) == str(named)
        for key, named in zip(column.values, name.values, strict=True)
    )


def _options(choice: Choice, choices: list[Choice], currency_told: bool) -> dict[str, Any]:
    """Return what a field needs beside its column."""
    values, column = choice.column.values, choice.column
    target = choice.target.removeprefix("offerings.")
    if target == "prices":
        return _price_options(choice, choices, currency_told)
    if target in ("start", "end", "deadline", "checked_on") and any(is_seconds(value) for value in values):
        return {"unix": True}
    if target in ("duration", "hours", "hours_per_week") and values and all(_bare(value) for value in values):
        unit = unit_in_header(column)
        return {"unit": f"{unit}s"} if unit and target == "duration" else {}
    if target == "credits":
        unit_of = by_word("credits", "units")
        unit = next((unit_of[word] for word in header(column) if word in unit_of), "")
        return {"unit": unit} if unit else {}
    if target in LISTS and target != "credits":
        separator = _separator(values)
        return {"separator": separator} if separator else {}
    return {}


def _bare(value: Any) -> bool:
    return isinstance(value, (int, float)) or bool(numbers.NUMBER.fullmatch(str(value).strip()))


def _price_options(choice: Choice, choices: list[Choice], currency_told: bool) -> dict[str, Any]:
    options: dict[str, Any] = {}
    column = choice.column
    beside = {each.target: each.column.name for each in choices if each.target in PSEUDO}
    named = header_currency(column)
    seen = money.currencies_of(column.values)
    if "currency" in beside:
        options["currency"] = {"from": beside["currency"]}
    elif named:
        options["currency"] = named
    elif len(seen) == 1 and not currency_told:
        options["currency"] = next(iter(seen))
    category = words_of_category(column) if sum(each.target == "prices" for each in choices) > 1 else ""
    if "price_category" in beside:
        options["category"] = {"from": beside["price_category"]}
    elif category:
        options["category"] = category
    return options


def _separator(values: list[Any]) -> str:
    """Return what stands between the members of lists in one cell: a sign in a third of the cells, with short parts around."""
    texts = [value for value in values if isinstance(value, str)]
    for sign in SEPARATORS:
        split = [value for value in texts if sign in value]
        parts = [part for value in split for part in value.split(sign)]
        if len(split) * 3 >= len(texts) > 0 and all(len(part.strip()) <= 60 for part in parts):
            return sign
    return ""
