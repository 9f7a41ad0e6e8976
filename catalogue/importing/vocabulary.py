"""The words that imports understand, and the built-in mappings: YAML files beside this module."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HERE = Path(__file__).parent


@cache
def words(name: str) -> dict[str, Any]:
    """Return a file of words, by its name: "modes", "money"."""
    found: dict[str, Any] = YAML(typ="safe").load((HERE / "words" / f"{name}.yml").read_text(encoding="utf-8"))
    return found


@cache
def vocabularies() -> dict[str, dict[str, Any]]:
    """Return the built-in mappings by the names of their files."""
    reader = YAML(typ="safe")
    paths = sorted((HERE / "vocabularies").glob("*.yml"))
    return {path.stem: reader.load(path.read_text(encoding="utf-8")) for path in paths}


def plain(text: str) -> str:
    """Return a word as it is compared: small letters, no spaces around, composed accents."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@cache
def by_word(name: str, part: str = "") -> dict[str, str]:
    """Return what each word of a file means: {"blended": "hybrid"}; `part` is a key of that file."""
    table = words(name)[part] if part else words(name)
    found = {plain(str(meaning)): str(meaning) for meaning in table}
    return found | {plain(str(word)): str(meaning) for meaning, each in table.items() for word in each}
