"""The form of an entry: its fields as the page shows them, and what was sent back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.contract.question_forms import CLAIM_FORMS
from knowledge.building.source_schema import Slot
from knowledge.editing.draft_check import EntryProblem
from knowledge.editing.entries import SCHEMAS, SUBJECT_KIND, normalised

LINES = ("texts",)  # lists that are written one a line
KEYS = ("references", "topic keys")  # lists of keys, each in a field of its own
MOST_ROWS = 60  # claims or items of an entry
TITLES = {
    "title": "Title",
    "answer": "Answer",
    "items": "List under the answer",
    "more": "“Tell me more” adds",
    "claims": "Short answers to single questions",
    "related": "Leads on to",
    "near_topics": "Topics to offer instead",
    "ask": "Ways of asking",
    "also": "Other keys",
    "say": "What it says",
    "nearest": "The nearest that is known",
    "whom": "Whom to ask: “For this, ask ...”",
    "owner": "Who looks after it",
    "reviewed": "Last read against its source",
    "key": "Key",
}
HINTS = {
    "title": "Two to five words that can stand on a button.",
    "answer": "About 60 words, and only what the source says. **Bold** is allowed.",
    "items": "Where the answer is a list. A topic makes an item lead on.",
    "more": "What somebody hears who asks for more; repeats nothing.",
    "claims": "Each answers a question in a sentence, and goes before the answer where it fits; else another topic's may.",
    "ask": "One a line: full questions, fragments, misspelt, 14 to 25 of them. The advisor learns from these.",
    "say": "One sentence that plainly says that it is not stated.",
    "nearest": "The nearest true thing that the guide does say.",
    "related": "Two or three next steps.",
    "also": "Under which the same entry can be asked for. Seldom needed.",
}
ORDER = {  # of the fields on the page
    "topic": ("title", "answer", "items", "more", "ask", "claims", "related", "also", "owner", "reviewed"),
    "subject": ("title", "say", "nearest", "whom", "near_topics", "ask", "owner", "reviewed"),
}
LONG = ("answer", "more", "say", "nearest")  # texts in a field of several lines
ROW_TITLES = {
    "say": "Answer",
    "form": "Asks",
    "asks": "Questions that it answers, one a line",
    "source": "Source, if another",
    "name": "Item",
    "text": "Its text",
    "topic": "Leads to",
}
FIRST_PART = {"claims": "say", "items": "name"}  # of a row, beside which a problem of the row as a whole is told
NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
ROW_FIELD = re.compile(r"(?P<name>[a-z]{1,20})-(?P<number>\d{1,3})-(?P<part>[a-z]{1,20})")


def shown_fields(kind: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the fields of a form in their order, as the template needs them."""
    return [_shown(name, SCHEMAS[kind][name], content.get(name)) for name in ORDER[kind]]


def sent_content(kind: str, form: Mapping[str, str], key_of: Callable[[str], str]) -> dict[str, Any]:
    """Return the content that a form holds; `key_of` returns the key of a topic that was named by key or title."""
    content: dict[str, Any] = {"key": sent_key(kind, form)}
    for name, slot in SCHEMAS[kind].items():
        if slot.takes == "rows":
            content[name] = _sent_rows(name, slot, form, key_of)
        elif slot.takes in KEYS:
            fields = sorted((each for each in form if re.fullmatch(rf"{name}-\d+", each)), key=_number)
            content[name] = [key_of(form[each]) for each in fields]
        elif slot.takes in LINES:
            content[name] = form.get(name, "").splitlines()
        elif name != "key":
            content[name] = form.get(name, "")
    return normalised(kind, content)


def sent_key(kind: str, form: Mapping[str, str]) -> str:
    """Return the key that a form gives: its own or, for a new entry, one from the section and its name."""
    if form.get("key"):
        return form["key"].strip()
    name = slug(form.get("name", "") or form.get("title", ""))
    if kind == SUBJECT_KIND:
        return name
    section = form.get("section", "").strip()
    return f"{section}/{name}" if section and name else ""


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
    shown = {"name": name, "title": TITLES[name], "hint": HINTS.get(name, ""), "required": slot.required}
    if slot.takes == "rows":
        parts = [{"name": each, "title": ROW_TITLES[each], "slot": one.takes} for each, one in slot.rows.items()]
        return {**shown, "kind": "rows", "parts": parts, "rows": list(value or []), "forms": CLAIM_FORMS}
    if slot.takes in KEYS:
        return {**shown, "kind": "keys", "own_keys": [*(value or []), ""]}
    if slot.takes in LINES:
        return {**shown, "kind": "lines", "value": "\n".join(value or [])}
    kind = "date" if slot.takes == "date" else "long" if name in LONG else "short"
    return {**shown, "kind": kind, "value": value or "", "longest": slot.longest}


def _sent_rows(name: str, slot: Slot, form: Mapping[str, str], key_of: Callable[[str], str]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for field, value in form.items():
        found = ROW_FIELD.fullmatch(field)
        if not found or found["name"] != name or found["part"] not in slot.rows:
            continue
        takes = slot.rows[found["part"]].takes
        row = rows.setdefault(int(found["number"]), {})
        row[found["part"]] = value.splitlines() if takes in LINES else key_of(value) if takes == "reference" else value
    filled = [rows[number] for number in sorted(rows)][:MOST_ROWS]
    return [row for row in filled if any(value for part, value in row.items() if part != "form")]


def _number(field: str) -> int:
    return int(field.rsplit("-", 1)[1])
