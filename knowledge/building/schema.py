"""Defines the database's tables. Every change of them raises SCHEMA_VERSION in knowledge/db_format.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.db_format import APPLICATION_ID, PAGE_SIZE, SCHEMA_VERSION

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True)
class Table:
    """A table of the database.

    `links` are foreign keys, column to table; each gets an index. `maybe` are the columns that may be NULL.
    """

    columns: dict[str, type]
    pk: str | tuple[str, ...]
    links: dict[str, str] = field(default_factory=dict)
    maybe: tuple[str, ...] = ()


def _pairs(owner: str, other: str, table: str, **more: type) -> Table:
    """Return the table of a list that belongs to an entry: position in the list, and the value there."""
    pk = (owner, "position")
    return Table(
        {owner: str, "position": int, other: str, **more},
        pk,
        {owner: owner if owner != "subject" else "open_subject", other: table},
    )


TABLES: dict[str, Table] = {
    "meta": Table({"name": str, "value": str}, "name"),
    "section": Table({"key": str, "position": int, "title": str, "heading": str}, "key"),
    # An entry is a topic or an open subject, so that references can lead to either.
    "entry": Table({"key": str, "kind": str, "position": int, "title": str, "owner": str, "reviewed": str}, "key"),
    "topic": Table(
        {"key": str, "section": str, "answer": str, "more": str}, "key", {"key": "entry", "section": "section"}
    ),
    "topic_key": Table(
        {"key": str, "topic": str, "position": int, "section": str}, "key", {"topic": "topic", "section": "section"}
    ),
    "topic_item": Table(
        {"topic": str, "position": int, "name": str, "text": str, "leads_to": str},
        ("topic", "position"),
        {"topic": "topic", "leads_to": "entry"},
        ("leads_to",),
    ),
    "topic_related": _pairs("topic", "related", "entry"),
    "claim": Table(
        {"topic": str, "number": int, "say": str, "form": str, "source": str, "vector": bytes},
        ("topic", "number"),
        {"topic": "topic", "source": "section"},
        ("vector",),
    ),
    "claim_ask": Table(
        {"topic": str, "number": int, "position": int, "text": str, "vector": bytes},
        ("topic", "number", "position"),
        {"topic": "topic"},
        ("vector",),
    ),
    # How a sentence vector is turned into one that is compared with those of claims: a row for each of its numbers.
    "claim_axis": Table({"position": int, "vector": bytes}, "position"),
    # What a claim names; `about` is 1 if the questions name it, 0 if only the claim itself does.
    "claim_name": Table(
        {"topic": str, "number": int, "kind": str, "name": str, "about": int},
        ("topic", "number", "kind", "name"),
        {"topic": "topic"},
    ),
    "word": Table({"key": str, "say": str, "buttons": str}, "key"),
    "role": Table({"key": str, "topic": str}, "key", {"topic": "entry"}),
    "open_subject": Table({"key": str, "say": str, "nearest": str, "whom": str}, "key", {"key": "entry"}),
    "subject_topic": _pairs("subject", "topic", "topic"),
    "phrasing": Table({"text": str, "entry": str}, "text", {"entry": "entry"}),
    "passage": Table(
        {"id": int, "entry": str, "title": str, "text": str, "asked": str, "vector": bytes},
        "id",
        {"entry": "entry"},
        ("vector",),
    ),
    "field": Table({"key": str, "name": str, "listed": int, "source": str}, "key", {"source": "section"}, ("source",)),
    "field_near": _pairs("field", "near", "field"),
    "type": Table(
        {
            "key": str,
            "position": int,
            "name": str,
            "plural": str,
            "offered_by": str,
            "focus": str,
            "topic": str,
            "source": str,
        },
        "key",
        {"topic": "topic", "source": "section"},
        ("topic",),
    ),
    "destination": Table(
        {
            "key": str,
            "position": int,
            "name": str,
            "short": str,
            "adjective": str,
            "about": str,
            "topic": str,
            "platform": str,
            "source": str,
        },
        "key",
        {"topic": "topic", "source": "section"},
        ("topic", "platform"),
    ),
    "provider": Table(
        {"key": str, "name": str, "role": str, "about": str, "destination": str, "topic": str, "source": str},
        "key",
        {"destination": "destination", "topic": "topic", "source": "section"},
        ("destination", "topic"),
    ),
    "destination_field": _pairs("destination", "field", "field"),
    "type_example": Table({"type": str, "position": int, "text": str}, ("type", "position"), {"type": "type"}),
    "type_provider": _pairs("type", "provider", "provider"),
    "type_field": _pairs("type", "field", "field"),
    "provider_type": _pairs("provider", "type", "type"),
    "institution": Table(
        {"key": str, "position": int, "name": str, "destination": str, "country": str, "note": str, "source": str},
        "key",
        {"destination": "destination", "source": "section"},
        ("destination",),
    ),
    "place": Table(
        {"key": str, "name": str, "part_of": str, "note": str, "source": str},
        "key",
        {"part_of": "destination", "source": "section"},
        ("part_of", "source"),
    ),
    "strength": Table(
        {"id": int, "field": str, "destination": str, "place": str, "source": str},
        "id",
        {"field": "field", "destination": "destination", "place": "place", "source": "section"},
        ("destination", "place"),
    ),
    "industry": Table(
        {"key": str, "position": int, "name": str, "embraces": int, "acceptance": str, "topic": str, "source": str},
        "key",
        {"topic": "topic", "source": "section"},
        ("topic",),
    ),
    "industry_area": Table(
        {"industry": str, "position": int, "text": str}, ("industry", "position"), {"industry": "industry"}
    ),
    "industry_field": _pairs("industry", "field", "field"),
    "mode": Table({"key": str, "name": str}, "key"),
    "program": Table(
        {
            "key": str,
            "position": int,
            "name": str,
            "type": str,
            "provider": str,
            "provider_text": str,
            "destination": str,
            "institution": str,
            "mode": str,
            "price": float,
            "currency": str,
            "start": str,
            "deadline": str,
            "duration": str,
            "hours_per_week": float,
            "level": str,
            "credits": str,
            "url": str,
            "checked_on": str,
            "source": str,
        },
        "key",
        {
            "type": "type",
            "provider": "provider",
            "destination": "destination",
            "institution": "institution",
            "mode": "mode",
            "source": "section",
        },
        (
            "provider",
            "destination",
            "institution",
            "mode",
            "price",
            "start",
            "deadline",
            "hours_per_week",
            "checked_on",
        ),
    ),
    "program_field": _pairs("program", "field", "field"),
    "other_name": Table({"kind": str, "key": str, "name": str}, ("kind", "key")),
}

LATER_LINKS = [("destination", "platform", "provider", "key")]  # the two tables refer to each other
FULL_TEXT = {"passage": ("title", "text", "asked")}
MORE_INDEXES = {"program": ("price", "start"), "entry": ("kind",)}


def prepare_file(db: Database) -> None:
    """Make the settings that SQLite needs before the first table."""
    db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    db.execute("PRAGMA encoding = 'UTF-8'")
    # The file is renamed into place only when it is complete, so a journal would protect nothing.
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def create_tables(db: Database) -> None:
    """Create all tables and their foreign keys."""
    with db.atomic():
        for name, table in TABLES.items():
            db.table(name).create(
                table.columns,
                pk=table.pk,
                foreign_keys=[(column, other, "key") for column, other in table.links.items()],
                not_null=[column for column in table.columns if column not in table.maybe],
                strict=True,
            )
        db.add_foreign_keys(LATER_LINKS)


def create_indexes(db: Database) -> None:
    """Create the indexes and the full-text tables."""
    with db.atomic():
        for name, table in TABLES.items():
            for column in dict.fromkeys((*table.links, *MORE_INDEXES.get(name, ()))):
                db.table(name).create_index([column], if_not_exists=True)
        for name, columns in FULL_TEXT.items():
            db.table(name).enable_fts(columns, tokenize="porter unicode61 remove_diacritics 2")


def finish_file(db: Database) -> None:
    """Check the foreign keys and compact the file."""
    broken = db.query("PRAGMA foreign_key_check")
    first = next(iter(broken), None)
    if first is not None:
        raise AssertionError(f"the checks let a dangling reference through: {first}")
    for name in FULL_TEXT:
        db.table(name).optimize()
    db.vacuum()
