"""What is understood of a message for a search in an organisation's own catalogue, without any catalogue."""

from __future__ import annotations

from datetime import date

import pytest

from actions.own_catalogue.criteria import Change, wishes
from actions.replies.own_catalogue.facts import told
from actions.replies.own_catalogue.programs import facts_of, over_dates
from nlu.extraction.amounts.durations import find_least_lengths
from nlu.extraction.amounts.quantities import find_amounts
from nlu.extraction.offerings.further_criteria import find_further_criteria
from nlu.extraction.offerings.offering_criteria import find_offering_criteria, position_in
from nlu.extraction.offerings.search_words import find_not_searched, find_search_words, same_stems
from own_programs.records import Offering, ProgramRecord

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
        ("fewer than 3 ECTS", [("credits", "<<3 ECTS")]),
        ("no more than 10 ECTS", [("credits", "<10 ECTS")]),
        ("more than 20 credits", [("credits", ">>20")]),
        ("which closes first", [("order", "deadline")]),
        ("the most credits", [("order", "credits")]),
        ("sort them by price", [("order", "price")]),
        ("is it over?", [("open", "passed")]),
        ("a course for over 60s", []),
        ("without the price limit", [("any", "max_price")]),
        ("what if it could start later", [("any", "start")]),
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
        ("before next summer", None, "2027-05-31"),
        ("that ran this summer", "2026-06-01", "2026-08-31"),
        ("what was on this autumn", "2026-09-01", "2026-11-28"),
        ("next spring", "2027-03-01", "2027-05-31"),
        ("autumn 2027", "2027-09-01", "2027-11-30"),
        ("in the next 2 months", "2026-11-29", "2027-01-29"),
        ("within the next two weeks", "2026-11-29", "2026-12-13"),
        ("in the first half of next year", "2027-01-01", "2027-06-30"),
        ("the last three months of 2027", "2027-10-01", "2027-12-31"),
        ("in the second quarter of next year", "2027-04-01", "2027-06-30"),
        ("within 2027", "2027-01-01", "2027-12-31"),
        ("my first course of the year", None, None),
        ("next week", "2026-11-30", "2026-12-06"),
        ("this year", "2026-11-29", "2026-12-31"),
        ("I was laid off this year", "2026-11-29", "2026-12-31"),
        ("did you run it this year?", "2026-01-01", "2026-11-29"),
        ("what was on this month", "2026-11-01", "2026-11-29"),
        ("were there any last year", "2025-01-01", "2025-12-31"),
        ("I was in Cork last year", None, None),
        ("next year", "2027-01-01", "2027-12-31"),
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
        (
            "I lost my job in a factory and need pottery",
            [("lost", "person"), ("factory", "person"), ("pottery", "subject")],
        ),
        ("do you offer a carpentry apprenticeship", [("carpentry", "subject"), ("apprenticeship", "type")]),
        ("something for teenagers", [("teenagers", "other")]),
        ("part-time welding", [("part-time", "other"), ("welding", "subject")]),
        ("I work part-time and want pottery", [("part-time", "person"), ("pottery", "subject")]),
        ("what is there in health?", [("health", "subject")]),
    ],
)
def test_words_that_are_sought(text, found) -> None:
    assert [(each.text, each.role) for each in find_search_words(text, [])] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("courses recognised by the Board of Trades?", [("recognised_by", "by Board of Trades=Board of Trades")]),
        ("anything that the Guild of Potters recognises", [("recognised_by", "by Guild of Potters=Guild of Potters")]),
        ("which courses does the Guild accept?", [("recognised_by", "by Guild=Guild")]),
        ("recognised for CPD by the Guild", [("recognised_by", "by Guild for CPD=Guild CPD")]),
        ("I need something for CPD", [("recognised_by", "for CPD=CPD")]),
        ("is it recognised by employers", []),
        ("which countries accept micro-credentials", []),
        ("a course that counts towards an MBA", [("leads_to", "MBA=MBA")]),
        ("what leads to a larger award?", [("leads_to", "larger award=larger award")]),
        ("which lead to an award", [("leads_to", "award=")]),
        ("a course without any experience", [("entry", "open")]),
        ("classes that don't cost anything", [("max_price", "0")]),
        ("gluten free baking courses", []),
        ("any free places left?", []),
        ("not the free ones", [("paid", "yes")]),
        ("a deadline after 1 March 2027", [("deadline_from", "2027-03-02")]),
        ("can I still apply in January 2027?", [("deadline_from", "2027-01-01")]),
        ("I can't pay more than 50", [("max_price", "50")]),
        ("courses over 500 euros", [("min_price", "500")]),
        (
            "does it need a degree?",
            [
                (
                    "asks_for",
                    "degree|bachelor|bachelors|bsc|ba|beng|bed|bba|llb|master|masters|msc|ma|mba|mph|meng|med|llm|phd|doctorate",
                )
            ],
        ),
        ("which don't state a price", [("unpriced", "yes")]),
        ("what closes in January 2027", [("deadline_from", "2027-01-01"), ("deadline_to", "2027-01-31")]),
    ],
)
def test_criteria_that_are_seldom_stated(text, found) -> None:
    assert [(each.kind, each.value) for each in find_further_criteria(text, TODAY)] == found


@pytest.mark.parametrize(
    ("text", "position"),
    [("second one - how much?", "2"), ("how long is the cheaper one", "best"), ("the first semester", ""), ("one", "")],
)
def test_position_in_a_list(text, position) -> None:
    assert position_in(text) == position


@pytest.mark.parametrize(
    ("text", "label", "same"),
    [
        ("nurses", "Nursing", True),
        ("project manager", "Project management", True),
        ("welder", "Welding", True),
        ("market", "Marketing research", False),
        ("public", "Publishing", False),
    ],
)
def test_people_stand_for_what_they_do(text, label, same) -> None:
    assert same_stems(text, label) is same


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("longer than 20 weeks", [">20 weeks"]),
        ("at least 8 weeks", ["8 weeks"]),
        ("30 weeks or longer", ["30 weeks"]),
        ("up to 8 weeks", []),
        ("no more than 3 months", []),
    ],
)
def test_least_lengths(text, found) -> None:
    assert [each.value for each in find_least_lengths(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("at most 20 seats", ["at most 20 seats"]),
        ("accredited beekeeping", ["accredited"]),
        ("accredited by the Board", []),
        ("20 weeks", []),
    ],
)
def test_wishes_that_cannot_be_searched(text, found) -> None:
    assert [text[start:end] for start, end in find_not_searched(text)] == found


def test_limit_that_is_not_to_be_reached_goes_with_its_limit() -> None:
    before = {"max_price": ("500 EUR",), "max_duration": ("8 weeks",), "under": ("max_price", "max_duration")}
    assert Change(dropped=("max_price",)).apply_to(before) == {
        "max_duration": ("8 weeks",),
        "under": ("max_duration",),
    }
    assert "under" not in Change(wanted={"max_price": ("300 EUR",)}, dropped=("max_duration",)).apply_to(before)
    left = wishes(Change(dropped=("max_price",)).apply_to(before), date(2027, 1, 1))
    assert left.max_price is None and left.max_weeks is not None and 7 < left.max_weeks < 8


def test_dates_that_are_over_are_told_once() -> None:
    start, end = date(2026, 1, 10), date(2026, 3, 1)
    offerings = (Offering(start=start, place="Cork"), Offering(start=start, place="Galway"))
    pottery = told(ProgramRecord("list", "1", name="Pottery", offerings=offerings), date(2027, 1, 1))
    assert "it began on 10 January 2026." in facts_of([pottery], ["start"]).text
    assert over_dates(pottery, pottery).text.count("10 January 2026") == 1
    glass = ProgramRecord("list", "2", name="Glass", offerings=(Offering(start_text="January", end=end),))
    without_start = told(glass, date(2027, 1, 1))
    assert "No date to come is listed for **Glass**." in facts_of([without_start], ["start"]).text
    assert "until 1 March 2026" in over_dates(without_start, without_start).text
