"""What is understood of a message for a search in an organisation's own catalogue, without any catalogue."""

from __future__ import annotations

from datetime import date

import pytest

from nlu.extraction.amounts.quantities import find_amounts
from nlu.extraction.offerings.offering_criteria import find_offering_criteria
from nlu.extraction.offerings.search_words import find_search_words

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pottery in the evening, in German", [("schedule", "evening"), ("language", "de")]),
        ("good evening, is it in Irish?", [("language", "ga")]),
        ("saturday classes", [("schedule", "weekend")]),
        ("any self paced stuff", [("schedule", "self-paced")]),
        ("EQF 6 or higher", [("eqf", ">6")]),
        ("a level 7 course", [("level_number", "7")]),
        ("at least 10 ECTS", [("credits", ">10 ECTS")]),
        ("which can I still apply for", [("open", "yes")]),
        ("not too expensive please", [("order", "price")]),
        ("forget the evening", [("any", "schedule")]),
        ("it doesn't have to be in the evening", [("any", "schedule")]),
        ("what if it didn't have to be online", [("any", "mode")]),
        ("any language", [("any", "language")]),
        ("what are micro-credentials", []),
    ],
)
def test_criteria_of_an_offering(text, found) -> None:
    assert [(each.kind, each.value) for each in find_offering_criteria(text)] == found


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("anything after easter", "2027-03-30", None),
        ("before christmas?", None, "2026-12-23"),
        ("in the summer", "2027-06-01", "2027-08-31"),
        ("next spring", "2027-03-01", "2027-05-31"),
        ("autumn 2027", "2027-09-01", "2027-11-30"),
        ("in the next 2 months", "2026-11-29", "2027-01-29"),
        ("next week", "2026-11-30", "2026-12-06"),
        ("Q2", "2027-04-01", "2027-06-30"),
        ("I missed the autumn intake, so next spring", "2027-03-01", "2027-05-31"),
        ("done in 3 months", None, None),
        ("the summer school", None, None),
        ("can I fall back on it", None, None),
    ],
)
def test_times_of_the_year(text, first, last) -> None:
    found = {each.kind: each.value for each in find_amounts(text, TODAY)}
    assert (found.get("start_from"), found.get("start_to")) == (first, last)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("any knitting classes on Saturdays?", [("knitting", "subject")]),
        ("pottery or yoga in Kilkenny", [("pottery", "subject"), ("yoga", "subject"), ("Kilkenny", "place")]),
        ("something with childcare", [("childcare", "other")]),
        ("i'm a nurse looking for wound care", [("nurse", "person"), ("wound care", "subject")]),
        ("C++ courses", [("C++", "subject")]),
        ("which courses can I do completely free of charge?", []),
        ("the cheapest one", []),
        ("when does it start", []),
    ],
)
def test_words_that_are_sought(text, found) -> None:
    assert [(each.text, each.role) for each in find_search_words(text, [])] == found
