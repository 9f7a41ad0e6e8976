"""Defines what the guide's files may hold; catalogue_schema.py defines the same for the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.contract.question_forms import CLAIM_FORMS

TITLE_LENGTH = 30  # characters that fit on a button
CLAIM_WORDS = 45  # words that a claim may have
FEWEST_ASKS = 2  # questions that each claim must be asked by


@dataclass(frozen=True)
class Slot:
    """A value that an entry may have.

    `refers` are the kinds whose keys it may be, `rows` what the entries of a list hold. `longest` and `most_words` bound a
    text, `fewest` is how many texts a list must hold.
    """

    takes: str
    required: bool = False
    refers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    longest: int | None = None
    most_words: int | None = None
    fewest: int = 0
    rows: dict[str, Slot] = field(default_factory=dict)


EntrySchema = dict[str, Slot]


def must(takes: str, **more: Any) -> Slot:
    """Return a required slot."""
    return Slot(takes, required=True, **more)


def key_of(*kinds: str, required: bool = False) -> Slot:
    """Return a slot that takes the key of an entry of these kinds."""
    return Slot("reference", required=required, refers=kinds)


def keys_of(*kinds: str, required: bool = False) -> Slot:
    """Return a slot that takes a list of keys of entries of these kinds."""
    return Slot("references", required=required, refers=kinds)


KEY, TEXT, TEXTS = must("key"), Slot("text"), Slot("texts")
NAME, TITLE = must("text"), must("text", longest=TITLE_LENGTH)
SOURCE = key_of("section", required=True)
HEAD: EntrySchema = {"owner": must("text"), "reviewed": must("date")}
OWN_HEAD: EntrySchema = {"owner": TEXT, "reviewed": Slot("date")}  # of an entry that differs from its file's

CLAIM: EntrySchema = {
    "say": must("text", most_words=CLAIM_WORDS),
    "form": must("choice", choices=CLAIM_FORMS),
    "asks": must("texts", fewest=FEWEST_ASKS),
    "source": key_of("topic", "section"),
}
TOPIC: EntrySchema = {
    "key": must("topic key"),
    "also": Slot("topic keys"),
    "title": TITLE,
    "answer": must("text"),
    "items": Slot("rows", rows={"name": NAME, "text": TEXT, "topic": key_of("topic", "subject")}),
    "more": TEXT,
    "claims": Slot("rows", rows=CLAIM),
    "related": keys_of("topic", "subject"),
    "ask": must("texts"),
    **OWN_HEAD,
    "accepted": Slot("truth"),  # false: a draft, which is checked and not served
}
SUBJECT: EntrySchema = {
    "key": KEY,
    "title": TITLE,
    "say": must("text"),
    "nearest": TEXT,
    "near_topics": keys_of("topic"),
    "whom": must("text"),
    "ask": must("texts"),
    **OWN_HEAD,
}


@dataclass(frozen=True)
class FileSchema:
    """The schema of a file: a mapping with the keys of `head` and one list, named `holds`, of entries of one kind."""

    holds: str
    kind: str
    entry: EntrySchema
    head: EntrySchema = field(default_factory=dict)
    optional: bool = False
    single: bool = False  # the file is one entry itself; `holds` is a key that it must have


TOPIC_FILE = FileSchema("topics", "topic", TOPIC, HEAD)

# The responses of domain.yml that a guide may put in its own words.
OWN_TEXTS = (
    *("greet", "greet_again", "thank", "thank_again", "goodbye", "help", "identity", "praise", "praise_again"),
    *("small_talk", "small_talk_again", "abuse", "nonsense", "nonsense_again", "say_nothing"),
    *("out_of_scope", "out_of_scope_again", "feel_low", "feel_low_again"),
)
OWN_TEXT: EntrySchema = {
    "key": must("choice", choices=OWN_TEXTS),
    "say": NAME,
    "buttons": Slot("rows", rows={"title": TITLE, "payload": NAME}),
}
PACK: EntrySchema = {
    **dict.fromkeys(("subject", "short", "thing", "things"), NAME),
    "guide": TEXT,
    "texts": Slot("rows", rows=OWN_TEXT),
    "widget": Slot("rows", rows={"language": NAME, "greeting": TEXT, "welcome": TEXT}),  # the front reads them
}
ROLE: EntrySchema = {"key": KEY, "topic": key_of("topic", "subject", required=True)}
GUIDE_FILES: dict[str, FileSchema] = {
    "guide/sections.yml": FileSchema("sections", "section", {"key": KEY, "title": TITLE, "heading": NAME}),
    "guide/pack.yml": FileSchema("subject", "pack", PACK, optional=True, single=True),
    "guide/roles.yml": FileSchema("roles", "role", ROLE, optional=True),
    "guide/not-stated.yml": FileSchema("subjects", "subject", SUBJECT, HEAD, optional=True),
}
