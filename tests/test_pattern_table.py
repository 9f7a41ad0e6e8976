"""Tables of patterns leave out none that stands in a text, and try few that don't."""

from __future__ import annotations

import re

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT
from nlu.extraction import about_me, attributes, requests
from nlu.text.pattern_table import PatternTable, needed_by

TABLES = {"requests": requests._REQUESTS, "codes": about_me._CODES, "attributes": attributes._patterns()}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("visas?", ["visa", "VISAS"]),
        (r"\bscholar\b-ship", ["scholar-ship"]),
        ("(?:visas|permits)", ["visas", "permits"]),
        (r"(?:how\s){1,3}(?:much|many)?", ["how ", "how how many"]),
        ("[fg]ree (?=course)", ["free ", "GREE "]),
    ],
)
def test_each_match_holds_what_is_needed(pattern, matches) -> None:
    needed = needed_by(re.compile(pattern, re.I))
    assert needed
    assert all(any(gram in match.lower() for gram in needed) for match in matches)


@pytest.mark.parametrize("pattern", ["(?:visas|a)", "(?:visas)?", "[a-z]+", "\u00e9t\u00e9", "[oi]f|[io]n", r"(\w)\1"])
def test_pattern_that_needs_nothing_known_is_always_tried(pattern) -> None:
    assert needed_by(re.compile(pattern, re.I)) is None


def test_order_and_letters_that_ignoring_capitals_joins() -> None:
    table = PatternTable({"b": re.compile("stack", re.I), "any": re.compile("x?"), "a": re.compile("kelvin", re.I)})
    assert [code for code, _ in table.likely("STACK of KELVIN")] == ["b", "any", "a"]
    assert [code for code, _ in table.likely("nothing")] == ["any"]
    # To a pattern that ignores capitals the long s is an s, and the sign of degrees Kelvin a k.
    for text, code in (("\u017ftack", "b"), ("\u212aelvin", "a")):
        assert table[code].search(text)
        assert code in dict(table.likely(text))


@pytest.mark.parametrize("name", TABLES)
def test_none_that_stands_in_a_text_is_left_out(name) -> None:
    table = TABLES[name]
    texts = _phrasings()
    assert len(texts) > 1000
    tried = found = 0
    for text in texts:
        likely = dict(table.likely(text))
        standing = {code for code, pattern in table.items() if pattern.search(text)}
        assert standing <= set(likely), text
        tried, found = tried + len(likely), found + len(standing)
    assert found and tried < len(table) * len(texts) / 2  # else it would be no use


def _phrasings() -> list[str]:
    told = YAML(typ="safe").load(PROJECT_ROOT / "data/nlu.yml")["nlu"]
    return [line[2:] for intent in told for line in str(intent["examples"]).splitlines()]
