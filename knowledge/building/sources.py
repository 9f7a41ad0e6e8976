"""Reads the sources and keeps the line of every value, so that a problem can name its line."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from knowledge.errors import Problem

FOLDERS = ("guide", "catalogue")
SCALARS = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "truth value",
    "null": "nothing",
    "timestamp": "date",
}
CSV_LIST_SEPARATOR = ";"
_IGNORED = re.compile(r"^\.|~$|\.(md|swp|bak)$", re.IGNORECASE)


@dataclass(frozen=True)
class SourceFile:
    """A source; `name` is what people are shown ("knowledge/guide/faq.yml"), `path` its end ("guide/faq.yml")."""

    name: str
    path: str
    data: bytes

    @property
    def folder(self) -> str:
        """The folder of the source, "guide" or "catalogue"."""
        return self.path.split("/")[0]

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return Path(self.path).stem


@dataclass(frozen=True)
class Located:
    """A value and its line.

    `kind` is "mapping", "list", "cell" or one of the values of SCALARS; the value of a scalar is its text.
    """

    kind: str
    value: Any
    line: int


class Findings(list[Problem]):
    """The problems found so far; checking goes on after each, so that one run reports all."""

    def add(self, file: str, line: int, what: str, remedy: str) -> None:
        """Add a problem."""
        self.append(Problem(file, line, what, remedy))


def read_folder(sources_dir: Path) -> list[SourceFile]:
    """Return all sources in a fixed order. Notes (.md), hidden files and editors' backups are ignored."""
    sources = []
    for folder in FOLDERS:
        for path in sorted((sources_dir / folder).glob("*")):
            if path.is_file() and not _IGNORED.search(path.name):
                name = f"{folder}/{path.name}"
                sources.append(SourceFile(f"{sources_dir.name}/{name}", name, path.read_bytes()))
    return sources


def fingerprint(files: list[SourceFile], *also: bytes) -> str:
    """Return a hash that is the same only for the same files with the same content."""
    digest = hashlib.sha256()
    for part in (piece for file in files for piece in (file.path.encode(), file.data)):
        digest.update(len(part).to_bytes(8, "big") + part)
    for part in also:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def parse(file: SourceFile, findings: Findings) -> Located | None:
    """Return the content of a source, or None after adding a finding if it cannot be read."""
    text = _decode(file, findings)
    if text is None:
        return None
    return _parse_csv(file, text, findings) if file.path.endswith(".csv") else _parse_yaml(file, text, findings)


def _decode(file: SourceFile, findings: Findings) -> str | None:
    try:
        # utf-8-sig also accepts the byte order mark that spreadsheets write
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data[: error.start].count(b"\n") + 1
        findings.add(file.name, line, "this is not UTF-8 text", "Save the file with the encoding UTF-8.")
        return None


def _parse_yaml(file: SourceFile, text: str, findings: Findings) -> Located | None:
    try:
        node = YAML(typ="safe").compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        findings.add(
            file.name, line, f"broken YAML: {error.problem}", "Check indentation, quotes and colons around this line."
        )
        return None
    except YAMLError as error:
        line = text[: getattr(error, "position", 0)].count("\n") + 1
        reason = getattr(error, "reason", "unreadable")
        findings.add(file.name, line, f"broken YAML: {reason}", "Remove the character that cannot be shown.")
        return None
    if node is None:
        findings.add(file.name, 1, "the file is empty", "Fill it in, or delete it.")
        return None
    return _locate(node, file, findings, ())


def _locate(node: Any, file: SourceFile, findings: Findings, above: tuple[int, ...]) -> Located:
    line = node.start_mark.line + 1
    if id(node) in above:
        findings.add(file.name, line, "a YAML alias that contains itself", "Write the value out.")
        return Located("nothing", "", line)
    above = above + (id(node),)
    if node.id == "mapping":
        return Located("mapping", _locate_mapping(node, file, findings, above), line)
    if node.id == "sequence":
        return Located("list", [_locate(each, file, findings, above) for each in node.value], line)
    return Located(SCALARS.get(node.tag.rpartition(":")[2], "something unknown"), node.value, line)


def _locate_mapping(
    node: Any, file: SourceFile, findings: Findings, above: tuple[int, ...]
) -> dict[str, tuple[int, Located]]:
    """Return each key's own line and its value, which YAML may begin on a later line."""
    content: dict[str, tuple[int, Located]] = {}
    for key, value in node.value:
        line, name = key.start_mark.line + 1, str(key.value)
        if name in content:
            findings.add(
                file.name, line, f"'{name}' is given twice", f"Keep one; the first is on line {content[name][0]}."
            )
        else:
            content[name] = (line, _locate(value, file, findings, above))
    return content


def _parse_csv(file: SourceFile, text: str, findings: Findings) -> Located | None:
    """Parse a CSV file as if it were YAML: one list under the file's stem. Empty cells are left out."""
    rows = []
    try:
        numbered = _numbered_rows(text)
        header_line, header = next(numbered, (1, []))
        header = [name.strip() for name in header]
        if not any(header):
            findings.add(file.name, 1, "the file is empty", "Give it a first line with the column names, or delete it.")
            return None
        for line, cells in numbered:
            row = _csv_row(header, header_line, cells, line, file, findings)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        line = text.count("\n", 0, len(text.rstrip())) + 1
        findings.add(file.name, line, f"broken CSV: {error}", "Close every quoted cell; double the quotes inside one.")
        return None
    return Located("mapping", {file.stem: (header_line, Located("list", rows, header_line))}, header_line)


def _numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _csv_row(
    header: list[str], header_line: int, cells: list[str], line: int, file: SourceFile, findings: Findings
) -> Located | None:
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) > len(header):
        what = f"this row has {len(cells)} cells, the first line has {len(header)} columns"
        findings.add(file.name, line, what, "Put a text that holds a comma in double quotes.")
        return None
    content: dict[str, tuple[int, Located]] = {}
    for name, cell in zip(header, cells, strict=False):
        if name in content:
            findings.add(file.name, header_line, f"the column '{name}' is given twice", "Keep one of them.")
        elif cell.strip():
            content[name] = (line, Located("cell", cell.strip(), line))
    return Located("mapping", content, line)
