"""`advisor guide import`: reads files, proposes topics, writes a draft; `advisor guide accept` accepts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from guide_import.draft import About, replace_files, taken_phrasings, write_draft
from guide_import.errors import ImportRefused
from guide_import.proposal import Encode, Proposed, propose
from guide_import.readers.reader import read_file
from guide_import.records import LeftOut, Passage
from guide_import.report import report_of
from knowledge.building.build import check_drafts
from knowledge.building.load import collect
from knowledge.building.source_rows import Row
from knowledge.building.sources import Findings
from knowledge.errors import SourcesRefused

WAITING = re.compile(r"^(\s*(?:- )?accepted:\s*)false\b")


@dataclass(frozen=True)
class Imported:
    """The result of an import: the new topics by file, what was left out, and the report."""

    written: dict[str, list[str]]
    left: list[LeftOut]
    report: str


@dataclass(frozen=True)
class Found:
    """What is proposed from files, how many passages each held, and the title of the first that has one."""

    proposed: Proposed
    counts: dict[str, int]
    title: str


def propose_from(files: Sequence[Path], encode: Encode, taken: Sequence[str] = ()) -> Found:
    """Return what is proposed from files; `taken` are phrasings that the guide has already.

    Raises FileRefused, or ImportRefused if nothing new is in them.
    """
    passages: list[tuple[str, Passage]] = []
    left: list[LeftOut] = []
    counts: dict[str, int] = {}
    title = ""
    for path in files:
        reading = read_file(path)
        title = title or reading.title
        fallback = reading.title or path.stem.replace("-", " ").replace("_", " ").capitalize()
        found = [replace(each, section=each.section or fallback) for each in reading.passages]
        passages += [(path.name, each) for each in found]
        left += [
            replace(each, place=f"{path.name}, {each.place}" if each.place else path.name) for each in reading.left
        ]
        counts[path.name] = len(found)
    proposed = propose(passages, encode, taken)
    proposed.left[:0] = left
    if not proposed.topics:
        raise ImportRefused(_nothing(proposed, files))
    return Found(proposed, counts, title)


def import_guide(files: Sequence[Path], folder: Path, about: About | None, encode: Encode) -> Imported:
    """Make a draft of the files in a folder, or add to the pack that is there; `about` may be left out for the latter.

    Raises FileRefused or ImportRefused; nothing is changed then.
    """
    found = propose_from(files, encode, taken_phrasings(folder) if folder.exists() else ())
    report = report_of(found.counts, found.proposed)
    written = write_draft(folder, found.proposed.topics, _about(about, found.title), report)
    return Imported(written, found.proposed.left, report)


def _about(about: About | None, title: str) -> About:
    """Return what a new pack says of itself; without a subject, the title of the first file."""
    about = about or About("")
    return about if about.subject else replace(about, subject=title or "what this guide is about")


def _nothing(proposed: Proposed, files: Iterable[Path]) -> str:
    why = f" The first that was left out: {proposed.left[0].what} ({proposed.left[0].why})." if proposed.left else ""
    return f"Nothing new was found in {', '.join(path.name for path in files)}, so nothing was written.{why}"


def check_guide(folder: Path) -> list[str]:
    """Return the keys of the topics that wait to be accepted; raises SourcesRefused if there are problems, accepted or not."""
    if not (folder / "knowledge/guide").is_dir():
        raise ImportRefused(f"{folder}: this folder is no guide pack: it has no knowledge/guide.")
    problems, waiting = check_drafts(folder / "knowledge")
    if problems:
        raise SourcesRefused(problems)
    return waiting


def accept(folder: Path, keys: Sequence[str]) -> list[str]:
    """Accept topics of a draft, or all of them if no keys are given; return the keys of those that were waiting.

    Raises SourcesRefused if the draft has problems, ImportRefused for a key that is not waiting or a file that cannot be
    written; all are accepted then, or none.
    """
    findings = Findings()
    collection = collect(folder / "knowledge", findings, with_drafts=True)
    if findings:
        raise SourcesRefused(findings)
    waiting = {row["key"]: row for row in collection.waiting}
    if unknown := [key for key in keys if key not in waiting]:
        raise ImportRefused(
            f"{unknown[0]}: no topic of this key is waiting in {folder}. ./advisor guide check {folder} lists them."
        )
    chosen = [row for key, row in waiting.items() if not keys or key in keys]
    texts = {folder / name: _accepted(folder / name, name, chosen) for name in {row.file for row in chosen}}
    replace_files(texts)
    return [row["key"] for row in chosen]


def _accepted(path: Path, name: str, chosen: Iterable[Row]) -> str:
    """Return the text of a file with its topics among the chosen ones accepted."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for row in chosen:
        if row.file == name:
            at = row.line_of("accepted") - 1
            lines[at] = WAITING.sub(r"\1true", lines[at])
    return "".join(lines)
