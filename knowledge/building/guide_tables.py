"""Turns the guide's entries into rows of the database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from knowledge.building.generate import name_entries
from knowledge.building.load import Collection, entry_key
from knowledge.building.source_rows import Row
from knowledge.building.text_normalisation import NamesInText

Tables = dict[str, list[dict[str, Any]]]


def guide_tables(collection: Collection) -> Tables:
    """Return all rows of the guide's tables, in an order that depends on the sources alone; vectors are added later."""
    served = collection.entry_keys()
    topics, subjects = collection.of("topic"), collection.of("subject")
    return {
        "section": [
            {"key": row["key"], "position": position, "title": row["title"], "heading": row["heading"]}
            for position, row in enumerate(collection.of("section"))
        ],
        "entry": [_entry(row, position) for position, row in enumerate(topics + subjects)],
        "topic": [
            {"key": row["key"], "section": _section(row["key"]), "answer": row["answer"], "more": row.get("more", "")}
            for row in topics
        ],
        "topic_key": [each for row in topics for each in _keys(row)],
        "topic_item": [each for row in topics for each in _items(row, served)],
        **_claim_tables(topics, collection),
        "topic_related": [each for row in topics for each in listed(row, "topic", "related", "related", served)],
        "word": [each for row in collection.of("pack") for each in _words(row)],
        "role": [{"key": row["key"], "topic": served[row["topic"]]} for row in collection.of("role")],
        "open_subject": [
            {"key": entry_key(row), "say": row["say"], "nearest": row.get("nearest", ""), "whom": row["whom"]}
            for row in subjects
        ],
        "subject_topic": [each for row in subjects for each in listed(row, "subject", "topic", "near_topics", served)],
        "phrasing": [{"text": text, "entry": entry_key(row)} for row in topics + subjects for text in row["ask"]],
        "passage": [{"id": number, **each} for number, each in enumerate(_passages(topics, subjects), 1)],
    }


def _words(row: Row) -> Iterator[dict[str, Any]]:
    """Yield the words in which a guide is spoken of, and the texts that it words itself."""
    for name in ("subject", "short", "thing", "things", "guide"):
        if name in row.values:
            yield {"key": name, "say": row[name], "buttons": "[]"}
    for text in row.list("texts"):
        buttons = [{"title": each["title"], "payload": each["payload"]} for each in text.list("buttons")]
        yield {"key": f"text/{text['key']}", "say": text["say"], "buttons": json.dumps(buttons)}


def listed(
    row: Row, owner: str, column: str, name: str, served: dict[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of an entry's list; with `served`, a key that another entry serves becomes that entry's."""
    for position, value in enumerate(row.list(name)):
        yield {owner: entry_key(row), "position": position, column: served[value] if served else value}


def _section(key: str) -> str:
    return key.split("/")[0]


def _entry(row: Row, position: int) -> dict[str, Any]:
    plain = {name: row[name] for name in ("title", "owner", "reviewed")}
    return {"key": entry_key(row), "kind": row.kind, "position": position, **plain}


def _keys(row: Row) -> Iterator[dict[str, Any]]:
    for position, key in enumerate([row["key"], *row.list("also")]):
        yield {"key": key, "topic": row["key"], "position": position, "section": _section(key)}


def _items(row: Row, served: dict[str, str]) -> Iterator[dict[str, Any]]:
    for position, item in enumerate(row.list("items")):
        leads_to = served[item["topic"]] if "topic" in item.values else None
        yield {
            "topic": row["key"],
            "position": position,
            "name": item["name"],
            "text": item.get("text", ""),
            "leads_to": leads_to,
        }


def _claim_tables(topics: list[Row], collection: Collection) -> Tables:
    """Return the rows of all claims, of the questions that they answer, and of what they name."""
    finder = NamesInText(
        ((entry["kind"], entry["key"]), [entry["name"], *entry["aliases"]]) for entry in name_entries(collection)
    )
    tables: Tables = {"claim": [], "claim_ask": [], "claim_name": []}
    for row in topics:
        for number, claim in enumerate(row.list("claims")):
            key = {"topic": row["key"], "number": number}
            source = _section(claim.get("source", row["key"]))
            tables["claim"].append(
                {**key, "say": claim["say"], "form": claim["form"], "source": source, "vector": None}
            )
            tables["claim_ask"] += [
                {**key, "position": position, "text": text, "vector": None}
                for position, text in enumerate(claim["asks"])
            ]
            tables["claim_name"] += [{**key, **named} for named in _names_of(claim, finder)]
    return tables


def _names_of(claim: Row, finder: NamesInText) -> Iterator[dict[str, Any]]:
    """Yield what a claim names; it is about what half of its questions name, and mentions the rest."""
    asked = Counter(named for text in claim["asks"] for named in finder.find(text))
    about = {named for named, count in asked.items() if 2 * count >= len(claim["asks"])}
    for kind, key in sorted(about | finder.find(claim["say"])):
        yield {"kind": kind, "name": key, "about": int((kind, key) in about)}


def _passages(topics: list[Row], subjects: list[Row]) -> Iterator[dict[str, Any]]:
    """Yield the passages; the phrasings stand in an entry's first one, so that full-text search finds it by them too."""
    for row in topics:
        yield _passage(row, row["answer"], "\n".join(row["ask"]))
        for item in row.list("items"):
            yield _passage(row, f"{item['name']}: {item['text']}" if "text" in item.values else item["name"])
    for row in subjects:
        yield _passage(row, " ".join(filter(None, (row["say"], row.get("nearest")))), "\n".join(row["ask"]))


def _passage(row: Row, text: str, asked: str = "") -> dict[str, Any]:
    return {"entry": entry_key(row), "title": row["title"], "text": text, "asked": asked, "vector": None}
