"""Writes another name of a catalogue entry into its source, so that the change reads like a person's."""

from __future__ import annotations

import json
import re
from pathlib import Path

from knowledge.building.source_rows import Row

PLAIN = re.compile(r"[^\W\d_][\w .&'/+-]*")  # what needs no quotes in a list of YAML
NO_TEXT = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")  # what YAML takes for something else
NAME = re.compile(r"""\bname:\s*(?:"[^"]*"|'[^']*'|[^,}\n]+)""")


def add_name(path: Path, row: Row, words: str) -> None:
    """Add words to the aliases of an entry of a file; the entry need not have any yet."""
    lines = path.read_text(encoding="utf-8").split("\n")
    if "aliases" not in row.lines:
        _add_list(lines, row, words)
    elif not _add_to_brackets(lines, _first_line(row.lines["aliases"]), words):
        last = row.lines["aliases"][-1] - 1
        indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
        lines.insert(last + 1, f"{indent}- {_scalar(words)}")
    path.write_text("\n".join(lines), encoding="utf-8")


def _first_line(lines: int | list[int]) -> int:
    return lines if isinstance(lines, int) else lines[0]


def _add_to_brackets(lines: list[str], first: int, words: str) -> bool:
    """Add words to the list in brackets that begins at a line, counted from 1, or on the one before; tell if it is one."""
    begin = next((at for at in (first - 1, first - 2) if re.search(r"\baliases:\s*\[", lines[at])), None)
    if begin is None:
        return False
    text = "\n".join(lines[begin:])
    opening = text.index("[", text.index("aliases:"))
    end = _closing(text, opening)
    comma = ", " if text[opening + 1 : end].strip() else ""
    lines[begin:] = f"{text[:end]}{comma}{_scalar(words)}{text[end:]}".split("\n")
    return True


def _closing(text: str, opening: int) -> int:
    """Return where the bracket that opens at a place closes; brackets in quotes do not count."""
    quote = ""
    for at in range(opening + 1, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'" and text[:at].rstrip()[-1] in "[,":  # an apostrophe within a word opens nothing
            quote = sign
        elif sign == "]":
            return at
    raise ValueError("a list that never ends")


def _add_list(lines: list[str], row: Row, words: str) -> None:
    """Add a list of aliases after the entry's name."""
    at = row.line_of("name") - 1
    found = NAME.search(lines[at])
    assert found, "every entry has a name"
    names = f"aliases: [{_scalar(words)}]"
    if "{" in lines[at][: found.start()]:
        end = found.start() + len(found.group().rstrip())
        lines[at] = f"{lines[at][:end]}, {names}{lines[at][end:]}"
    else:
        lines.insert(at + 1, f"{' ' * found.start()}{names}")


def _scalar(words: str) -> str:
    is_plain = PLAIN.fullmatch(words) and words.lower() not in NO_TEXT
    return words if is_plain else json.dumps(words, ensure_ascii=False)
