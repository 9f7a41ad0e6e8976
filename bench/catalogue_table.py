"""Writes made-up programs as a table that an office might keep, and imports it."""

from __future__ import annotations

import csv
import gc
import time
from collections.abc import Iterator
from pathlib import Path

from bench.catalogue_records import programs
from own_programs.importing.importer import ImportOptions, carry_out, prepare
from own_programs.records import Offering, ProgramRecord

MAPPING = """
program:
  source_key: code
  name: title
  description: about
  type: kind
  provider: college
  subjects: {from: fields, separator: ";"}
  skills: {from: learned, separator: ";"}
  level: level
  credits: {from: points, unit: ECTS}
  hours: work
  weeks: length
  prices: fee
offerings: {start: begins, deadline: closes, mode: delivery, schedule: timetable, place: town}
"""
HEADER = (
    *("code", "title", "about", "kind", "college", "fields", "learned", "level", "points", "work", "length", "fee"),
    *("begins", "closes", "delivery", "timetable", "town"),
)


def rows_a_second(folder: Path, size: int) -> float:
    """Return how many rows a second of this thread's processor time are imported from a table, reading it included."""
    table, mapping = folder / "courses.csv", folder / "mapping.yml"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for program in programs(size):
            writer.writerows(_rows(program))
    mapping.write_text(MAPPING, encoding="utf-8")
    options = ImportOptions(source="office", mapping=mapping)
    gc.disable()  # as the command does
    begun = time.thread_time()
    report = carry_out(folder / "office", prepare(folder / "office", [table], options), options)
    seconds = time.thread_time() - begun
    gc.enable()
    if report.new != size:
        raise RuntimeError(f"{report.new} of {size} programs were imported")
    return report.rows / seconds


def _rows(program: ProgramRecord) -> Iterator[tuple[object, ...]]:
    """Yield a row for each offering, as exports of timetables have them."""
    credits = program.credits[0].amount if program.credits else ""
    of_program = (
        *(program.source_key, program.name, program.description, program.type, program.provider),
        *("; ".join(program.subjects), "; ".join(program.skills), program.level, credits),
        *(program.hours or "", program.weeks or ""),
    )
    for one in program.offerings or (Offering(),):
        price = next(iter(one.prices or program.prices), None)
        yield (
            *of_program,
            *(f"{price.amount:g} {price.currency}" if price else "", one.start or "", one.deadline or ""),
            *(one.mode, one.schedule, one.place),
        )
