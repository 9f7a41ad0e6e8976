"""The form of an entry: its fields as the page shows them, and what was sent back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console.views.editing.entry_titles import CHOICES, HINTS, LONG, ORDER, ROW_TITLES, title_of
from core.contract.question_forms import CLAIM_FORMS
from knowledge.building.source_schema import Slot
from knowledge.editing.draft_check import EntryProblem
from knowledge.editing.entries import CATALOGUE, KNOWN_BY, SCHEMAS, SUBJECT_KIND, normalised, own_key

LINES = ("texts",)  # lists that are written one a line
KEYS = ("references", "topic keys")  # lists of keys, each in a field of its own
GUIDE_KINDS = {"topic", "subject"}
TOPICS = "topics"  # the list of topics and open subjects
TRUTH = ("", "true", "false")
MOST_ROWS = 60  # claims or items of an entry
FIRST_PART = {"claims": "say", "items": "name"}  # of a row, beside which a problem of the row as a whole is told
NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
ROW_FIELD = re.compile(r"(?P<name>[a-z]{1,20})-(?P<number>\d{1,3})-(?P<part>[a-z]{1,20})")
KeyOf = Callable[[str, Iterable[str]], str]  # the key of an entry of some kinds that is named by key or title


def shown_fields(kind: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of a form in their order, as the template needs them."""
    return [_shown(name, SCHEMAS[kind][name], content.get(name)) for name in ORDER[kind]]


def shown_key_fields(kind: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields, beside the key, by which a new entry of the catalogue is known."""
    names = [name for name in KNOWN_BY.get(kind, ()) if name != "key"]
    return [_shown(name, SCHEMAS[kind][name], content.get(name)) for name in names]


def sent_content(kind: str, form: Mapping[str, str], key_of: KeyOf) -> dict[str, Any]:
    """Return the content that a form holds."""
    content: dict[str, Any] = {"key": sent_key(kind, form)}
    for name, slot in SCHEMAS[kind].items():
        if slot.takes == "rows":
            content[name] = _sent_rows(name, slot, form, key_of)
        elif slot.takes in KEYS:
            fields = sorted((each for each in form if re.fullmatch(rf"{name}-\d+", each)), key=_number)
            content[name] = [key_of(form[each], slot.refers) for each in fields]
        elif slot.takes in LINES:
            content[name] = form.get(name, "").splitlines()
        elif slot.takes == "reference":
            content[name] = key_of(form.get(name, ""), slot.refers)
        elif name != "key":
            content[name] = form.get(name, "")
    return normalised(kind, content)


def sent_key(kind: str, form: Mapping[str, str]) -> str:
    """Return the key that a form gives: its own or, for a new entry, one from the section and its name."""
    if form.get("key"):
        return form["key"].strip()
    name = slug(form.get("key_name", "") or form.get("title", "") or form.get("name", ""))
    if kind == SUBJECT_KIND or kind in CATALOGUE:
        return name
    section = form.get("section", "").strip()
    return f"{section}/{name}" if section and name else ""


def key_in(kind: str, content: Mapping[str, Any]) -> str:
    """Return the key that a new entry of the catalogue gets; "" until all that it is made of is there."""
    parts = KNOWN_BY.get(kind, ("key",))
    return own_key(kind, content) if all(content.get(part) for part in parts) else ""


def slug(text: str) -> str:
    """Return a text as part of a key: lower-case letters, digits and dashes."""
    return NOT_IN_KEYS.sub("-", text.lower()).strip("-")[:60]


def field_of(problem: EntryProblem) -> str:
    """Return the name of the form's field that a problem is told beside; "" for the form as a whole."""
    parts = problem.field.split("/")
    if len(parts) == 1 or parts[0] not in FIRST_PART:
        return parts[0]
    name, number, part = (*parts, FIRST_PART[parts[0]])[:3]
    return f"{name}-{number}-{part}"


def _shown(name: str, slot: Slot, value: Any) -> dict[str, Any]:
    shown = {"name": name, "title": title_of(name), "hint": HINTS.get(name, ""), "required": slot.required}
    shown["list"] = list_of(slot)
    if slot.takes == "rows":
        parts = [{"name": each, "title": ROW_TITLES[each], "slot": one.takes} for each, one in slot.rows.items()]
        return {**shown, "kind": "rows", "parts": parts, "rows": list(value or []), "forms": CLAIM_FORMS}
    if slot.takes in KEYS:
        return {**shown, "kind": "keys", "own_keys": [*(value or []), ""]}
    if slot.takes in LINES:
        return {**shown, "kind": "lines", "value": "\n".join(value or [])}
    if slot.takes in ("truth", "choice"):
        choices = TRUTH if slot.takes == "truth" else ("", *slot.choices)
        chosen = str(value).lower() if isinstance(value, bool) else value or ""
        told = [(each, CHOICES.get(each, each)) for each in choices]
        return {**shown, "kind": "choice", "value": chosen, "choices": told}
    kind = "date" if slot.takes == "date" else "long" if name in LONG else "short"
    return {**shown, "kind": kind, "value": as_written(value), "longest": slot.longest}


def list_of(slot: Slot) -> str:
    """Return the id of the list of names from which a field is filled in; "" if it takes no key."""
    if not slot.refers:
        return ""
    return TOPICS if GUIDE_KINDS.intersection(slot.refers) else "-".join(slot.refers)


def lists_of(kind: str, names: Mapping[str, Mapping[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Return the keys and names of each list from which a field of a form is filled in, by the list's id."""
    slots = [part for slot in SCHEMAS[kind].values() for part in (slot, *slot.rows.values()) if part.refers]
    lists = {}
    for slot in slots:
        kinds = ("topic",) if list_of(slot) == TOPICS else slot.refers
        lists[list_of(slot)] = [pair for each in kinds for pair in names.get(each, {}).items()]
    return lists


def as_written(value: Any) -> str:
    """Return a single value as a form shows it."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _sent_rows(name: str, slot: Slot, form: Mapping[str, str], key_of: KeyOf) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for field, value in form.items():
        found = ROW_FIELD.fullmatch(field)
        if not found or found["name"] != name or found["part"] not in slot.rows:
            continue
        part = slot.rows[found["part"]]
        row = rows.setdefault(int(found["number"]), {})
        if part.takes == "reference":
            value = key_of(value, part.refers)
        row[found["part"]] = value.splitlines() if part.takes in LINES else value
    filled = [rows[number] for number in sorted(rows)][:MOST_ROWS]
    return [row for row in filled if any(value for part, value in row.items() if part != "form")]


def _number(field: str) -> int:
    return int(field.rsplit("-", 1)[1])
