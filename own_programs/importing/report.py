"""What an import has done, and the same in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from own_programs.importing.assembly import Refusal
from own_programs.importing.columns import Column
from own_programs.importing.fields import Notes

MOST_UNMAPPED = 50  # columns, and kinds of values, that are kept with the source
SHOWN_ROWS, SHOWN_NAMES, SHOWN_NOTES, SHOWN_COLUMNS = 5, 10, 20, 30


@dataclass(frozen=True)
class Question:
    """What a file leaves open: both readings, and what to write."""

    label: str
    question: str
    remedy: str


@dataclass
class Report:
    """The outcome of an import. Nothing was kept if `questions` or, without `partial`, `refused` hold anything."""

    source: str
    mapping: str
    files: list[str] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    rows: int = 0
    programs: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    missing: list[str] = field(default_factory=list)
    removed: int = 0
    overwritten: list[str] = field(default_factory=list)
    edits_kept: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    unplaced: list[Column] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    partial: bool = False
    dry_run: bool = False
    unsure: bool = False  # whether it would remove so many programs that an import asks first

    @property
    def kept(self) -> bool:
        """Return whether the catalogue has what the files state."""
        return not self.dry_run and not self.blocked

    @property
    def blocked(self) -> bool:
        """Return whether something must be put right first."""
        return bool(self.questions) or bool(self.refused) and not self.partial


def report_lines(report: Report) -> Iterator[str]:
    """Yield the report in plain words, line by line."""
    yield from report.files
    yield f"Mapping: {report.mapping}"
    yield from (f"  {reading}" for reading in report.readings)
    yield from report.remarks
    yield from _columns(report)
    yield from _notes(report)
    yield from _refused(report)
    yield from _questions(report)
    yield from _outcome(report)


def unmapped_lines(report: Report) -> Iterator[str]:
    """Yield a line for each column and each kind of value that came to nothing, for those who keep the source true."""
    for column in report.unplaced[:MOST_UNMAPPED]:
        times = f"{column.filled:,} {_times(column.filled)}"
        yield " ".join(f"the column {column.name} has no place: filled {times}, such as {column.sample}".split())
    found = sorted(report.notes.found.items(), key=lambda pair: -pair[1].count)
    for (label, reason), note in found[:MOST_UNMAPPED]:
        examples = f": {'; '.join(note.examples)}" if note.examples else ""
        yield " ".join(f"{label}: {reason}{examples} ({note.count:,} {_times(note.count)})".split())


def open_lines(report: Report) -> Iterator[str]:
    """Yield what hinders an import, line by line; nothing if all is well."""
    yield from _refused(report)
    yield from _questions(report)


def _columns(report: Report) -> Iterator[str]:
    if report.unplaced:
        yield "These columns have no place in a program, so they were not taken (a line in the mapping gives them one):"
        for column in report.unplaced[:SHOWN_COLUMNS]:
            yield f"  {column.name}: filled {column.filled:,} {_times(column.filled)}, such as {column.sample}"

        if len(report.unplaced) > SHOWN_COLUMNS:
            yield f"  ... and {len(report.unplaced) - SHOWN_COLUMNS:,} more: " + ", ".join(
                column.name for column in report.unplaced[SHOWN_COLUMNS:]
            )


def _notes(report: Report) -> Iterator[str]:
    found = sorted(report.notes.found.items(), key=lambda pair: -pair[1].count)
    if found:
        yield "Left out or changed:"
    for (label, reason), note in found[:SHOWN_NOTES]:
        examples = f": {'; '.join(note.examples)}" if note.examples else ""
        yield f"  {label}: {reason}{examples} ({note.count:,} {_times(note.count)}, first {note.place})"
        if note.remedy:
            yield f"    What to do: {note.remedy}."
    if len(found) > SHOWN_NOTES:
        yield f"  ... and {len(found) - SHOWN_NOTES:,} more of this kind"


def _refused(report: Report) -> Iterator[str]:
    if not report.refused:
        return
    yield f"Refused: {len(report.refused):,} {'row' if len(report.refused) == 1 else 'rows'}."
    groups: dict[tuple[str, str], list[Refusal]] = {}
    for each in report.refused:
        groups.setdefault((each.label, each.remedy), []).append(each)
    for (label, remedy), members in groups.items():
        for each in members[:SHOWN_ROWS]:
            yield f"  {each.place}: {f'{label}: ' if label else ''}{each.reason}"
        if len(members) > SHOWN_ROWS:
            yield f"  ... and {len(members) - SHOWN_ROWS:,} more like these, the last at {members[-1].place}"
        if remedy:
            yield f"    What to do: {remedy}."


def _questions(report: Report) -> Iterator[str]:
    if report.questions:
        yield "This must be said first:"
    for each in report.questions:
        yield f"  {each.label}: {each.question}."
        yield f"    What to do: {each.remedy}."


def _outcome(report: Report) -> Iterator[str]:
    if report.blocked:
        hint = "" if report.questions else " To take the other rows all the same: --partial."
        yield f"Nothing was imported; the catalogue is as it was.{hint}"
        return
    would = "would be " if report.dry_run else ""
    yield (
        f"{report.source}: read {report.rows:,} {'row' if report.rows == 1 else 'rows'}, "
        f"{report.programs:,} {'program' if report.programs == 1 else 'programs'}: "
        f"{report.new:,} {would}new, {report.changed:,} {would}changed, {report.same:,} the same."
    )
    yield from _missing(report, would)
    yield from _edits(report, would)
    if report.dry_run:
        yield "This was a trial: the catalogue is as it was."


def _missing(report: Report, would: str) -> Iterator[str]:
    if report.missing:
        what = f"{would}removed" if report.removed else f"{would}kept, but found no more"
        yield f"Missing since last time, {what}: {len(report.missing):,}."
        yield from (f"  {name}" for name in report.missing[:SHOWN_NAMES])
        if len(report.missing) > SHOWN_NAMES:
            yield f"  ... and {len(report.missing) - SHOWN_NAMES:,} more"


def _edits(report: Report, would: str) -> Iterator[str]:
    """Yield what becomes of what staff changed in the console."""
    told = {
        f"Changed in the console, and {would}overwritten by these files": report.overwritten,
        f"Changed in the console, and {would}kept so": report.edits_kept,
    }
    for title, names in told.items():
        if names:
            yield f"{title}: {len(names):,}."
            yield from (f"  {name}" for name in names[:SHOWN_NAMES])
            if len(names) > SHOWN_NAMES:
                yield f"  ... and {len(names) - SHOWN_NAMES:,} more"
    if report.overwritten:
        yield "    What to do: change them where they come from, or import with --keep-edits."


def _times(count: int) -> str:
    return "time" if count == 1 else "times"
