"""Reads the word lists in nlu/data/, which hold data that people edit and no code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

_DATA = Path(__file__).parent / "data"


def read_words(name: str) -> dict[str, str]:
    """Return the mapping in the YAML file nlu/data/NAME.yml, in the order of the file."""
    words: dict[str, str] = YAML(typ="safe").load(_DATA / f"{name}.yml")
    return words


def read_weights(name: str) -> dict[str, list[float]]:
    """Return the lists of numbers in the YAML file nlu/data/NAME.yml by their names."""
    weights: dict[str, list[float]] = YAML(typ="safe").load(_DATA / f"{name}.yml")
    return weights


@cache
def fixed_phrases() -> tuple[str, ...]:
    """Return the phrases in which no word is a name of the catalogue: fixed_phrases.yml, and those of peoples.yml."""
    peoples = read_tables("peoples")
    adjectives, nouns = ([word for row in peoples[part].values() for word in row] for part in ("adjectives", "nouns"))
    of_peoples = (f"{adjective} {noun}" for adjective in adjectives for noun in nouns)
    return (*YAML(typ="safe").load(_DATA / "fixed_phrases.yml"), *of_peoples)


@cache
def read_tables(name: str) -> dict[str, dict[str, list[str]]]:
    """Return the tables in the YAML file nlu/data/NAME.yml: each maps a code to the phrases that mean it."""
    tables: dict[str, dict[str, list[str]]] = YAML(typ="safe").load(_DATA / f"{name}.yml")
    return tables
