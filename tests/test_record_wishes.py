"""Programs of the own catalogue are found by what no index holds, by deadlines, and page by page if they leave a wish open.

Nor does any get lost to the digests by which a search passes over programs. Wishes are known and dropped by their names.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from own_programs.records import MODES, SCHEDULES, Offering, Price, ProgramRecord, Recognition
from own_programs.search.find import CatalogueSearch, Match
from own_programs.search.wishes import ORDERS, Excluded, Wishes, WordWish
from tests.test_catalogue_search import DAYS, SUBJECTS, TODAY, catalogue, keys, made_up, prices, program

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
        (Wishes(entry_without=("degree", "english")), ["board"], ["silent"]),
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


def test_wishes_are_named_and_dropped() -> None:
    wishes = Wishes(
        words=(WordWish(("pottery",), label="pots"), WordWish(("glass",))),
        max_price=100,
        currency="EUR",
        price_category="member",
        min_credits=5,
        credit_unit="ECTS",
        exclude=Excluded(modes=("online",)),
        order="price",
    )
    names = ["word:pots", "word:glass", "max_price", "min_credits", "exclude:modes"]
    assert list(wishes.names()) == names
    assert list(wishes.without("word:glass", "max_price").names()) == ["word:pots", "min_credits", "exclude:modes"]
    assert wishes.without("max_price").currency is None and wishes.without("max_price").price_category is None
    assert wishes.without("min_credits").credit_unit is None
    assert wishes.without(*names, "future_only") == Wishes(order="price", future_only=False)
    with pytest.raises(ValueError, match="colour is no order"):
        Wishes(order="colour")


def test_values_are_counted_among_what_fits(tmp_path) -> None:
    evening, over = Offering(schedule="evening", place="Cork"), Offering(place="Cork", start=date(2026, 1, 1))
    search = catalogue(
        tmp_path,
        [
            program("one", evening, replace(evening, schedule="daytime"), provider="Mill"),
            program("two", replace(evening, place="CORK"), Offering(place="Galway"), provider="mill"),
            program("three", over, provider="Mill"),
            program("four", replace(evening, place="Galway"), provider="Quay"),
            program("five", replace(evening, place="")),
        ],
    )
    evenings = Wishes(schedules=("evening",))
    assert [(each.label, each.count) for each in search.tally(evenings, TODAY, "places")] == [
        ("Cork", 2),
        ("Galway", 1),
    ]
    offered = [(each.label.lower(), each.count) for each in search.tally(Wishes(), TODAY, "providers")]
    assert offered == [("mill", 2), ("quay", 1)]
    worded = Wishes(words=(WordWish(("course two",)),), places=("galway",))
    assert [(each.label, each.count) for each in search.tally(worded, TODAY, "places")] == [("Galway", 1)]


# --- with digests and without ---------------------------------------------------------------------------------------
AMOUNTS = (0.0, 0.3, 0.5, 199.99, 200.0, 699.99, 90_000.0)
LENGTHS = (None, 0.0, 0.5, 3.99, 4.0, 25.0, 300.0)
TOWNS = ("Cork", "Galway", "Sligo", "")


def detailed(chance: random.Random, number: int) -> ProgramRecord:
    """Return a program with campuses, and with prices, lengths and days on both sides of a digest's steps."""
    pick, one = chance.choice, made_up(chance, number)
    offerings = tuple(
        replace(
            each,
            mode=pick((*MODES, "")),
            schedule=pick((*SCHEDULES, "")),
            campus=pick(("", "", "Galway", "North Wing")),
            place=pick(TOWNS),
            end=pick((*DAYS, date(2071, 1, 1))),
            prices=(Price(pick(AMOUNTS), pick(("EUR", "USD")), pick(("", "member"))), *each.prices)
            if chance.random() < 0.5
            else (),
        )
        for each in one.offerings
    )
    some = prices(chance) if chance.random() < 0.5 else ()
    return replace(one, offerings=offerings, weeks=pick(LENGTHS), prices=some, skills=(pick(("Glass", "Clay")),))


def detailed_wishes(chance: random.Random) -> Wishes:
    pick = chance.choice
    out = {
        "words": (WordWish(("glass",)), WordWish((pick(SUBJECTS),))),
        "places": ("galway",),
        "modes": (pick(MODES),),
        "languages": ("en",),
    }
    values = {
        "words": (WordWish((pick(SUBJECTS),), pick(("subject", "any"))),),
        "modes": (pick(MODES), "no mode"),
        "schedules": (pick(SCHEDULES),),
        "places": (pick(("cork", "Galway", "north wing", "Nowhere")), "Sligo"),
        "languages": ("en",),
        "levels": ("beginner",),
        "min_weeks": pick((0.5, 4.01)),
        "max_weeks": pick((0.49, 0.5, 3.99, 4.0, 52.0)),
        "max_price": pick(AMOUNTS[1:]) - pick((0, 0.01)),  # "under" is less by a cent
        "min_price": 0.01,
        "free": True,
        "unpriced": True,
        "currency": "EUR",
        "price_category": "member",
        "start_from": date(2027, 2, 1),
        "deadline_from": TODAY,
        "exclude": Excluded(**{name: some for name, some in out.items() if chance.random() < 0.5}),
        "order": pick(ORDERS),
        "future_only": False,
    }
    likely = {"words": 0.6, "places": 0.35}
    return Wishes(**{name: value for name, value in values.items() if chance.random() < likely.get(name, 0.18)})


def without_digests(wishes: Wishes, programs: dict[int, ProgramRecord]) -> Wishes:
    """Return the same wishes of programs by their ids, of which each is read."""
    held = (key for key, one in programs.items() if all(each.phrases[0] in one.subjects for each in wishes.words))
    return replace(wishes, words=(), programs=tuple(held))


def told(matches: tuple[Match, ...]) -> dict[int, tuple[tuple[Offering, ...], str]]:
    return {match.id: (match.offerings, match.unstated) for match in matches}


def given_up(search: CatalogueSearch, wishes: Wishes, today: date) -> dict[tuple[str, ...], int]:
    """Return how many programs are found if wishes give way that don't tell what they are about."""
    ways = {each.dropped: each.count for each in search.near_misses(wishes, today, most=99)}
    return {way: count for way, count in ways.items() if not any(map(is_about, way))}


def is_about(name: str) -> bool:
    return name.startswith(("word:", "programs"))


def test_no_program_is_lost_to_its_digest(tmp_path) -> None:
    chance, found_any, gave_way = random.Random(7), 0, 0
    search = catalogue(tmp_path, (detailed(chance, number) for number in range(80)))
    every = {match.id: match.record for match in search.find(Wishes(future_only=False), TODAY, 99).matches}
    assert len(every) == 80
    for _ in range(160):
        wishes, today = detailed_wishes(chance), chance.choice((TODAY, date(2027, 2, 1), date(2070, 1, 1)))
        plain = without_digests(wishes, every)
        if not plain.programs:
            continue
        found, expected = (search.find(each, today, limit=99) for each in (wishes, plain))
        assert told(found.matches) == told(expected.matches), wishes
        assert (told(found.may_match), found.unstated) == (told(expected.may_match), expected.unstated), wishes
        assert search.count(wishes, today) == expected.total
        found_any += bool(found.matches) + bool(found.may_match)
        if not found.total and len([*wishes.names()]) < 7:  # all ways of giving two up are tried
            ways = given_up(search, wishes, today)
            assert ways == given_up(search, plain, today), wishes
            assert all(search.count(plain.without(*way), today) == count for way, count in ways.items()), wishes
            alone = [name for name in (*plain.names(), "future_only") if search.count(plain.without(name), today)]
            assert all(is_about(name) or any(name in way for way in ways) for name in alone), wishes
            gave_way += len(ways)
    assert found_any > 50 and gave_way > 50
