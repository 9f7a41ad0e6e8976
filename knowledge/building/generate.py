"""Generates the files under data/generated/: phrasings for Rasa's training, names for the entity matcher."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from core.contract.intents import ASK_TOPIC
from knowledge.building.load import NAME_KINDS, Collection, entry_key
from knowledge.building.source_rows import Row
from knowledge.building.text_normalisation import surface_forms

WRITTEN_BY = "written by advisor knowledge build"
INTENT = ASK_TOPIC


def generated_files(collection: Collection) -> dict[str, bytes]:
    """Return the content of each file by name; the same sources give the same bytes."""
    return {"topics.yml": _topics(collection).encode(), "names.json": _names(collection).encode()}


def _topics(collection: Collection) -> str:
    """Return one block for each entry, with its key in the block's metadata.

    Rasa reads this many times faster than metadata for each example. Block scalars need no escaping: the checks refuse
    what Rasa would take for markup.
    """
    lines = [f"# {WRITTEN_BY}: edit knowledge/guide/, not this file", 'version: "3.1"', "nlu:"]
    for row in collection.of("topic") + collection.of("subject"):
        lines += [f"- intent: {INTENT}", "  metadata:", f"    topic: {entry_key(row)}", "  examples: |"]
        lines += [f"    - {text}" for text in row["ask"]]
    return "\n".join(lines) + "\n"


def _names(collection: Collection) -> str:
    """Return one name a line, so that a change shows as one line in a diff."""
    entries = [json.dumps(entry, ensure_ascii=False) for entry in name_entries(collection)]
    note = json.dumps(f"{WRITTEN_BY}: edit knowledge/catalogue/, not this file")
    return f'{{"note": {note},\n"names": [\n' + ",\n".join(entries) + "\n]}\n"


def name_entries(collection: Collection) -> Iterator[dict[str, Any]]:
    """Yield every entry of the catalogue with all its names, as the entity matcher reads them."""
    for kind in (*NAME_KINDS, "other name"):
        for row in collection.of(kind):
            loosely = {"loosely": row.list("loosely")} if row.list("loosely") else {}
            yield {
                "kind": row.get("kind", kind),
                "key": row["key"],
                "name": row["name"],
                "aliases": _aliases(row),
                **loosely,
            }


def _aliases(row: Row) -> list[str]:
    plural = [row["plural"]] if "plural" in row.values else []
    return surface_forms([row["name"], *plural, *row.list("aliases")])[1:]
