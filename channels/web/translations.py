"""Translations of the widget's texts, one table a language: widget/words/en.json and so on. A site may replace any text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.guide_pack import sources_dir
from core.pack_registry import shown_name
from core.settings import Settings

FIRST = "en"  # complete by definition; the others are checked against it
NEWER = frozenset(
    {"wait"}
)  # a site with a language of its own need not have these: it may have been described before them
OF_GUIDE = ("greeting", "welcome")  # the texts that a guide may have of its own
RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


Texts = Mapping[str, Mapping[str, str]]  # by language and key


class Translations:
    """The tables of a folder, by language."""

    def __init__(self, folder: Path, of_guides: Mapping[str, Texts] | None = None) -> None:
        """Read the folder; `of_guides` are texts by guide pack, the first's under "", that stand in for the folder's."""
        self._of_guides = of_guides or {"": {}}
        self._tables: dict[str, dict[str, str]] = {
            file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))
        }

    @property
    def packs(self) -> tuple[str, ...]:
        """Return the names by which a site may choose among the guide packs."""
        return tuple(map(shown_name, self._of_guides))

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of all texts."""
        return tuple(self._tables[FIRST])

    @property
    def required(self) -> tuple[str, ...]:
        """Return the keys that a site with a language of its own must have."""
        return tuple(key for key in self.keys if key not in NEWER)

    def __contains__(self, language: str) -> bool:
        return language in self._tables

    def table(self, language: str, own: Mapping[str, str], pack: str = "") -> dict[str, str]:
        """Return all texts in a language, the site's `own` before a guide's and ours, English for what is missing."""
        of_guide = self._of_guides.get(pack, {})
        return {**self._of_language(FIRST, of_guide), **self._of_language(language, of_guide), **own}

    def _of_language(self, language: str, of_guide: Texts) -> dict[str, str]:
        table = self._tables.get(language, {})
        return {**table, **of_guide.get(language, {})} if table else {}


def direction_of(language: str) -> str:
    """Return the writing direction of a language: "ltr" or "rtl"."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def pack_texts(settings: Settings) -> dict[str, dict[str, str]]:
    """Return the guide's own texts of the widget by language; none if its file cannot be read, which the build reports."""
    try:
        pack = YAML(typ="safe").load(sources_dir(settings) / "guide/pack.yml")
        return {each["language"]: {name: each[name] for name in OF_GUIDE if name in each} for each in pack["widget"]}
    except (OSError, YAMLError, KeyError, TypeError):
        return {}
