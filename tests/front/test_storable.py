"""JSON from outside is made storable at the door: the same value, without what a database refuses."""

from __future__ import annotations

import json

import pytest

from channels.storable import DEEPEST, storable

DEEP = json.loads("[" * 300 + "]" * 300)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plain \U0001f393 \u200f text", "plain \U0001f393 \u200f text"),
        ("a\x00b", "ab"),
        ("\ud800 half, \udc00 half", "? half, ? half"),
        (json.loads('"\\ud83c\\udf93"'), "\U0001f393"),
        ({"na\x00me": {"\ud800": ["x\x00", 1, True, None, 1.5]}}, {"name": {"?": ["x", 1, True, None, 1.5]}}),
        (2**63 - 1, 2**63 - 1),
        (2**63, None),
        (-(10**400), None),
        (float("inf"), None),
        (float("nan"), None),
        (("a", "b"), ["a", "b"]),
    ],
    ids=repr,
)
def test_outside_values_become_storable(given, kept) -> None:
    assert storable(given) == kept
    json.dumps(storable(given), allow_nan=False).encode()


def test_deep_nesting_is_cut() -> None:
    found, levels = storable(DEEP), 0
    while found:
        found, levels = found[0], levels + 1
    assert found is None and levels == DEEPEST


def test_given_value_stays_as_it_was() -> None:
    given = {"a": ["\x00"]}
    storable(given)
    assert given == {"a": ["\x00"]}
