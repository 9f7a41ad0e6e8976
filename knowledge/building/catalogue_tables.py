"""Turns the catalogue's entries into rows of the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knowledge.building.guide_tables import Tables, listed
from knowledge.building.load import Collection
from knowledge.building.schema import TABLES
from knowledge.building.source_rows import Row
from knowledge.building.text_normalisation import name_form

# For each table, the lists that its entries hold: table and column of the list, and its key in the source.
_LISTS = {
    "field": [("field_near", "near", "near")],
    "destination": [("destination_field", "field", "fields")],
    "type": [
        ("type_example", "text", "examples"),
        ("type_provider", "provider", "providers"),
        ("type_field", "field", "fields"),
    ],
    "provider": [("provider_type", "type", "types")],
    "industry": [("industry_area", "text", "areas")],
    "program": [("program_field", "field", "fields")],
    "institution": [],
    "place": [],
    "mode": [],
}
_LINKED = {("type", "topic"), ("destination", "topic"), ("provider", "topic"), ("industry", "topic")}


def catalogue_tables(collection: Collection) -> Tables:
    """Return all rows of the catalogue's tables, in an order that depends on the sources alone."""
    served = collection.entry_keys()
    tables: Tables = {}
    for kind, lists in _LISTS.items():
        rows = collection.of(kind)
        tables[kind] = [_plain(kind, row, position, served) for position, row in enumerate(rows)]
        for table, column, name in lists:
            tables[table] = [each for row in rows for each in listed(row, kind, column, name)]
    tables["strength"] = list(_strengths(collection))
    tables["industry_field"] = list(_industry_fields(collection))
    tables["other_name"] = [
        {name: row[name] for name in ("kind", "key", "name")} for row in collection.of("other name")
    ]
    return tables


def _plain(kind: str, row: Row, position: int, served: dict[str, str]) -> dict[str, Any]:
    """Return the entry's columns; those that the source leaves out are empty."""
    values = {**row.values, "position": position}
    if kind == "field":
        values["listed"] = row.get("listed", True)
    if (kind, "topic") in _LINKED and "topic" in values:
        values["topic"] = served[values["topic"]]
    table = TABLES[kind]
    return {column: values.get(column, None if column in table.maybe else "") for column in table.columns}


def _strengths(collection: Collection) -> Iterator[dict[str, Any]]:
    destinations = collection.keys("destination")
    for number, row in enumerate(collection.of("strength"), 1):
        where = "destination" if row["place"] in destinations else "place"
        yield {
            "id": number,
            "field": row["field"],
            "destination": None,
            "place": None,
            "source": row["source"],
            where: row["place"],
        }


def _industry_fields(collection: Collection) -> Iterator[dict[str, Any]]:
    """Yield the fields of industries: those with the industry's name, or with the name of one of its areas."""
    for industry in collection.of("industry"):
        about = {name_form(name) for name in (industry["name"], *industry.list("aliases"), *industry.list("areas"))}
        named = [field["key"] for field in collection.of("field") if about & _names(field)]
        for position, key in enumerate(named):
            yield {"industry": industry["key"], "position": position, "field": key}


def _names(row: Row) -> set[str]:
    return {name_form(name) for name in (row["name"], *row.list("aliases"))}
