"""Generates the files under data/generated/: phrasings for Rasa's training, names for the entity matcher."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from core.contract.intents import ASK_TOPIC
from knowledge.building.load import NAME_KINDS, Collection, entry_key
from knowledge.building.source_rows import Row
from knowledge.building.text_normalisation import surface_forms

WRITTEN_BY = "written by advisor knowledge build"
INTENT = ASK_TOPIC
SOURCES_REMEMBERED = 4  # states of all sources of which the generated files are kept, a megabyte each
WORD = re.compile(r"[^\W_]+")


class _Made:
    """The files that were generated lately, by the sources: each save of a draft, and a build after it, asks for the same."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._files: OrderedDict[object, dict[str, bytes]] = OrderedDict()

    def of(self, key: object, make: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
        """Return the files of a key, made now unless they are remembered."""
        with self._lock:
            found = self._files.get(key)
        if found is None:
            found = make()
            with self._lock:
                self._files[key] = found
                while len(self._files) > self._most:
                    self._files.popitem(last=False)
        return dict(found)


_made = _Made(SOURCES_REMEMBERED)


def generated_files(collection: Collection) -> dict[str, bytes]:
    """Return the content of each file by name; the same sources give the same bytes."""

    def make() -> dict[str, bytes]:
        return {"topics.yml": _topics(collection).encode(), "names.json": _names(collection).encode()}

    # With drafts, the same files have more topics.
    return _made.of((tuple(collection.files), len(collection.of("topic"))), make) if collection.files else make()


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
    """Return one name a line, so that a change shows as one line in a diff, and the words of what is answered from."""
    entries = [json.dumps(entry, ensure_ascii=False) for entry in name_entries(collection)]
    note = json.dumps(f"{WRITTEN_BY}: edit knowledge/catalogue/, not this file")
    words = ",\n".join(_words(collection))
    return f'{{"note": {note},\n"names": [\n' + ",\n".join(entries) + f'\n],\n"words": [\n{words}\n]}}\n'


def _words(collection: Collection) -> Iterator[str]:
    """Yield the words that answers are made of, those with the same first letter as one line of JSON.

    What a message names and none of them is, is unknown; the phrasings are left out, for people ask about what is unknown.
    """
    rows = [row for rows in collection.rows.values() for row in rows]
    texts = (text for row in rows for key in row.values if key != "ask" for text in _texts(row.values[key]))
    words = sorted({word for text in texts for word in WORD.findall(text.lower()) if not word.isdigit()})
    for _, same_first in groupby(words, key=lambda word: word[0]):
        yield ", ".join(json.dumps(word, ensure_ascii=False) for word in same_first)


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value of a source."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "asks":
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


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
