"""Finding programs by wish: what is not stated never fits, and what was left out can be said."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.models import ProgramWish

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
def test_wish_finds_programs(knowledge, wish, found):
    wish = ProgramWish(**wish)
    assert [program.key for program in knowledge.programs(wish)] == found
    assert knowledge.count_programs(wish) == len(found)


@pytest.mark.parametrize(
    "wish, preference, silent",
    [
        ({"modes": ("online",)}, "modes", 2),
        ({"modes": ("online",), "fields": ("leadership",)}, "modes", 2),
        ({"modes": ("online",), "destinations": ("canada",)}, "modes", 1),
        ({"max_price": 1000}, "max_price", 1),
        ({"max_price": 1000, "currency": "USD"}, "max_price", 2),
        ({"destinations": ("uk",)}, "destinations", 1),
        ({"exclude_destinations": ("uk",)}, "exclude_destinations", 1),
        ({"start_from": date(2027, 1, 1)}, "start_from", 2),
        ({"providers": ("udacity",)}, "providers", 2),
        ({"fields": ("leadership",)}, "fields", 0),
        ({}, "institutions", 2),
    ],
)
def test_unstated_programs_are_counted(knowledge, wish, preference, silent):
    assert knowledge.unstated(ProgramWish(**wish), preference) == silent


def test_relaxations_say_what_helps(knowledge):
    wish = ProgramWish(fields=("leadership",), destinations=("canada",), modes=("online",))
    assert knowledge.relaxations(wish) == [("modes", ProgramWish(fields=("leadership",), destinations=("canada",)), 1)]


def test_relaxations_put_most_first(knowledge):
    wish = ProgramWish(types=("short-diploma",), max_price=600, currency="GBP")
    relaxed = knowledge.relaxations(wish)
    assert relaxed == [("max_price", ProgramWish(types=("short-diploma",)), 2)]


def test_nothing_to_relax(knowledge):
    assert knowledge.relaxations(ProgramWish()) == []
    assert (
        knowledge.relaxations(ProgramWish(types=("short-diploma",), providers=("udacity",), modes=("in-person",))) == []
    )
