"""All sources together: every entry by its kind, and the ways by which entries name each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from knowledge.building.catalogue_schema import FILES, PROGRAM_FILES, shape_of
from knowledge.building.source_rows import Row, did_you_mean, rows_of
from knowledge.building.sources import Findings, SourceFile, parse, read_folder

OPEN_SUBJECTS = "not-stated"
NAME_KINDS = ("destination", "place", "institution", "field", "type", "provider", "industry", "program", "mode")


@dataclass
class Collection:
    """`unread` are the kinds of which a file could not be read, so that references to them prove nothing."""

    files: list[SourceFile]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def of(self, kind: str) -> list[Row]:
        return self.rows.get(kind, [])

    def keys(self, kind: str) -> set[str]:
        if kind == "subject":
            return {f"{OPEN_SUBJECTS}/{row['key']}" for row in self.of(kind) if "key" in row.values}
        keys = {row["key"] for row in self.of(kind) if "key" in row.values}
        return keys | {also for row in self.of(kind) for also in row.list("also")} if kind == "topic" else keys

    def entry_keys(self) -> dict[str, str]:
        """Every key that reaches a topic or an open subject, with the key under which it is kept."""
        served = {also: row["key"] for row in self.of("topic") for also in (row["key"], *row.list("also"))}
        return {**served, **{key: key for key in self.keys("subject")}}


def entry_key(row: Row) -> str:
    """A topic's or open subject's key as the rest of the program speaks of it."""
    return f"{OPEN_SUBJECTS}/{row.get('key', '')}" if row.kind == "subject" else row.get("key", "")


def collect(sources_dir: Path, findings: Findings) -> Collection:
    """Reads everything that can be read and adds what cannot."""
    collection = Collection(read_folder(sources_dir))
    for file in collection.files:
        _take(file, collection, findings)
    _require_files(sources_dir.name, {file.place for file in collection.files}, findings)
    _put_topics_in_order(collection)
    return collection


def _take(file: SourceFile, collection: Collection, findings: Findings) -> None:
    shape = shape_of(file.place)
    if shape is None:
        names = {place.split("/")[1] for place in FILES if place.startswith(file.folder)}
        remedy = (
            did_you_mean(file.place.split("/")[1], names) + "Rename it, move it away, or add '.md' if it is a note."
        )
        findings.add(file.name, 1, f"nothing reads a file of this name in {file.folder}/", remedy)
        return
    content = parse(file, findings)
    if content is None:
        collection.unread.add(shape.kind)
        return
    collection.rows.setdefault(shape.kind, []).extend(rows_of(file, content, shape, findings))


def _require_files(sources: str, places: set[str], findings: Findings) -> None:
    for place, shape in FILES.items():
        if place not in places and place not in PROGRAM_FILES and not shape.optional:
            findings.add(f"{sources}/{place}", 1, "the file is missing", f"Restore it; it holds '{shape.holds}:'.")
    if not places.intersection(PROGRAM_FILES):
        findings.add(f"{sources}/{PROGRAM_FILES[0]}", 1, "the file is missing", "Restore it (or programs.csv).")


def _put_topics_in_order(collection: Collection) -> None:
    """The order of sections.yml, then the order in the file; strangers last (the checks name them)."""
    order = {row.get("key"): place for place, row in enumerate(collection.of("section"))}
    collection.of("topic").sort(key=lambda row: order.get(row.get("key", "").split("/")[0], len(order)))
