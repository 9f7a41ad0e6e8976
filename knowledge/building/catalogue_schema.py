"""Defines what the catalogue's files may hold; the checks read these tables, and editors can look them up here."""

from __future__ import annotations

from knowledge.building.source_schema import (
    GUIDE_FILES,
    KEY,
    NAME,
    SOURCE,
    TEXT,
    TEXTS,
    TOPIC_FILE,
    FileSchema,
    Slot,
    key_of,
    keys_of,
    must,
)

CATALOGUE_FILES: dict[str, FileSchema] = {
    "catalogue/fields.yml": FileSchema(
        "fields",
        "field",
        {
            "key": KEY,
            "name": NAME,
            "aliases": TEXTS,
            "near": keys_of("field"),
            "listed": Slot("truth"),
            "source": key_of("section"),
        },
    ),
    "catalogue/destinations.yml": FileSchema(
        "destinations",
        "destination",
        {
            "key": KEY,
            "name": NAME,
            "short": NAME,
            "aliases": TEXTS,
            "adjective": TEXT,
            "about": must("text"),
            "topic": key_of("topic"),
            "fields": keys_of("field"),
            "platform": key_of("provider"),
            "source": SOURCE,
        },
    ),
    "catalogue/institutions.yml": FileSchema(
        "institutions",
        "institution",
        {
            "key": KEY,
            "name": NAME,
            "aliases": TEXTS,
            "destination": key_of("destination"),
            "country": TEXT,
            "note": TEXT,
            "source": SOURCE,
        },
    ),
    "catalogue/places.yml": FileSchema(
        "places",
        "place",
        {
            "key": KEY,
            "name": NAME,
            "aliases": TEXTS,
            "part_of": key_of("destination"),
            "note": TEXT,
            "source": key_of("section"),
        },
        optional=True,
    ),
    "catalogue/strengths.yml": FileSchema(
        "strengths",
        "strength",
        {
            "field": key_of("field", required=True),
            "place": key_of("destination", "place", required=True),
            "source": SOURCE,
        },
        optional=True,
    ),
    "catalogue/types.yml": FileSchema(
        "types",
        "type",
        {
            "key": KEY,
            "name": NAME,
            "plural": NAME,
            "aliases": TEXTS,
            "loosely": TEXTS,
            "offered_by": TEXT,
            "focus": TEXT,
            "examples": TEXTS,
            "providers": keys_of("provider"),
            "fields": keys_of("field"),
            "topic": key_of("topic"),
            "source": SOURCE,
        },
    ),
    "catalogue/providers.yml": FileSchema(
        "providers",
        "provider",
        {
            "key": KEY,
            "name": NAME,
            "aliases": TEXTS,
            "role": must(
                "choice",
                choices=("platform", "company", "university", "language-body", "government-platform", "eu-programme"),
            ),
            "about": must("text"),
            "types": keys_of("type"),
            "destination": key_of("destination"),
            "topic": key_of("topic"),
            "source": SOURCE,
        },
    ),
    "catalogue/industries.yml": FileSchema(
        "industries",
        "industry",
        {
            "key": KEY,
            "name": NAME,
            "aliases": TEXTS,
            "areas": TEXTS,
            "embraces": must("truth"),
            "acceptance": Slot("choice", choices=("accepts", "prefers-degrees")),
            "topic": key_of("topic"),
            "source": SOURCE,
        },
    ),
    "catalogue/modes.yml": FileSchema("modes", "mode", {"key": KEY, "name": NAME, "aliases": TEXTS}),
    "catalogue/other-names.yml": FileSchema(
        "names",
        "other name",
        {
            "kind": must("choice", choices=("institution", "provider", "industry", "field")),
            "key": KEY,
            "name": NAME,
            "aliases": TEXTS,
        },
        optional=True,
    ),
}

PROGRAMS = FileSchema(
    "programs",
    "program",
    {
        "key": KEY,
        "name": NAME,
        "aliases": TEXTS,
        "type": key_of("type", required=True),
        "provider": key_of("provider"),
        "provider_text": TEXT,
        "fields": keys_of("field"),
        "destination": key_of("destination"),
        "institution": key_of("institution"),
        "mode": key_of("mode"),
        "price": Slot("number"),
        "currency": Slot("currency"),
        "start": Slot("date"),
        "deadline": Slot("date"),
        "duration": TEXT,
        "hours_per_week": Slot("number"),
        "level": TEXT,
        "credits": TEXT,
        "url": Slot("url"),
        "checked_on": Slot("date"),
        "source": SOURCE,
    },
)
PROGRAM_FILES = ("catalogue/programs.yml", "catalogue/programs.csv")
FILES: dict[str, FileSchema] = {**GUIDE_FILES, **CATALOGUE_FILES, **dict.fromkeys(PROGRAM_FILES, PROGRAMS)}


def schema_of(path: str) -> FileSchema | None:
    """Return the schema of a source by its path in the sources, or None if no source has this path."""
    if path in FILES:
        return FILES[path]
    return TOPIC_FILE if path.startswith("guide/") and path.endswith(".yml") else None
