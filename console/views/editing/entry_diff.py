"""What is different between two contents of an entry, field by field and word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from console.views.editing.entry_form import as_written
from console.views.editing.entry_titles import CHOICES, ROW_TITLES, TITLES, title_of
from core.translations import gettext as _

WORD = re.compile(r"\s+|[^\s]+")
LIKE = 0.5  # share of the same words, below which a text is shown as another one
SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True)
class FieldDiff:
    """A field that is different: its pieces in order, each (SAME, GONE or NEW, text)."""

    title: str
    pieces: tuple[tuple[str, str], ...]


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[FieldDiff]:
    """Return the fields that are different between two contents; None is an entry that there is not."""
    before, after = before or {}, after or {}
    names = [name for name in dict.fromkeys((*TITLES, *before, *after)) if name in before or name in after]
    return [
        text_diff(title_of(name), as_text(before.get(name)), as_text(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


def text_diff(title: str, before: str, after: str) -> FieldDiff:
    """Return what is different between two texts."""
    return FieldDiff(title, _pieces(before, after))


def as_text(value: Any) -> str:
    """Return a field's value as lines for people."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(as_text(each) for each in value)
    if isinstance(value, Mapping):
        told = {name: ", ".join(each) if isinstance(each, list) else each for name, each in value.items()}
        parts = [f"{ROW_TITLES.get(name, name)}: {each}" for name, each in told.items()]
        return "\n".join(parts) + "\n"
    if isinstance(value, bool):
        return CHOICES[str(value).lower()]
    return as_written(value)


def _pieces(before: str, after: str) -> tuple[tuple[str, str], ...]:
    lists = "\n" in before or "\n" in after
    old, new = (_lines(text) if lists else WORD.findall(text) for text in (before, after))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if not lists and matcher.ratio() < LIKE:
        return tuple(piece for piece in ((GONE, before), (NEW, after)) if piece[1])
    pieces: list[tuple[str, str]] = []
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "equal":
            pieces.append((SAME, _brief(old[start:end], lists)))
            continue
        pieces += [(GONE, "".join(old[start:end]))] if end > start else []
        pieces += [(NEW, "".join(new[begin:stop]))] if stop > begin else []
    return tuple(piece for piece in pieces if piece[1])


def _lines(text: str) -> list[str]:
    """Return the lines of a text, each with its end: a last line is the same one when others come to stand below it."""
    return [f"{line}\n" for line in text.splitlines()]


def _brief(lines: list[str], lists: bool) -> str:
    """Return what is the same; of many lines, the first and the last."""
    if not lists or len(lines) <= 3:
        return "".join(lines)
    same = _("... %(num)d lines that are the same ...") % {"num": len(lines) - 2}
    return f"{lines[0]}{same}\n{lines[-1]}"
