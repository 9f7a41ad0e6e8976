"""The entries of the guide that staff edit, topics and open subjects, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.fingerprint import content_fingerprint
from knowledge.building.load import Collection
from knowledge.building.source_rows import Row
from knowledge.building.source_schema import HEAD, SUBJECT, TOPIC, EntrySchema
from knowledge.models import OPEN_SUBJECTS

TOPIC_KIND, SUBJECT_KIND = "topic", "subject"
SCHEMAS: dict[str, EntrySchema] = {TOPIC_KIND: TOPIC, SUBJECT_KIND: SUBJECT}
NOT_CONTENT = ("accepted",)  # what is published is accepted
SUBJECT_FILE = "guide/not-stated.yml"
LISTS = ("texts", "references", "topic keys", "rows")
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
        return SUBJECT_FILE if self.kind == SUBJECT_KIND else f"guide/{self.key.split('/')[0]}.yml"


def entries_of(collection: Collection) -> dict[tuple[str, str], Entry]:
    """Return all topics and open subjects by kind and key."""
    found = {}
    for kind in SCHEMAS:
        for row in collection.of(kind):
            if key := row.get("key", ""):
                file = "/".join(row.file.split("/")[-2:])
                found[kind, key] = Entry(kind, key, file, content_of(row, SCHEMAS[kind]))
    return found


def content_of(row: Row, schema: EntrySchema) -> dict[str, Any]:
    """Return the values of an entry, in the order of its schema; its owner and the day of its review are among them."""
    names = [name for name in dict.fromkeys((*schema, *HEAD)) if name not in NOT_CONTENT]
    return {name: _plain(row.values[name]) for name in names if row.values.get(name) not in (None, "", [])}


def normalised(kind: str, content: Content) -> dict[str, Any]:
    """Return a content without what is empty, its fields in the order of the schema."""
    own = {name: slot for name, slot in {**SCHEMAS[kind], **HEAD}.items() if name not in NOT_CONTENT}
    return _normalised(content, own)


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
            value = _text(str(value))
        if value not in (None, "", []):
            kept[name] = value
    return kept


def _text(text: str) -> str:
    """Return a text with one space between words; lines that are separate stay so."""
    lines = [" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip()
