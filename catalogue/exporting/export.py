"""Exports the catalogue to a file, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from catalogue.errors import CatalogueError
from catalogue.exporting import ctdl, elm, tables
from catalogue.formats import schema_org
from catalogue.records import ProgramRecord
from catalogue.store.reader import CatalogueReader
from catalogue.store.sources import require_source


@dataclass(frozen=True)
class Exported:
    """What an export wrote: how many programs, and the fields that its format has no term for."""

    programs: int
    left_out: tuple[str, ...]


Programs: TypeAlias = Iterable[ProgramRecord]
Write: TypeAlias = Callable[[Path, Programs, str], None]


def export(catalogue: Path, file: Path, form: str, source: str | None = None, language: str = "en") -> Exported:
    """Write all programs, or those of one source, to a file in one of FORMATS, in place of what is there.

    `language` is the BCP 47 tag of the catalogue's texts, which only `ctdl` and `elm` tell. Raises CatalogueError if
    there is no catalogue or no such source, or the file cannot be written.
    """
    write, left_out = FORMATS[form]
    with closing(CatalogueReader(catalogue)) as reader:
        if source is not None:
            require_source(reader, source)
        programs = _Counted(reader.all_records(source))
        try:
            with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".export-") as folder:
                whole = Path(folder) / "whole"
                write(whole, programs, language)
                os.replace(whole, file)
        except OSError as error:
            raise CatalogueError(f"{file}: cannot be written ({error.strerror or error}).") from error
    return Exported(programs.count, left_out)


def graph_text(context: Any, nodes: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield a JSON-LD document in pieces, one node a line."""
    yield f'{{"@context": {json.dumps(context)}, "@graph": ['
    before = "\n"
    for node in nodes:
        yield before + json.dumps(node, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


class _Counted:
    """Programs that are counted while they are read."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self.count = 0

    def __iter__(self) -> Iterator[ProgramRecord]:
        for program in self._programs:
            self.count += 1
            yield program


def _linked(context: Any, nodes: Callable[[Programs, str], Iterable[dict[str, Any]]]) -> Write:
    """Return what writes a JSON-LD document."""

    def write(file: Path, programs: Programs, language: str) -> None:
        with file.open("w", encoding="utf-8") as out:
            out.writelines(graph_text(context, nodes(programs, language)))

    return write


def _courses(programs: Programs, language: str) -> Iterator[dict[str, Any]]:
    return map(schema_org.to_course, programs)


# A format's name: what writes it, and the fields that it has no term for.
FORMATS: dict[str, tuple[Write, tuple[str, ...]]] = {
    "csv": (lambda file, programs, language: tables.write_csv(file, programs), ()),
    "xlsx": (lambda file, programs, language: tables.write_xlsx(file, programs), ()),
    "schema-org": (_linked(schema_org.CONTEXT, _courses), ()),
    "ctdl": (_linked(ctdl.CONTEXT, ctdl.nodes), ctdl.LEFT_OUT),
    "elm": (_linked(elm.CONTEXT, elm.nodes), elm.LEFT_OUT),
}
