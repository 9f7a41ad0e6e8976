"""Defines the catalogue's tables. Every change of them raises SCHEMA_VERSION.

The record of a program is kept whole, as JSON, in `program.record`; all other tables and columns exist to find it, and hold
nothing of a program that its source no longer has.
"""

from __future__ import annotations

import re
import sqlite3

from own_programs.records import MODES, SCHEDULES

MASTER_SCHEMA = "advisor_schema"  # in the address of the master: the schema of PostgreSQL that is meant
APPLICATION_ID = 0x4D434150  # "MCAP"
SCHEMA_VERSION = 4
SAME_RECORDS_SINCE = 2  # the version from which on KEPT is as it is
# Bytes of a full-text index that a write collects in memory, so that fewer parts are merged and searched.
HELD_BACK = 16 << 20
OFFERINGS = 1 << 24  # more than a program can have: the ids of its offerings follow one another

KEPT = """
-- One import's origin: its mapping and what is known of its upkeep. `imported_at` is a UTC time in ISO 8601; `unmapped` has a
-- line for each column and each kind of value of the last import that came to nothing.
CREATE TABLE source (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, mapping TEXT NOT NULL, files TEXT NOT NULL,
    imported_at TEXT NOT NULL, owner TEXT NOT NULL, review_on TEXT NOT NULL, unmapped TEXT NOT NULL
) STRICT;
-- `missing_since` is the day of the import that no longer held the program.
CREATE TABLE program (
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source (id), source_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL, record TEXT NOT NULL, name TEXT NOT NULL, checked_on TEXT, missing_since TEXT,
    UNIQUE (source, source_key)
) STRICT;
CREATE INDEX program_name ON program (name COLLATE NOCASE) WHERE missing_since IS NULL;
CREATE INDEX program_missing ON program (source) WHERE missing_since IS NOT NULL;
-- Which state of the master in PostgreSQL this is a copy of (own_programs.store.master); empty if it is none.
CREATE TABLE copy_of (version INTEGER NOT NULL, stamp TEXT NOT NULL) STRICT;
"""
PROGRAM = ("id", "source", "source_key", "fingerprint", "record", "name", "checked_on", "missing_since")
SOURCE = ("name", "mapping", "files", "imported_at", "owner", "review_on", "unmapped")

SEARCHED = f"""
-- A value that programs state, in each spelling: a provider, a place, a subject. `folded` is without case and accents;
-- `count` is how many programs state it.
CREATE TABLE term (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, label TEXT NOT NULL, folded TEXT NOT NULL, count INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX term_label ON term (kind, label);
CREATE INDEX term_folded ON term (kind, folded);
CREATE INDEX term_count ON term (kind, count);

-- One row an offering, with what its program states besides, so that a search reads nothing else. `id` is made of the program's
-- and of the offering's place in the record (offering_id below); a program without offerings has one row. What is not stated
-- is NULL. Days are numbers (date.toordinal), so are `mode` and `schedule` (MODE, SCHEDULE): a search compares a hundred
-- thousand of them. `provider`, `type`, `level`, `place`, `campus` and `country` are terms; `languages` is ";en-ie;ga;".
-- It can be taken until `open_until`.
CREATE TABLE offering (
    id INTEGER PRIMARY KEY, open_until INTEGER NOT NULL, start INTEGER, mode INTEGER, schedule INTEGER, place INTEGER,
    weeks REAL, hours REAL, hours_per_week REAL, eqf INTEGER, level INTEGER, type INTEGER, provider INTEGER,
    campus INTEGER, country INTEGER, deadline INTEGER, languages TEXT, program INTEGER AS (id / {OFFERINGS})
) STRICT;
CREATE INDEX offering_place ON offering (place);
CREATE INDEX offering_campus ON offering (campus) WHERE campus IS NOT NULL;
CREATE INDEX offering_provider ON offering (provider);

-- What an offering costs, its program's prices included if it has none of its own. `usual` tells that a price counts for a
-- visitor of no category: it is for all, or none is.
CREATE TABLE price (
    offering INTEGER NOT NULL, position INTEGER NOT NULL,
    amount REAL NOT NULL, currency TEXT NOT NULL, category TEXT NOT NULL, usual INTEGER NOT NULL,
    PRIMARY KEY (offering, position)
) STRICT, WITHOUT ROWID;
-- The numbers of own_programs.store.digest, by which searches without words pass over programs.
CREATE TABLE digest (number INTEGER PRIMARY KEY) STRICT;
CREATE TABLE credit (
    program INTEGER NOT NULL, position INTEGER NOT NULL, amount REAL NOT NULL, unit TEXT NOT NULL,
    PRIMARY KEY (program, position)
) STRICT, WITHOUT ROWID;

-- The forms of names by their hashes. `item` is twice a program's id, or twice a term's and one; `how` is one of
-- own_programs.store.names.HOW.
CREATE TABLE name_form (
    form INTEGER NOT NULL, item INTEGER NOT NULL, how INTEGER NOT NULL, PRIMARY KEY (form, item)
) STRICT, WITHOUT ROWID;
-- The words of names, and in how many names each stands.
CREATE TABLE name_word (word TEXT PRIMARY KEY, names INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX name_word_begins ON name_word (substr(word, 1, 2), length(word));
CREATE INDEX name_word_ends ON name_word (substr(word, -3), length(word));
CREATE VIRTUAL TABLE name_words USING fts5(
    words, content='', detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 tokenchars '+#'"
);
"""
FULL_TEXT = {
    "program_words": ("name", "provider", "type", "subjects", "skills", "places", "description"),
    "subject_words": ("name", "type", "subjects", "skills"),
}
"""Full-text tables with their columns. Their rowids are numbers of own_programs.store.digest; the texts are not in them.

Words of what programs are about have a table of their own: most of them stand in a great many descriptions, too, all of
which a search would pass over.
"""
RANKED = ("program_words",)
_TABLE = re.compile(r"CREATE TABLE (\w+)")
_COMMENT = re.compile(r"--.*")

MODE = {name: number for number, name in enumerate(MODES, start=1)}
SCHEDULE = {name: number for number, name in enumerate(SCHEDULES, start=1)}


def offering_id(program: int, number: int = 0) -> int:
    """Return the id of a program's offering by its place; those of a program follow one another."""
    return program * OFFERINGS + number


def program_of(offering: str) -> str:
    """Return the id of an offering's program as SQL, from the SQL of `offering_id`."""
    return f"({offering} / {OFFERINGS})"


def number_of(offering: str) -> str:
    """Return an offering's place in its program's record as SQL, from the SQL of `offering_id`."""
    return f"({offering} % {OFFERINGS})"


def is_of(offering: str, program: str) -> str:
    """Return the SQL condition that an offering is one of a program's, from the SQL of both ids."""
    return f"{offering} BETWEEN {program} * {OFFERINGS} AND {program} * {OFFERINGS} + {OFFERINGS - 1}"


def is_current(connection: sqlite3.Connection) -> bool:
    """Return whether a database is a catalogue of this version."""
    return _version(connection) == SCHEMA_VERSION


def can_be_brought_up_to_date(connection: sqlite3.Connection) -> bool:
    """Return whether a database is a catalogue of an earlier version that kept the same records."""
    return SAME_RECORDS_SINCE <= _version(connection) < SCHEMA_VERSION


def _version(connection: sqlite3.Connection) -> int:
    """Return the version of a catalogue, 0 for another database."""
    names = ("application_id", "user_version")
    application, version = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in names)
    return version if application == APPLICATION_ID else 0


def create(connection: sqlite3.Connection) -> None:
    """Create all tables and indexes in an empty database."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(KEPT)
    create_searched(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def create_searched(connection: sqlite3.Connection) -> None:
    """Create all that exists to find programs, in place of what is there of it; a transaction that is open stays open."""
    for table in (*FULL_TEXT, "name_words", *_TABLE.findall(SEARCHED)):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _COMMENT.sub("", SEARCHED).split(";"):
        connection.execute(statement)
    for table, columns in FULL_TEXT.items():
        connection.execute(
            f"CREATE VIRTUAL TABLE {table} USING fts5({', '.join(columns)}, content='', "
            f"columnsize={int(table in RANKED)}, tokenize='porter unicode61 remove_diacritics 2')"
        )
    for table in (*FULL_TEXT, "name_words"):
        connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', {HELD_BACK})")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
