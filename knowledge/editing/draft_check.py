"""Says what is wrong with changed entries, by the build's own checks and in its words, each beside its field."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.building.generate import generated_files, name_entries
from knowledge.building.load import Collection, collect_files
from knowledge.building.source_rows import Row
from knowledge.building.sources import Findings, SourceFile, read_folder
from knowledge.building.validate import ROLES_FILE, check_all, check_roles
from knowledge.editing.entries import SCHEMAS, Change, Entry, entries_of, own_key
from knowledge.editing.name_checks import everyday_aliases
from knowledge.editing.overlay import Place, overlaid
from knowledge.errors import BuildFailed, Problem
from knowledge.required_roles import NEEDED

NAMED_FIELD = re.compile(r"^'(\w+)(?: (\d+))?'")  # at the beginning of a problem
QUOTED = re.compile(r"^'(.{1,300}?)' ")
PLACE = re.compile(r"(?<![\w./-])[\w./-]+\.(?:yml|csv):\d+")


@dataclass(frozen=True)
class EntryProblem:
    """A problem of one entry; `field` is where, such as "ask/3" or "claims/0/say", "" for the entry as a whole."""

    field: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Checked:
    """What came of checking changes.

    `problems` are those of each changed entry, `elsewhere` those of other entries. `new_kinds` are kinds of things that have a
    name for the first time, which the model knows after a training alone.
    """

    problems: Mapping[Place, tuple[EntryProblem, ...]]
    elsewhere: tuple[Problem, ...]
    new_kinds: tuple[str, ...] = ()


class SourceChecks:
    """Checks changes over the sources in a folder, which are read again when they have changed.

    Safe to share between threads: one check runs at a time.
    """

    def __init__(self, sources_dir: Path, roles: Mapping[str, str] = NEEDED) -> None:
        self._folder, self._roles = sources_dir, roles
        self._lock = threading.Lock()

    def entries(self) -> dict[Place, Entry]:
        """Return the entries as they stand in the sources."""
        with self._lock:
            return entries_of(self._collect(read_folder(self._folder), Findings()))

    def collection(self) -> Collection:
        """Return all that the sources hold."""
        with self._lock:
            return self._collect(read_folder(self._folder), Findings())

    def check(self, changes: Iterable[Change]) -> Checked:
        """Return what is wrong with changes when all of them are made."""
        with self._lock:
            return self._check(list(changes))

    def _check(self, changes: list[Change]) -> Checked:
        files = read_folder(self._folder)
        before = self._collect(files, Findings())
        try:
            live = entries_of(before)
            changed = overlaid(files, changes, live, self._folder.name)
        except BuildFailed as error:
            return Checked({}, (Problem(self._folder.name, 1, str(error), "Change the file by hand."),))
        findings = Findings()
        after = self._collect(changed, findings)
        check_all(after, findings)
        check_roles(after, findings, self._roles, f"{self._folder.name}/{ROLES_FILE}")
        places = _Places(after)
        mine = {(change.kind, change.key) for change in changes}
        problems: dict[Place, list[EntryProblem]] = {place: [] for place in mine}
        elsewhere = []
        for problem in sorted(set(findings)):
            owner, told = places.owner_of(problem, mine)
            if owner in mine:
                problems[owner].append(told)
            else:
                elsewhere.append(problem)
        for change in changes:
            entry = live.get((change.kind, change.key))
            everyday = everyday_aliases(entry.content if entry else None, change.content, before)
            problems[change.kind, change.key] += [_no_name(at, alias) for at, alias in everyday]
        kinds = () if findings else new_kinds(before, after)
        kept = {place: tuple(dict.fromkeys(each)) for place, each in problems.items()}
        return Checked(kept, tuple(elsewhere), kinds)

    def _collect(self, files: list[SourceFile], findings: Findings) -> Collection:
        return collect_files(files, self._folder.name, findings)


def _no_name(at: int, alias: str) -> EntryProblem:
    what = f"'{alias}' is a word of everyday messages, and no name"
    return EntryProblem(f"aliases/{at}", what, "It would be found wherever it stands. Write a longer name.")


class _Places:
    """Finds the entry and the field that a line of the sources belongs to."""

    def __init__(self, collection: Collection) -> None:
        self._rows: dict[str, list[tuple[int, Row]]] = {}
        for kind in SCHEMAS:
            for row in collection.of(kind):
                self._rows.setdefault(row.file, []).append((row.line, row))
        for rows in self._rows.values():
            rows.sort(key=lambda each: each[0])

    def owner_of(self, problem: Problem, mine: set[Place]) -> tuple[Place, EntryProblem]:
        """Return the entry that a problem is told of, one of `mine` if it is in conflict with another, and what is told."""
        row = self._row_at(problem.file, problem.line)
        owner = _place(row)
        other = PLACE.search(problem.remedy)
        if owner in mine or not other:
            path = _field_at(row, problem) if row else ""
            return owner, EntryProblem(path, problem.what, self._readable(problem.remedy))
        file, line = other[0].rsplit(":", 1)
        theirs = self._row_at(file, int(line))
        if _place(theirs) in mine and theirs and row:
            path = _field_at(theirs, replace(problem, line=int(line)))
            remedy = PLACE.sub(f"“{_title(row)}”", problem.remedy).replace("It stands first in", "It stands in")
            return _place(theirs), EntryProblem(path, problem.what, remedy)
        return owner, EntryProblem("", problem.what, problem.remedy)

    def _readable(self, remedy: str) -> str:
        """Return a remedy in which a line of a file is told by the title of its entry."""

        def told(found: re.Match[str]) -> str:
            file, line = found[0].rsplit(":", 1)
            row = self._row_at(file, int(line))
            return f"“{_title(row)}”" if row else found[0]

        return PLACE.sub(told, remedy)

    def _row_at(self, file: str, line: int) -> Row | None:
        before = [row for first, row in self._rows.get(file, []) if first <= line]
        return before[-1] if before else None


def _title(row: Row) -> str:
    return str(row.get("title") or row.get("name") or own_key(row.kind, row.values))


def _place(row: Row | None) -> Place:
    return (row.kind, own_key(row.kind, row.values)) if row else ("", "")


def _field_at(row: Row, problem: Problem) -> str:
    """Return the field of an entry that a problem is in."""
    if _is_one_line(row):
        return _field_of_line(row, problem)
    for name, line in row.lines.items():
        values = row.values.get(name)
        if isinstance(values, list) and values and isinstance(values[0], Row):
            inside = _row_inside(name, values, problem)
            if inside:
                return inside
        elif isinstance(line, list) and problem.line in line:
            return name if len(set(line)) < len(line) else f"{name}/{line.index(problem.line)}"
        elif line == problem.line and line != row.line:
            return name
    named = NAMED_FIELD.match(problem.what)
    if named and named[1] in SCHEMAS.get(row.kind, {}):
        return f"{named[1]}/{int(named[2]) - 1}" if named[2] else named[1]
    return "key" if problem.line == row.line and "key" in problem.what else ""


def _is_one_line(row: Row) -> bool:
    """Return whether an entry stands on one line, so that lines tell nothing of its fields."""
    lines = {each for line in row.lines.values() for each in (line if isinstance(line, list) else [line])}
    return lines == {row.line}


def _field_of_line(row: Row, problem: Problem) -> str:
    """Return the field that a problem names, or the one that holds the words that it begins with."""
    named, quoted = NAMED_FIELD.match(problem.what), QUOTED.match(problem.what)
    if named and named[1] in SCHEMAS.get(row.kind, {}):
        return named[1]
    words = quoted[1].casefold() if quoted else ""
    for name, value in row.values.items():
        texts = value if isinstance(value, list) else [value]
        if words and words in [str(each).casefold() for each in texts]:
            return name
    return "key" if "key" in problem.what else ""


def _row_inside(name: str, rows: list[Row], problem: Problem) -> str:
    """Return the field of one of an entry's own rows (a claim, an item) that a problem is in, or ""."""
    before = [number for number, row in enumerate(rows) if row.line <= problem.line]
    if not before:
        return ""
    number = before[-1]
    last = max(line for each in rows[number].lines.values() for line in (each if isinstance(each, list) else [each]))
    if problem.line > last and number == len(rows) - 1:
        return ""
    for field, line in rows[number].lines.items():
        if isinstance(line, list) and problem.line in line:
            return f"{name}/{number}/{field}"
        if line == problem.line and line != rows[number].line:
            return f"{name}/{number}/{field}"
    named = NAMED_FIELD.match(problem.what)
    return f"{name}/{number}/{named[1]}" if named else f"{name}/{number}"


def must_be_learned(before: Collection, after: Collection) -> bool:
    """Return whether the model must learn for the changes: other ways of asking, or names of a kind that had none before."""
    return generated_files(before)["topics.yml"] != generated_files(after)["topics.yml"] or bool(
        new_kinds(before, after)
    )


def new_kinds(before: Collection, after: Collection) -> tuple[str, ...]:
    """Return the kinds of which there are names after the changes and none before.

    What people do with a kind of things is learned from phrasings in which its name stands for all names, so that further
    names of a kind need no training.
    """
    had, have = ({str(entry["kind"]) for entry in name_entries(each)} for each in (before, after))
    return tuple(sorted(have - had))
