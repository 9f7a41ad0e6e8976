"""What an import has done, and the same in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.translations import gettext as _
from core.translations import ngettext
from own_programs.importing.assembly import Refusal
from own_programs.importing.columns import Column
from own_programs.importing.fields import Notes

MOST_UNMAPPED = 50  # columns, and kinds of values, that are kept with the source
SHOWN_ROWS, SHOWN_NAMES, SHOWN_NOTES, SHOWN_COLUMNS = 5, 10, 20, 30
Named = tuple[str, str]  # what it is ("subject"), and its name


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
    everyday: Counter[Named] = field(default_factory=Counter)  # names that are everyday words, with how many have them
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


Words = Callable[[str], str]  # tells what an import has found, which is made in English, in the reader's language


def report_lines(report: Report, words: Words = str) -> Iterator[str]:
    """Yield the report in plain words, line by line, in the language in use; `words` tells findings in it."""
    yield from map(words, report.files)
    yield _("Mapping: %(mapping)s") % {"mapping": words(report.mapping)}
    yield from (f"  {words(reading)}" for reading in report.readings)
    yield from map(words, report.remarks)
    yield from _columns(report)
    yield from _notes(report, words)
    yield from _everyday(report)
    yield from _refused(report, words)
    yield from _questions(report, words)
    yield from _outcome(report)


def unmapped_lines(report: Report) -> Iterator[str]:
    """Yield a line for each column and each kind of value that came to nothing, for those who keep the source true.

    They are stored with it, in English.
    """
    for column in report.unplaced[:MOST_UNMAPPED]:
        times = f"{column.filled:,} {_times_in_english(column.filled)}"
        yield " ".join(f"the column {column.name} has no place: filled {times}, such as {column.sample}".split())
    found = sorted(report.notes.found.items(), key=lambda pair: -pair[1].count)
    for (label, reason), note in found[:MOST_UNMAPPED]:
        examples = f": {'; '.join(note.examples)}" if note.examples else ""
        yield " ".join(f"{label}: {reason}{examples} ({note.count:,} {_times_in_english(note.count)})".split())


def open_lines(report: Report) -> Iterator[str]:
    """Yield what hinders an import, line by line; nothing if all is well."""
    yield from _refused(report, str)
    yield from _questions(report, str)


def _columns(report: Report) -> Iterator[str]:
    if not report.unplaced:
        return
    yield _("These columns have no place in a program, so they were not taken (a line in the mapping gives them one):")
    for column in report.unplaced[:SHOWN_COLUMNS]:
        line = _("  %(name)s: filled %(times)s, such as %(sample)s")
        yield line % {"name": column.name, "times": _times(column.filled), "sample": column.sample}
    if others := report.unplaced[SHOWN_COLUMNS:]:
        names = ", ".join(column.name for column in others)
        yield _("  ... and %(count)s more: %(names)s") % {"count": f"{len(others):,}", "names": names}


def _notes(report: Report, words: Words) -> Iterator[str]:
    found = sorted(report.notes.found.items(), key=lambda pair: -pair[1].count)
    if found:
        yield _("Left out or changed:")
    for (label, reason), note in found[:SHOWN_NOTES]:
        examples = f": {'; '.join(note.examples)}" if note.examples else ""
        place = _("first %(place)s") % {"place": words(note.place)}
        yield f"  {words(label)}: {words(reason)}{examples} ({_times(note.count)}, {place})"
        yield from _remedy(note.remedy, words)
    if len(found) > SHOWN_NOTES:
        yield _("  ... and %(count)s more of this kind") % {"count": f"{len(found) - SHOWN_NOTES:,}"}


def _everyday(report: Report) -> Iterator[str]:
    """Yield the names that are everyday words, with what makes them count as names."""
    if not report.everyday:
        return
    yield _(
        "Names that are everyday words. In a question they count only in capitals, in quotes, alone, or as a place after “in”:"
    )
    for (what, name), count in report.everyday.most_common(SHOWN_NAMES):
        of = ngettext("%(num)s program", "%(num)s programs", count) % {"num": f"{count:,}"}
        yield _("  %(what)s “%(name)s” (%(programs)s)") % {"what": _(what), "name": name, "programs": of}
    if len(report.everyday) > SHOWN_NAMES:
        yield _("  ... and %(count)s more") % {"count": f"{len(report.everyday) - SHOWN_NAMES:,}"}
    yield from _remedy(
        _("if people would miss them, give them a longer name where they come from, such as a country in full"), str
    )


def _refused(report: Report, words: Words) -> Iterator[str]:
    if not report.refused:
        return
    yield _("Refused: %(rows)s.") % {"rows": _rows(len(report.refused))}
    groups: dict[tuple[str, str], list[Refusal]] = {}
    for each in report.refused:
        groups.setdefault((each.label, each.remedy), []).append(each)
    for (label, remedy), members in groups.items():
        for each in members[:SHOWN_ROWS]:
            yield f"  {words(each.place)}: {f'{words(label)}: ' if label else ''}{words(each.reason)}"
        if len(members) > SHOWN_ROWS:
            more = {"count": f"{len(members) - SHOWN_ROWS:,}", "place": words(members[-1].place)}
            yield _("  ... and %(count)s more like these, the last at %(place)s") % more
        yield from _remedy(remedy, words)


def _questions(report: Report, words: Words) -> Iterator[str]:
    if report.questions:
        yield _("This must be said first:")
    for each in report.questions:
        yield f"  {words(each.label)}: {words(each.question)}."
        yield from _remedy(each.remedy, words)


def _remedy(remedy: str, words: Words) -> Iterator[str]:
    if remedy:
        yield _("    What to do: %(remedy)s.") % {"remedy": words(remedy)}


def _outcome(report: Report) -> Iterator[str]:
    if report.blocked:
        hint = "" if report.questions else _(" To take the other rows all the same: --partial.")
        yield _("Nothing was imported; the catalogue is as it was.") + hint
        return
    told = _("%(source)s: read %(rows)s, %(programs)s: %(new)s new, %(changed)s changed, %(same)s the same.")
    if report.dry_run:
        told = _(
            "%(source)s: read %(rows)s, %(programs)s: %(new)s would be new, %(changed)s would be changed, %(same)s the same."
        )
    programs = ngettext("%(num)s program", "%(num)s programs", report.programs) % {"num": f"{report.programs:,}"}
    numbers = {name: f"{getattr(report, name):,}" for name in ("new", "changed", "same")}
    yield told % {"source": report.source, "rows": _rows(report.rows), "programs": programs, **numbers}
    yield from _missing(report)
    yield from _edits(report)
    if report.dry_run:
        yield _("This was a trial: the catalogue is as it was.")


def _missing(report: Report) -> Iterator[str]:
    if not report.missing:
        return
    if report.removed:
        would, done = (
            _("Missing since last time, would be removed: %(count)s."),
            _("Missing since last time, removed: %(count)s."),
        )
    else:
        would = _("Missing since last time, would be kept, but found no more: %(count)s.")
        done = _("Missing since last time, kept, but found no more: %(count)s.")
    yield from _named(would if report.dry_run else done, report.missing)


def _edits(report: Report) -> Iterator[str]:
    """Yield what becomes of what staff changed in the console."""
    lost = _("Changed in the console, and overwritten by these files: %(count)s.")
    kept = _("Changed in the console, and kept so: %(count)s.")
    if report.dry_run:
        lost = _("Changed in the console, and would be overwritten by these files: %(count)s.")
        kept = _("Changed in the console, and would be kept so: %(count)s.")
    yield from _named(lost, report.overwritten)
    yield from _named(kept, report.edits_kept)
    if report.overwritten:
        yield from _remedy(_("change them where they come from, or import with --keep-edits"), str)


def _named(title: str, names: list[str]) -> Iterator[str]:
    if names:
        yield title % {"count": f"{len(names):,}"}
        yield from (f"  {name}" for name in names[:SHOWN_NAMES])
        if len(names) > SHOWN_NAMES:
            yield _("  ... and %(count)s more") % {"count": f"{len(names) - SHOWN_NAMES:,}"}


def _rows(count: int) -> str:
    return ngettext("%(num)s row", "%(num)s rows", count) % {"num": f"{count:,}"}


def _times(count: int) -> str:
    return ngettext("%(num)s time", "%(num)s times", count) % {"num": f"{count:,}"}


def _times_in_english(count: int) -> str:
    return "time" if count == 1 else "times"
