"""The entries that staff edit, topics, open subjects and the catalogue's rows, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.fingerprint import content_fingerprint
from knowledge.building.catalogue_schema import CATALOGUE_FILES, PROGRAM_FILES, PROGRAMS
from knowledge.building.load import Collection
from knowledge.building.source_rows import Row
from knowledge.building.source_schema import GUIDE_FILES, HEAD, SUBJECT, TOPIC, EntrySchema, FileSchema, Slot
from knowledge.models import OPEN_SUBJECTS

TOPIC_KIND, SUBJECT_KIND, SECTION_KIND = "topic", "subject", "section"
OF_GUIDE = (TOPIC_KIND, SUBJECT_KIND)
SECTION_FILE = "guide/sections.yml"
# The file of each kind of the catalogue's rows; the guide's parts are rows, too.
CATALOGUE: dict[str, tuple[str, FileSchema]] = {
    SECTION_KIND: (SECTION_FILE, GUIDE_FILES[SECTION_FILE]),
    **{schema.kind: (path, schema) for path, schema in CATALOGUE_FILES.items()},
    PROGRAMS.kind: (PROGRAM_FILES[0], PROGRAMS),
}
SCHEMAS: dict[str, EntrySchema] = {
    TOPIC_KIND: TOPIC,
    SUBJECT_KIND: SUBJECT,
    **{kind: schema.entry for kind, (_, schema) in CATALOGUE.items()},
}
LIST_OF = {
    TOPIC_KIND: "topics",
    SUBJECT_KIND: "subjects",
    **{kind: file.holds for kind, (_, file) in CATALOGUE.items()},
}
# The fields by which an entry is known, where that is not its key alone.
KNOWN_BY = {"other name": ("kind", "key"), "strength": ("field", "place")}
TAUGHT = ("ask",)  # fields that the model learns from; names are known to it as they are published
NOT_CONTENT = ("accepted",)  # what is published is accepted
SUBJECT_FILE = "guide/not-stated.yml"
LISTS = ("texts", "references", "topic keys", "rows")
NUMBER = re.compile(r"\d{1,15}(\.\d{1,6})?")
TRUTHS = {"true": True, "false": False}
Content = Mapping[str, Any]  # by field; lists and mappings are JSON's


@dataclass(frozen=True)
class Entry:
    """An entry as it stands in the sources; `file` is the end of its file's name, such as "guide/faq.yml"."""

    kind: str
    key: str
    file: str
    content: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """Return a hash of the content, to tell whether it has been changed since."""
        return content_fingerprint(self.content)


@dataclass(frozen=True)
class Change:
    """What becomes of an entry: its new content, or None if it is removed. `base` is the fingerprint that it began from."""

    kind: str
    key: str
    content: dict[str, Any] | None
    base: str = ""

    @property
    def file(self) -> str:
        """Return the end of the name of the file that a new entry goes to."""
        if self.kind in CATALOGUE:
            return CATALOGUE[self.kind][0]
        return SUBJECT_FILE if self.kind == SUBJECT_KIND else f"guide/{self.key.split('/')[0]}.yml"


def entries_of(collection: Collection) -> dict[tuple[str, str], Entry]:
    """Return all entries by kind and key."""
    found = {}
    for kind in SCHEMAS:
        for row in collection.of(kind):
            if key := own_key(kind, row.values):
                file = "/".join(row.file.split("/")[-2:])
                found[kind, key] = Entry(kind, key, file, content_of(row, SCHEMAS[kind]))
    return found


def own_key(kind: str, values: Content) -> str:
    """Return the key of an entry among those of its kind; "" if it has none yet."""
    parts = [str(values.get(name) or "") for name in KNOWN_BY.get(kind, ("key",))]
    return "/".join(parts) if any(parts) else ""


def with_key(kind: str, key: str, content: Content) -> dict[str, Any]:
    """Return a content with the fields by which an entry of this key is known."""
    names = KNOWN_BY.get(kind, ("key",))
    parts = key.split("/", len(names) - 1)
    return {**content, **dict(zip(names, [*parts, *[""] * (len(names) - len(parts))], strict=True))}


def taught(kind: str, content: Content | None) -> Any:
    """Return what the model learns of an entry: that there is one, its names, and how people ask for it."""
    schema = SCHEMAS[kind]
    if not any(name in schema for name in TAUGHT):
        return None
    return content and {name: content.get(name) for name in TAUGHT if name in schema}


def content_of(row: Row, schema: EntrySchema) -> dict[str, Any]:
    """Return the values of an entry, in the order of its schema; its owner and the day of its review are among them."""
    names = [name for name in dict.fromkeys((*schema, *HEAD)) if name not in NOT_CONTENT]
    return {name: _plain(row.values[name]) for name in names if row.values.get(name) not in (None, "", [])}


def normalised(kind: str, content: Content) -> dict[str, Any]:
    """Return a content without what is empty, its fields in the order of the schema."""
    head = HEAD if kind in OF_GUIDE else {}
    own = {name: slot for name, slot in {**SCHEMAS[kind], **head}.items() if name not in NOT_CONTENT}
    return _normalised(content, own)


def typed(value: Any, slot: Slot) -> Any:
    """Return a single value as the sources have it: numbers and truth values are none in a form; what is neither stays."""
    text = str(value).strip()
    if slot.takes == "truth":
        return TRUTHS.get(text.lower(), text)
    if slot.takes == "number" and NUMBER.fullmatch(text):
        return float(text)
    return value


def guide_key(kind: str, key: str) -> str:
    """Return the key by which an entry is known outside of the sources."""
    return f"{OPEN_SUBJECTS}/{key}" if kind == SUBJECT_KIND else key


def kind_and_key(known_as: str) -> tuple[str, str]:
    """Return the kind of an entry and its key in the sources, by the key by which it is known outside of them."""
    section, _, rest = known_as.partition("/")
    return (SUBJECT_KIND, rest) if section == OPEN_SUBJECTS else (TOPIC_KIND, known_as)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Row):
        return {name: _plain(each) for name, each in value.values.items()}
    return value


def _normalised(content: Content, schema: EntrySchema) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, slot in schema.items():
        value = content.get(name)
        if slot.takes == "rows" and isinstance(value, list):
            rows = [_normalised(each, slot.rows) for each in value if isinstance(each, Mapping)]
            value = [row for row in rows if row]
        elif slot.takes in LISTS and isinstance(value, list):
            value = [text for each in value if (text := " ".join(str(each).split()))]
        elif value is not None:
            value = typed(_text(str(value)), slot)
        if value not in (None, "", []):
            kept[name] = value
    return kept


def _text(text: str) -> str:
    """Return a text with one space between words; lines that are separate stay so."""
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip()
