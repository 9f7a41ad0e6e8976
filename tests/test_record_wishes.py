"""Programs of the own catalogue are found by what no index holds, by deadlines, and page by page if they leave a wish open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from own_programs.records import Offering, Price, Recognition
from own_programs.search.wishes import Wishes
from tests.test_catalogue_search import TODAY, catalogue, keys, program

RECORDS = [
    program(
        "board",
        recognitions=(Recognition("Board of Trades", "CPD"),),
        part_of=("MBA (North)",),
        prerequisites="None",
        prices=(Price(300, "EUR"),),
        weeks=6.0,
    ),
    program(
        "guild",
        recognitions=(Recognition("Guild of Northern Potters", "membership"),),
        leads_to=("Certificate in Glazing",),
        prerequisites="English at level B2",
        prices=(Price(0, "EUR"),),
        weeks=2.0,
    ),
    program("silent"),
]


@pytest.mark.parametrize(
    ("wishes", "sure", "unsure"),
    [
        (Wishes(recognised_by=("board of trades",)), ["board"], ["silent"]),
        (Wishes(recognised_by=("Northern Potters' Guild",)), ["guild"], ["silent"]),
        (Wishes(recognised_by=("Southern Potters",)), [], ["silent"]),
        (Wishes(recognised_by=("CPD",)), ["board"], ["silent"]),
        (Wishes(leads_to=("mba",)), ["board"], ["silent"]),
        (Wishes(leads_to=("",)), ["board", "guild"], ["silent"]),
        (Wishes(leads_to=("ba", "bsc")), [], ["silent"]),
        (Wishes(open_entry=True), ["board"], ["silent"]),
        (Wishes(min_price=1, currency="EUR"), ["board"], ["silent"]),
        (Wishes(recognised_by=("%",)), [], ["silent"]),
    ],
)
def test_wishes_that_only_records_state(tmp_path, wishes, sure, unsure) -> None:
    found = catalogue(tmp_path, RECORDS).find(wishes, TODAY)
    assert (keys(found.matches), keys(found.may_match)) == (sure, unsure)


@pytest.mark.parametrize(
    ("order", "expected"), [("dearest", ["board", "guild", "silent"]), ("longest", ["board", "guild", "silent"])]
)
def test_greatest_comes_first(tmp_path, order, expected) -> None:
    assert keys(catalogue(tmp_path, RECORDS).find(Wishes(order=order), TODAY).matches) == expected


def test_month_without_a_year_starts_in_it(tmp_path) -> None:
    search = catalogue(
        tmp_path,
        [
            program("named", Offering(start_text="January")),
            program("other", Offering(start_text="any Monday")),
            program("later", Offering(start=date(2028, 6, 1))),
        ],
    )
    month = Wishes(start_from=date(2028, 1, 1), start_to=date(2028, 1, 31))
    found = search.find(month, TODAY)
    assert (keys(found.matches), keys(found.may_match)) == (["named"], ["other"])
    assert keys(search.find(replace(month, start_to=date(2028, 1, 5)), TODAY).matches) == []  # a day is no month


def test_last_day_to_apply_is_bounded(tmp_path) -> None:
    days = {"early": date(2027, 2, 1), "late": date(2027, 9, 1)}
    search = catalogue(
        tmp_path, [program(key, Offering(start=date(2028, 1, 1), deadline=day)) for key, day in days.items()]
    )
    assert keys(search.find(Wishes(deadline_to=date(2027, 3, 1)), TODAY).matches) == ["early"]
    assert keys(search.find(Wishes(deadline_from=date(2027, 3, 1)), TODAY).matches) == ["late"]


def test_pages_of_what_may_match_follow_the_matches(tmp_path) -> None:
    offerings = [Offering(place=place) for place in ("Cork", "", "Cork", "", "Cork", "", "")]
    search = catalogue(tmp_path, [program(str(number), each) for number, each in enumerate(offerings)])
    pages = [search.find(Wishes(places=("Cork",)), TODAY, limit=2, offset=offset) for offset in (0, 2, 3, 5)]
    assert [keys(page.matches) for page in pages] == [["0", "2"], ["4"], [], []]
    assert [keys(page.may_match) for page in pages] == [[], ["1", "3"], ["1", "3"], ["5", "6"]]
