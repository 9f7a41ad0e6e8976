"""The widget's own words, one table a language: widget/words/en.json and so on. A site may replace any of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FIRST = "en"  # complete by definition; the others are checked against it
NEWER = frozenset(
    {"wait"}
)  # a site with a language of its own need not have these: it may have been described before them
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


class Translations:
    def __init__(self, folder: Path):
        self._tables: dict[str, dict[str, str]] = {
            file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))
        }

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._tables[FIRST])

    @property
    def required(self) -> tuple[str, ...]:
        """Those that a site with a language of its own must have."""
        return tuple(key for key in self.keys if key not in NEWER)

    def __contains__(self, language: str) -> bool:
        return language in self._tables

    def table(self, language: str, own: Mapping[str, str]) -> dict[str, str]:
        """All words in a language, the site's own before ours."""
        return {**self._tables[FIRST], **self._tables.get(language, {}), **own}


def direction_of(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
