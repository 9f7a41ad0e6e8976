"""What the guide's files may hold; knowledge/building/catalogue_schema.py goes on with the catalogue's."""

from __future__ import annotations

from dataclasses import dataclass, field

TITLE_LENGTH = 30  # what still stands on a button


@dataclass(frozen=True)
class Slot:
    """One thing that an entry may say. `refers`: the kinds whose keys it may be; `rows`: what a list's entries hold."""

    takes: str
    required: bool = False
    refers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    longest: int | None = None
    rows: dict[str, Slot] = field(default_factory=dict)


Shape = dict[str, Slot]


def must(takes: str, **more) -> Slot:
    return Slot(takes, required=True, **more)


def key_of(*kinds: str, required: bool = False) -> Slot:
    return Slot("reference", required=required, refers=kinds)


def keys_of(*kinds: str, required: bool = False) -> Slot:
    return Slot("references", required=required, refers=kinds)


KEY, TEXT, TEXTS = must("key"), Slot("text"), Slot("texts")
NAME, TITLE = must("text"), must("text", longest=TITLE_LENGTH)
SOURCE = key_of("section", required=True)
HEAD: Shape = {"owner": must("text"), "reviewed": must("date")}

TOPIC: Shape = {
    "key": must("topic key"),
    "also": Slot("topic keys"),
    "title": TITLE,
    "answer": must("text"),
    "items": Slot("rows", rows={"name": NAME, "text": TEXT, "topic": key_of("topic", "subject")}),
    "more": TEXT,
    "related": keys_of("topic", "subject"),
    "ask": must("texts"),
}
SUBJECT: Shape = {
    "key": KEY,
    "title": TITLE,
    "say": must("text"),
    "nearest": TEXT,
    "near_topics": keys_of("topic", required=True),
    "whom": must("text"),
    "ask": must("texts"),
}


@dataclass(frozen=True)
class FileShape:
    """A file is a mapping of `head` and one list, called `holds`, of entries of one kind."""

    holds: str
    kind: str
    entry: Shape
    head: Shape = field(default_factory=dict)
    optional: bool = False


TOPIC_FILE = FileShape("topics", "topic", TOPIC, HEAD)

ROLE: Shape = {"key": KEY, "topic": key_of("topic", "subject", required=True)}
GUIDE_FILES: dict[str, FileShape] = {
    "guide/sections.yml": FileShape("sections", "section", {"key": KEY, "title": TITLE, "heading": NAME}),
    "guide/roles.yml": FileShape("roles", "role", ROLE, optional=True),
    "guide/not-stated.yml": FileShape("subjects", "subject", SUBJECT, HEAD, optional=True),
}
