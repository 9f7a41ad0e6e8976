"""Imports files into the catalogue: reads, decides how columns are read, assembles, keeps all or nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from own_programs.errors import FileUnreadable, ImportUsage
from own_programs.importing.assembly import Assembly, Progress, Refusal
from own_programs.importing.columns import unplaced
from own_programs.importing.conversions.base import Finding, Reading, Unreadable
from own_programs.importing.conversions.money import as_currency
from own_programs.importing.conversions.numbers import readings
from own_programs.importing.fields import DATES, FieldReader, conditions, matches
from own_programs.importing.mapping import Mapping, load_mapping, parse_mapping, with_read
from own_programs.importing.own_files import own_programs
from own_programs.importing.proposal import propose, vocabulary_text
from own_programs.importing.readers.reader import read_file
from own_programs.importing.report import Question, Report, unmapped_lines
from own_programs.importing.rows import Batch, Row
from own_programs.records import BY_HAND, ProgramRecord, changed_parts
from own_programs.search.everyday import everyday_names
from own_programs.store.edits import Edit
from own_programs.store.transaction import CHANGED, NEW, SAME, CatalogueWriter
from own_programs.store.writer import FILE_NAME, writing

SOURCE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
OWN = "program: {source_key: program_key, name: name}"  # of files with our own columns; what else they hold is read exactly
MOST_REMOVED = 0.2  # share of a source's programs that an import removes without being told twice
DATED = re.compile(r"(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d$")  # "courses-2027-03-01" is the source "courses"


@dataclass(frozen=True)
class ImportOptions:
    """How an import is done. `read` are options of a mapping's `read`, for this time.

    `sure` says that `remove_missing` is meant, however many programs that removes. `keep_edits` leaves programs as staff made
    them in the console.
    """

    source: str = ""
    mapping: Path | None = None
    dry_run: bool = False
    partial: bool = False
    remove_missing: bool = False
    sure: bool = False
    checked_on: date | None = None
    read: dict[str, Any] = field(default_factory=dict)
    keep_edits: bool = False


@dataclass(frozen=True)
class Prepared:
    """Files that have been read, with the mapping for them; `proposed` says that nobody has seen it yet.

    `own` are the programs of files that we exported ourselves, which need no mapping.
    """

    source: str
    mapping: Mapping
    kept_at: Path
    batches: list[Batch]
    files: list[Path]
    proposed: bool = False
    own: list[ProgramRecord] | None = None


def source_name(files: Sequence[Path], wanted: str) -> str:
    """Return the name of a source: the one that is wanted, or the file's own without a date at its end."""
    if wanted:
        if not SOURCE_NAME.fullmatch(wanted):
            raise ImportUsage(f"{wanted} cannot be a source's name: small letters, digits, hyphens and dots, please.")
        return _of_files(wanted)
    if len(files) > 1:
        raise ImportUsage("Several files are one source together: name it with --source NAME.")
    stem = DATED.sub("", files[0].name.split(".")[0]).lower()
    name = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:80]
    if not name:
        raise ImportUsage(f"{files[0].name} gives no name for a source: name it with --source NAME.")
    return _of_files(name)


def _of_files(name: str) -> str:
    if name == BY_HAND:
        raise ImportUsage(f"{name} is the source of what staff enter in the console: give the files another one.")
    return name


def prepare(folder: Path, files: Sequence[Path], options: ImportOptions) -> Prepared:
    """Read files and find or propose their mapping; nothing is written.

    `folder` is the catalogue's (`settings.catalogue_dir`). Raises FileUnreadable, MappingWrong, ImportUsage.
    """
    source = source_name(files, options.source)
    kept_at = folder / "mappings" / f"{source}.yml"
    place = options.mapping or (kept_at if kept_at.is_file() else None)
    mapping = load_mapping(place) if place else None
    read = {**(mapping.read if mapping else {}), **options.read}
    batches = [read_file(path, read) for path in files]
    for path, batch in zip(files, batches, strict=True):
        if not batch.rows and not batch.refused:
            raise FileUnreadable(f"{path}: the file has a header, but no rows. The catalogue is as it was.")
    own = None if options.mapping else own_programs(files, batches, source)
    if own is not None:
        return Prepared(source, parse_mapping(OWN, "our own columns and terms"), kept_at, batches, list(files), own=own)
    if mapping:
        return Prepared(source, mapping, kept_at, batches, list(files))
    vocabulary = next((batch.vocabulary for batch in batches if batch.vocabulary), "")
    if vocabulary:
        mapping = parse_mapping(vocabulary_text(vocabulary, files[0].name, options.read), str(kept_at))
        return Prepared(source, mapping, kept_at, batches, list(files))
    text = propose(batches, files[0].name, options.read)
    return Prepared(source, parse_mapping(text, str(kept_at)), kept_at, batches, list(files), proposed=True)


def keep_mapping(prepared: Prepared, read: dict[str, Any]) -> list[str]:
    """Write the mapping where the next import of its source finds it, with what was told of reading this time.

    Returns the names of those options that the mapping did not have.
    """
    if prepared.own is not None:
        return []
    new = {name: value for name, value in read.items() if prepared.mapping.read.get(name) != value}
    text = with_read(prepared.mapping.text, new) if new else prepared.mapping.text
    prepared.kept_at.parent.mkdir(parents=True, exist_ok=True)
    if not prepared.kept_at.is_file() or prepared.kept_at.read_text(encoding="utf-8") != text:
        prepared.kept_at.write_text(text, encoding="utf-8")
    return list(new)


def carry_out(
    folder: Path,
    prepared: Prepared,
    options: ImportOptions,
    progress: Progress = lambda done, of: None,
    master: str = "",
) -> Report:
    """Import what was prepared and return what has happened; nothing is kept if the report says that it is blocked.

    `master` is as for `own_programs.store.writer.writing`.
    """
    mapping, read = prepared.mapping, {**prepared.mapping.read, **options.read}
    report = Report(prepared.source, _mapping_words(prepared), partial=options.partial, dry_run=options.dry_run)
    rows = _rows(prepared, report)
    for path, batch in zip(prepared.files, prepared.batches, strict=True):
        count = len(batch.rows)
        report.files.append(f"{path.name}: {batch.kind}, {count:,} {'row' if count == 1 else 'rows'}.")
        report.remarks += [f"{path.name}: {note}." for note in batch.notes]
        report.refused += [Refusal(place, "", reason, remedy) for place, reason, remedy in batch.refused]
    if prepared.own is not None:
        report.rows, report.programs = len(rows), len(prepared.own)
        _keep(folder / FILE_NAME, master, prepared, prepared.own, options, report)
        return report
    readers = [FieldReader(each, mapping.empty, read) for each in mapping.fields]
    for reader in readers:
        _settle(reader, rows, read, report)
        currency = None if options.partial else reader.open_currency(rows)
        if currency:  # asked once and beside the other questions, not of each row
            report.questions.append(Question(reader.field.label, currency.reason, currency.remedy))
    report.rows = len(rows) + len(report.refused)
    report.questions += _gone_columns(prepared)
    report.unplaced = unplaced(prepared.batches, mapping.used_paths(), mapping.ignore)
    assembly = Assembly(mapping, readers, prepared.source, options.checked_on)
    if report.questions:
        return report
    assembly.add_all(rows, len(rows), progress)
    programs = assembly.programs()
    report.refused += assembly.refused
    report.notes, report.programs = assembly.notes, len(programs)
    if not report.blocked:
        _keep(folder / FILE_NAME, master, prepared, programs, options, report)
    return report


def _rows(prepared: Prepared, report: Report) -> list[Row]:
    """Return the rows of all files, without those that the mapping's `only` leaves out."""
    rows = [row for batch in prepared.batches for row in batch.rows]
    wanted = conditions(prepared.mapping.only)
    kept = [row for row in rows if matches(row, wanted)] if wanted else rows
    left = len(rows) - len(kept)
    if left:
        report.remarks.append(f"Left out by `only` in the mapping: {left:,} {'row' if left == 1 else 'rows'}.")
    return kept


def _gone_columns(prepared: Prepared) -> list[Question]:
    """Return what a mapping of tables reads and the files do not have: a renamed column must not empty a field."""
    names = {name for batch in prepared.batches for name in batch.columns}
    if prepared.mapping.vocabulary or not all(batch.columns for batch in prepared.batches):
        return []  # what JSON states nowhere has no name
    remedy = f"name its new column in {prepared.kept_at}, or take the line out"
    return [
        Question(label, f"the file has no column {' or '.join(wanted)}", remedy)
        for label, wanted in prepared.mapping.columns()
        if not names & set(wanted)
    ]


def _mapping_words(prepared: Prepared) -> str:
    if prepared.own is not None:
        return "none needed: the files have our own columns or terms"
    built = prepared.mapping.vocabulary
    return f"{prepared.kept_at}" + (f" (built in: {built})" if built else "")


def _settle(reader: FieldReader, rows: list[Row], read: dict[str, Any], report: Report) -> None:
    """Decide how a column's numbers or dates are read, or add the question that it leaves open."""
    of_dates = reader.field.conversion in DATES
    key = "dates" if of_dates else "decimal"
    told = str(reader.field.options.get(key) or read.get(key) or "")
    if told:
        reader.reading = Reading(day_first=told == "day-first") if of_dates else Reading(decimal=told)
        return
    finding = reader.find_reading(rows)
    if finding is None:
        return
    if finding.question:
        remedy = _remedy(key, finding, report.mapping.partition(" (")[0])
        report.questions.append(Question(reader.field.label, finding.question, remedy))
    elif finding.answer:
        reader.reading = Reading(day_first=finding.answer == "day") if of_dates else Reading(decimal=finding.answer)
        words = f"{finding.answer} first" if of_dates else f'decimal mark "{finding.answer}"'
        report.readings.append(f"{reader.field.label}: {words}, as in {finding.example}")


def _remedy(key: str, finding: Finding, place: str) -> str:
    where = f"to keep it, write `{key}:` beside the column or under `read:` in {place}"
    if not finding.example:
        return f"make the column one of a kind, or say how it is meant: --{key}; {where}"
    if key == "dates":
        return f"say which comes first: --dates day-first or --dates month-first; {where}"
    mark = "." if "." in finding.example else ","
    other = "," if mark == "." else "."
    whole, part = readings(finding.example)
    return f"say which: --decimal '{other}' for {whole}, --decimal '{mark}' for {part}; {where}"


class _Trial(Exception):
    """Ends the transaction of a trial, so that nothing of it is kept."""


def _keep(
    path: Path,
    master: str,
    prepared: Prepared,
    programs: list[ProgramRecord],
    options: ImportOptions,
    report: Report,
) -> None:
    report.everyday.update(named for program in programs for named in everyday_names(program))
    if options.dry_run and not path.is_file() and not master:
        report.new = len(programs)
        return
    with suppress(_Trial), writing(path, master) as writer:
        writer.source(
            prepared.source,
            mapping=prepared.mapping.text,
            files="\n".join(each.name for each in prepared.files),
            unmapped="\n".join(unmapped_lines(report)),
            imported_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        )
        before = writer.keys(prepared.source)
        gone = before - {program.source_key for program in programs} - {each.source_key for each in report.refused}
        counts = dict.fromkeys((NEW, CHANGED, SAME), 0)
        for outcome in writer.put_all(_beside_edits(writer, programs, options, report)):
            counts[outcome] += 1
        report.new, report.changed, report.same = counts[NEW], counts[CHANGED], counts[SAME]
        if any(not each.source_key for each in report.refused) and gone:
            report.remarks.append(
                f"{len(gone):,} programs of last time were not found, but some refused rows have no identity that could be "
                "read, so none of them counts as missing."
            )
            gone = set()
        _end_missing(writer, prepared.source, gone, len(before), options, report)
        if options.dry_run:
            raise _Trial


def _beside_edits(
    writer: CatalogueWriter, programs: list[ProgramRecord], options: ImportOptions, report: Report
) -> list[ProgramRecord]:
    """Return the programs as they are to be kept, and report what becomes of those that staff changed in the console."""
    edits = writer.standing_edits(programs[0].source) if programs else {}
    kept = []
    for program in programs:
        edit = edits.get(program.source_key)
        told = _what_changed(edit, program) if edit else ""
        if told:
            kept_or_not = report.edits_kept if options.keep_edits else report.overwritten
            kept_or_not.append(f"{program.name} ({program.source_key}): {told}")
        if edit is None or not options.keep_edits:
            kept.append(program)
        elif edit.after is not None:
            kept.append(edit.after)
    return kept


def _what_changed(edit: Edit, program: ProgramRecord) -> str:
    """Return what staff changed of a program, who and when; nothing if the files say the same."""
    parts = changed_parts(edit.after, program) if edit.after else []
    what = f"{', '.join(parts)}, changed" if parts else "" if edit.after else "removed"
    return what and f"{what} by {edit.who} on {edit.at:%Y-%m-%d}"


def _end_missing(
    writer: CatalogueWriter, source: str, gone: set[str], before: int, options: ImportOptions, report: Report
) -> None:
    """Mark what the source no longer holds, or remove it, with what was missing before."""
    if options.remove_missing:
        missing = writer.missing_keys(source) - gone
        gone = gone | missing
        _require_sure(source, len(gone), before + len(missing), options, report)
    report.missing = writer.names(source, gone)
    for key in gone:
        if options.remove_missing:
            report.removed += writer.remove(source, key)
        else:
            writer.mark_missing(source, key, date.today())


def _require_sure(source: str, removed: int, of: int, options: ImportOptions, report: Report) -> None:
    """Ask before many programs are removed: a trial notes it in its report, an import raises ImportUsage."""
    if options.sure or removed <= MOST_REMOVED * of:
        return
    words = f"This removes {removed:,} of {of:,} programs of {source}, more than a fifth. If that is meant, say so with --yes"
    if not options.dry_run:
        raise ImportUsage(f"{words}; without --remove-missing they are kept, and found no more. Nothing was changed.")
    report.unsure = True
    report.remarks.append(f"{words}.")


def read_day(text: str) -> date | None:
    """Return the day of `--checked-on`, or None if it is not said; raises ImportUsage."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ImportUsage(f"--checked-on {text}: a day is written as 2027-03-01.") from None


def read_options(told: dict[str, str]) -> dict[str, Any]:
    """Return those options of the command line that say how files are read; raises ImportUsage."""
    found = {name: value for name, value in told.items() if value}
    for name, choices in {"decimal": (".", ","), "dates": ("day-first", "month-first")}.items():
        if name in found and found[name] not in choices:
            raise ImportUsage(f"--{name} {found[name]}: it is {choices[0]} or {choices[1]}.")
    if "currency" in found:
        try:
            found["currency"] = as_currency(found["currency"])
        except Unreadable as error:
            raise ImportUsage(f"--currency: {error.reason}; {error.remedy}.") from None
    return dict(found)
