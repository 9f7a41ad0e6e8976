"""Loads all sources: every entry by its kind, and the keys by which entries refer to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from knowledge.building.catalogue_schema import FILES, PROGRAM_FILES, schema_of
from knowledge.building.source_rows import Row, did_you_mean, rows_of
from knowledge.building.sources import Findings, SourceFile, parse, read_folder
from knowledge.errors import Problem
from knowledge.models import OPEN_SUBJECTS

FILES_REMEMBERED = 64  # twice as many as a guide has
NAME_KINDS = ("destination", "place", "institution", "field", "type", "provider", "industry", "program", "mode")


@dataclass
class Collection:
    """The entries of all sources.

    `unread` are the kinds of which a source could not be read, so that missing references to them prove nothing. `waiting`
    are the topics that nobody has accepted yet.
    """

    files: list[SourceFile]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    waiting: list[Row] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def of(self, kind: str) -> list[Row]:
        """Return the entries of a kind."""
        return self.rows.get(kind, [])

    def keys(self, kind: str) -> set[str]:
        """Return the keys by which entries of a kind can be referred to."""
        if kind == "subject":
            return {f"{OPEN_SUBJECTS}/{row['key']}" for row in self.of(kind) if "key" in row.values}
        keys = {row["key"] for row in self.of(kind) if "key" in row.values}
        return keys | {also for row in self.of(kind) for also in row.list("also")} if kind == "topic" else keys

    def entry_keys(self) -> dict[str, str]:
        """Return every key that leads to a topic or an open subject, with that entry's own key."""
        served = {also: row["key"] for row in self.of("topic") for also in (row["key"], *row.list("also"))}
        return {**served, **{key: key for key in self.keys("subject")}}


def entry_key(row: Row) -> str:
    """Return the key of a topic or an open subject as it is used outside of the sources."""
    return f"{OPEN_SUBJECTS}/{row.get('key', '')}" if row.kind == "subject" else row.get("key", "")


def collect(sources_dir: Path, findings: Findings, with_drafts: bool = False) -> Collection:
    """Load all sources that can be read, and add a finding for each that cannot.

    Topics that are not accepted count `with_drafts` alone.
    """
    return collect_files(read_folder(sources_dir), sources_dir.name, findings, with_drafts)


@dataclass(frozen=True)
class FileRows:
    """The entries of one source, None if it could not be read, with the problems in it."""

    kind: str
    rows: tuple[Row, ...] | None
    problems: tuple[Problem, ...]


@lru_cache(FILES_REMEMBERED)
def read_rows(file: SourceFile) -> FileRows:
    """Return the entries of a source by its schema; nobody may change them, since those read lately are remembered."""
    findings = Findings()
    schema = schema_of(file.path)
    if schema is None:
        names = {path.split("/")[1] for path in FILES if path.startswith(file.folder)}
        remedy = did_you_mean(file.path.split("/")[1], names) + "Rename it, move it away, or add '.md' if it is a note."
        findings.add(file.name, 1, f"nothing reads a file of this name in {file.folder}/", remedy)
        return FileRows("", (), tuple(findings))
    content = parse(file, findings)
    rows = None if content is None else tuple(rows_of(file, content, schema, findings))
    return FileRows(schema.kind, rows, tuple(findings))


def collect_files(files: list[SourceFile], sources: str, findings: Findings, with_drafts: bool = False) -> Collection:
    """Load sources that were read already, from a folder of the name `sources`; otherwise as `collect` does."""
    collection = Collection(files)
    for file in files:
        found = read_rows(file)
        findings.extend(found.problems)
        if found.rows is None:
            collection.unread.add(found.kind)
        elif found.kind:
            collection.rows.setdefault(found.kind, []).extend(found.rows)
    _require_files(sources, {file.path for file in files}, findings)
    _put_topics_in_order(collection)
    collection.waiting = [row for row in collection.of("topic") if not row.get("accepted", True)]
    if collection.waiting and not with_drafts:
        collection.rows["topic"] = [row for row in collection.of("topic") if row.get("accepted", True)]
    return collection


def _require_files(sources: str, paths: set[str], findings: Findings) -> None:
    guide_alone = not any(path.startswith("catalogue/") for path in paths)
    for path, schema in FILES.items():
        if guide_alone and path.startswith("catalogue/"):
            continue  # a guide may do without a catalogue; one that has some of it has all of it
        if path not in paths and path not in PROGRAM_FILES and not schema.optional:
            findings.add(f"{sources}/{path}", 1, "the file is missing", f"Restore it; it holds '{schema.holds}:'.")
    if not guide_alone and not paths.intersection(PROGRAM_FILES):
        findings.add(f"{sources}/{PROGRAM_FILES[0]}", 1, "the file is missing", "Restore it (or programs.csv).")


def _put_topics_in_order(collection: Collection) -> None:
    """Sort topics by the order of sections.yml, then by the order in the file; unknown sections come last."""
    order = {row.get("key"): position for position, row in enumerate(collection.of("section"))}
    collection.of("topic").sort(key=lambda row: order.get(row.get("key", "").split("/")[0], len(order)))
