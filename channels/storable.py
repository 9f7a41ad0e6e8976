"""Cleaning JSON that comes from outside, so that every database can store any part of it."""

from __future__ import annotations

import math
from typing import Any

from conversations.pipeline.inbox import whole_characters

DEEPEST = 60  # levels of lists and objects; no platform nests half as deep
LARGEST = 2**63  # what a database counts to


def storable(value: Any) -> Any:
    """Return a copy of parsed JSON in which every text, number and key can be stored.

    NUL characters are left out and halves of characters (lone surrogates) become "?", in texts and in keys. Numbers that no
    column holds (beyond 64 bits, infinite, not a number) become None, as does what is nested more than DEEPEST levels deep.
    """
    return _storable(value, DEEPEST)


def _storable(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return whole_characters(value)
    if isinstance(value, dict):
        inside = ((whole_characters(str(key)), item) for key, item in value.items())
        return {key: _storable(item, levels - 1) for key, item in inside} if levels else None
    if isinstance(value, (list, tuple)):
        return [_storable(item, levels - 1) for item in value] if levels else None
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if -LARGEST <= value < LARGEST else None
    return value if isinstance(value, float) and math.isfinite(value) else None
