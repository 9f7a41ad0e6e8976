"""Reads what is stored as JSON, of this release or another; what is in another form counts as not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def mappings_of(values: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings of a list."""
    yield from (each for each in (values if isinstance(values, list) else ()) if isinstance(each, Mapping))


def texts_of(values: Any) -> Iterator[str]:
    """Yield the texts of a list that are not empty."""
    yield from (each for each in (values if isinstance(values, list) else ()) if isinstance(each, str) and each)


def text_of(value: Any) -> str:
    """Return a text, "" for anything else."""
    return value if isinstance(value, str) else ""
