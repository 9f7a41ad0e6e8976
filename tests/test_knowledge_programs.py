"""Finding programs by wish: what is not stated never fits, and what was left out can be said."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.models import ProgramCriteria

ALL = ["data-analyst", "health-diploma", "leadership-diploma"]


@pytest.mark.parametrize(
    "wish, found",
    [
        ({}, ALL),
        ({"fields": ("leadership",)}, ["health-diploma", "leadership-diploma"]),
        ({"fields": ("leadership", "data-analytics")}, ALL),
        ({"fields": ("nursing",)}, []),
        ({"destinations": ("uk",)}, ["health-diploma"]),
        ({"destinations": ("uk", "canada")}, ["health-diploma", "leadership-diploma"]),
        ({"destinations": ("atlantis",)}, []),
        ({"types": ("short-diploma",), "fields": ("public-health",)}, ["health-diploma"]),
        ({"providers": ("udacity",)}, ["data-analyst"]),
        ({"institutions": ("oxford",)}, ["health-diploma"]),
        ({"modes": ("online",)}, ["data-analyst"]),
        ({"modes": ("in-person",)}, []),
        ({"max_price": 1000}, ["data-analyst", "health-diploma"]),
        ({"max_price": 700}, ["health-diploma"]),
        ({"max_price": 1000, "currency": "USD"}, ["data-analyst"]),
        ({"currency": "USD"}, ALL),
        ({"start_from": date(2027, 2, 1)}, ["data-analyst"]),
        ({"start_from": date(2027, 2, 2)}, []),
        ({"start_to": date(2027, 3, 1)}, ["data-analyst"]),
        ({"exclude_destinations": ("uk",)}, ["data-analyst", "leadership-diploma"]),
        ({"exclude_types": ("nanodegree",)}, ["health-diploma", "leadership-diploma"]),
        ({"exclude_providers": ("udacity",)}, ["health-diploma", "leadership-diploma"]),
        ({"exclude_fields": ("public-health",)}, ["data-analyst", "leadership-diploma"]),
        ({"exclude_modes": ("online",), "exclude_institutions": ("oxford",)}, ["leadership-diploma"]),
        ({"fields": ["leadership"], "destinations": []}, ["health-diploma", "leadership-diploma"]),
    ],
)
def test_wish_finds_programs(knowledge, wish, found) -> None:
    wish = ProgramCriteria(**wish)
    assert [program.key for program in knowledge.programs(wish)] == found
    assert knowledge.count_programs(wish) == len(found)
