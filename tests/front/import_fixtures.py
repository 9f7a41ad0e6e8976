"""Imports of small real files into a catalogue of a test's own, in this process or by the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from catalogue.importing.importer import ImportOptions, carry_out, prepare
from catalogue.importing.report import Report, report_lines
from catalogue.records import ProgramRecord
from catalogue.store.reader import CatalogueReader
from catalogue.store.writer import FILE_NAME
from core.settings import Settings
from tests.front.fork_server import run_command


@dataclass(frozen=True)
class Imported:
    """What came of an import: its report, the proposed or given mapping, and all programs of the catalogue."""

    report: Report
    mapping: str
    programs: list[ProgramRecord]

    @property
    def text(self) -> str:
        """Return the report in words."""
        return "\n".join(report_lines(self.report))

    @property
    def only(self) -> ProgramRecord:
        """Return the one program that there is."""
        (program,) = self.programs
        return program


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file into a folder and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def bring(folder: Path, content: str | bytes, mapping: str = "", name: str = "courses.csv", **options: Any) -> Imported:
    """Import one file, with a mapping or the proposed one."""
    path = write(folder, name, content)
    if mapping:
        options["mapping"] = write(folder, "mapping.yml", mapping)
    how = ImportOptions(**options)
    prepared = prepare(folder / "catalogue", [path], how)
    report = carry_out(folder / "catalogue", prepared, how)
    return Imported(report, prepared.mapping.text, programs(folder))


def programs(folder: Path) -> list[ProgramRecord]:
    """Return all programs that the catalogue of a folder has, none if there is no catalogue."""
    path = folder / "catalogue" / FILE_NAME
    return list(CatalogueReader(path).all_records()) if path.is_file() else []


def value_of(folder: Path, field: str, cell: str, options: str = "", section: str = "program") -> Imported:
    """Import one program whose field comes from a cell; `options` are those beside the column: ", unit: weeks"."""
    mapping = "program:\n  source_key: id\n  name: name\n"
    line = f"  {field}: {{from: x{options}}}\n"
    mapping += line if section == "program" else f"offerings:\n{line}"
    quoted = cell.replace('"', '""')
    return bring(folder, f'id,name,x\n1,One,"{quoted}"\n', mapping)


def advisor(folder: Path, *arguments: str) -> CompletedProcess[str]:
    """Run a command of the advisor with a catalogue in this folder."""
    ours = {
        "ADVISOR_VAR_DIR": str(folder),
        "ADVISOR_KNOWLEDGE_DB": str(Settings().knowledge_db),
        "ADVISOR_CATALOGUE_DIR": str(folder / "catalogue"),
    }
    return run_command(*arguments, environment={**os.environ, **ours})
