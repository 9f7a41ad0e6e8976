"""Defines the catalogue's tables. Every change of them raises SCHEMA_VERSION.

The record of a program is kept whole, as JSON, in `program.record`; all other tables and columns exist to find it.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database

APPLICATION_ID = 0x4D434150  # "MCAP"
SCHEMA_VERSION = 1

TABLES: dict[str, dict[str, type]] = {
    # One import's origin: its mapping and what is known of its upkeep. `imported_at` is a UTC time in ISO 8601.
    "source": {
        "id": int,
        "name": str,
        "mapping": str,
        "files": str,
        "imported_at": str,
        "owner": str,
        "review_on": str,
    },
    # `missing_since` is the day of the import that no longer held the program.
    "program": {
        "id": int,
        "source": int,
        "source_key": str,
        "fingerprint": str,
        "record": str,
        "name": str,
        "provider": str,
        "type": str,
        "level": str,
        "eqf": int,
        "hours": float,
        "hours_per_week": float,
        "weeks": float,
        "checked_on": str,
        "missing_since": str,
    },
    "offering": {
        "id": int,
        "program": int,
        "start": str,
        "end": str,
        "deadline": str,
        "mode": str,
        "schedule": str,
        "place": str,
        "campus": str,
        "country": str,
        "language": str,
        "seats": int,
    },
    # `offering` is empty for a price of the whole program.
    "price": {"id": int, "program": int, "offering": int, "amount": float, "currency": str, "category": str},
    "credit": {"id": int, "program": int, "amount": float, "unit": str},
}
REQUIRED = {
    "source": ("name", "mapping", "files", "imported_at", "owner", "review_on"),
    "program": ("source", "source_key", "fingerprint", "record", "name", "provider", "type", "level"),
    "offering": ("program", "mode", "schedule", "place", "campus", "country", "language"),
    "price": ("program", "amount", "currency", "category"),
    "credit": ("program", "amount", "unit"),
}
LINKS = {
    "program": {"source": "source"},
    "offering": {"program": "program"},
    "price": {"program": "program", "offering": "offering"},
    "credit": {"program": "program"},
}
INDEXES = {
    "source": (),
    "program": ("provider", "checked_on"),
    "offering": ("program", "start", "place"),
    "price": ("program", "offering"),
    "credit": ("program",),
}
WORDS = ("name", "provider", "type", "subjects", "skills", "places", "description")
"""Columns of the full-text table `program_words`, whose rowid is the program's id; the texts themselves are not in it."""


def create(connection: sqlite3.Connection) -> None:
    """Create all tables and indexes in an empty database."""
    connection.execute("PRAGMA journal_mode = WAL")
    db = Database(connection)
    for name, columns in TABLES.items():
        db.table(name).create(
            columns,
            pk="id",
            not_null=REQUIRED[name],
            foreign_keys=[(column, other, "id") for column, other in LINKS.get(name, {}).items()],
            strict=True,
        )
        for column in INDEXES[name]:
            db.table(name).create_index([column])
    db.table("source").create_index(["name"], unique=True)
    db.table("program").create_index(["source", "source_key"], unique=True)
    connection.execute(
        f"CREATE VIRTUAL TABLE program_words USING fts5({', '.join(WORDS)}, "
        "content='', tokenize='porter unicode61 remove_diacritics 2')"
    )
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
