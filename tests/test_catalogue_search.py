"""Programs of the own catalogue are found by wishes that one offering meets, and nothing unstated counts as met."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from own_programs.errors import CatalogueTooSlow
from own_programs.records import Credit, Offering, Price, ProgramRecord
from own_programs.search.find import CatalogueSearch
from own_programs.search.wishes import Excluded, Wishes, WordWish
from own_programs.store.writer import FILE_NAME, writing

TODAY = date(2027, 1, 15)
EASTER = date(2027, 3, 28)


def program(key: str, *offerings: Offering, **stated) -> ProgramRecord:
    return ProgramRecord("list", key, **{"name": f"Course {key}", **stated}, offerings=offerings)


def catalogue(folder: Path, programs: Iterable[ProgramRecord]) -> CatalogueSearch:
    path = folder / FILE_NAME
    with writing(path) as writer:
        writer.source("list")
        for each in programs:
            writer.put(each)
    return CatalogueSearch(path)


def keys(matches) -> list[str]:
    return [one.record.source_key for one in matches]


FULL = Wishes(
    schedules=("evening",), places=("cork",), max_price=500, currency="EUR", price_category="member", start_from=EASTER
)
EVENING = Offering(schedule="evening", place="Cork", start=date(2027, 4, 5), prices=(Price(450, "EUR", "member"),))


def test_one_offering_meets_all_wishes(tmp_path) -> None:
    early = replace(EVENING, start=date(2027, 2, 1))
    search = catalogue(
        tmp_path,
        [
            program("all", early, EVENING),
            program("spread", early, replace(EVENING, place="Dublin")),
            program("dear", replace(EVENING, prices=(Price(900, "EUR"), Price(700, "EUR", "member")))),
            program("silent", replace(EVENING, schedule="")),
            program("two-silent", replace(EVENING, schedule="", start=None)),
        ],
    )
    found = search.find(FULL, TODAY)
    assert (found.total, keys(found.matches)) == (1, ["all"])
    assert found.matches[0].offerings == (EVENING,)
    assert (found.unstated, keys(found.may_match)) == ({"schedules": 1}, ["silent"])
    assert found.may_match[0].unstated == "schedules"


def test_price_of_program_holds_for_offerings_without(tmp_path) -> None:
    own = Offering(place="Cork", prices=(Price(900, "EUR"),))
    search = catalogue(tmp_path, [program("one", own, Offering(place="Galway"), prices=(Price(100, "EUR"),))])
    wishes = Wishes(max_price=500, currency="eur")
    assert search.find(wishes, TODAY).matches[0].offerings == (Offering(place="Galway"),)
    assert search.count(replace(wishes, places=("Cork",)), TODAY) == 0


@pytest.mark.parametrize(
    ("prices", "wishes", "fits"),
    [
        ([Price(600, "EUR"), Price(450, "EUR", "Member")], {"price_category": "member"}, True),
        ([Price(600, "EUR"), Price(450, "EUR", "Member")], {}, False),
        ([Price(450, "EUR", "EU"), Price(900, "EUR", "non-EU")], {}, True),
        ([Price(450, "EUR", "EU"), Price(900, "EUR", "non-EU")], {"price_category": "non eu"}, False),
        ([Price(450, "EUR", "EU")], {"price_category": "non-EU"}, None),
        ([Price(450, "USD")], {}, None),
        ([Price(0, "USD")], {}, True),
        ([], {}, None),
    ],
)
def test_price_holds_for_its_category_and_currency(tmp_path, prices, wishes, fits) -> None:
    search = catalogue(tmp_path, [program("one", prices=tuple(prices))])
    found = search.find(Wishes(max_price=500, currency="EUR", **wishes), TODAY)
    assert (found.total, found.unstated) == (int(fits is True), {"max_price": 1} if fits is None else {})


def test_unstated_price_is_never_cheapest(tmp_path) -> None:
    priced = [program(str(price), prices=(Price(price, "EUR"),)) for price in (300, 20)]
    other = program("dollars", prices=(Price(5, "USD"),))
    search = catalogue(tmp_path, [program("none"), *priced, other, program("free", prices=(Price(0, "USD"),))])
    assert keys(search.find(Wishes(order="price"), TODAY, limit=9).matches) == ["free", "20", "300", "dollars", "none"]


@pytest.mark.parametrize(
    ("offering", "is_open"),
    [
        (Offering(start=date(2027, 1, 15)), True),
        (Offering(start=date(2027, 1, 14)), False),
        (Offering(start=date(2027, 3, 1), deadline=date(2027, 1, 14)), False),
        (Offering(start=date(2027, 1, 14), deadline=date(2027, 1, 20)), True),
        (Offering(start=date(2026, 1, 1), schedule="self-paced"), True),
        (Offering(start=date(2026, 1, 1), end=date(2026, 12, 31), schedule="self-paced"), False),
        (Offering(start_text="any Monday"), True),
    ],
)
def test_past_offering_is_not_open(tmp_path, offering, is_open) -> None:
    search = catalogue(tmp_path, [program("one", offering)])
    assert search.count(Wishes(), TODAY) == is_open
    assert search.count(Wishes(future_only=False), TODAY) == 1


def test_words_stand_where_they_are_wanted(tmp_path) -> None:
    search = catalogue(
        tmp_path,
        [
            program("subject", subjects=("Pottery & Glass",)),
            program("name", name="Evening of pottery"),
            program("described", description="No pottery is made."),
            program("type", type="Masterclass", name="Glass"),
        ],
    )
    pottery = Wishes(words=(WordWish(("ceramics", "pottery"), label="pottery"),))
    assert keys(search.find(pottery, TODAY).matches) == ["name", "subject"]
    assert search.count(pottery.anywhere(), TODAY) == 3
    assert [search.holds(*each) for each in (("pottery",), ("made",), ("made", "any"), ("",))] == [
        True,
        False,
        True,
        False,
    ]
    assert search.count(Wishes(words=(WordWish(("pottery and glass",)),)), TODAY) == 1
    assert keys(search.find(Wishes(words=(WordWish(("masterclasses",), "type"),)), TODAY).matches) == ["type"]
    assert search.count(Wishes(exclude=Excluded(words=(WordWish(("pottery",)),))), TODAY) == 2
    assert search.count(Wishes(words=(WordWish(('"*', "?")),)), TODAY) == 0
    assert search.count(Wishes(words=(WordWish(('pottery" OR name:*',)),)), TODAY) == 0


def test_near_misses_say_what_would_have_to_give(tmp_path) -> None:
    search = catalogue(
        tmp_path,
        [
            program("a", Offering(place="Cork", schedule="daytime"), name="Pottery"),
            program("b", Offering(place="Cork", schedule="weekend"), name="Pottery again"),
            program("c", Offering(place="Galway", schedule="evening"), name="Pottery, too"),
            program("d", Offering(place="Cork", schedule="evening"), name="Glass"),
            program("e", Offering(place="Cork", schedule="evening", start=date(2026, 1, 1)), name="Pottery before"),
        ],
    )
    wishes = Wishes(words=(WordWish(("pottery",)),), places=("Cork",), schedules=("evening",))
    missed = search.near_misses(wishes, TODAY, most=9)
    assert [(each.dropped, each.count) for each in missed] == [
        *[(("schedules",), 2), (("places",), 1), (("future_only",), 1)]  # and not what they are about
    ]
    assert keys(missed[0].matches) == ["a", "b"]
    two = search.near_misses(replace(wishes, modes=("online",), languages=("fr",)), TODAY)
    assert two == ()


def test_compared_and_counted_values(tmp_path) -> None:
    search = catalogue(
        tmp_path,
        [
            program(key, Offering(place=place))
            for key, place in (("a", "Cork"), ("b", "CORK"), ("c", "Cork"), ("d", ""))
        ],
    )
    assert [(one.label, one.count) for one in search.facets("places")] == [("Cork", 3)]
    ids = [one.id for one in search.find(Wishes(), TODAY).matches]
    assert [one.source_key for one in search.compare((ids[2], 99, ids[0]))] == ["c", "a"]


def test_missing_program_is_found_no_more_until_it_is_back(tmp_path) -> None:
    one = program("one", Offering(place="Cork"), name="Pottery")
    search = catalogue(tmp_path, [one, program("two")])
    wishes = Wishes(words=(WordWish(("pottery",)),))
    for missing, count in ((True, 0), (True, 0), (False, 1)):
        with writing(search.path) as writer:
            writer.mark_missing("list", "one", TODAY) if missing else writer.put(one)
        assert search.count(wishes, TODAY) == count
        assert [one.count for one in search.facets("places")] == [1] * count
    with writing(search.path) as writer:
        writer.mark_missing("list", "one", TODAY)
        writer.put(replace(one, name="Glass"))
        writer.remove("list", "two")
    assert search.count(wishes, TODAY) == 0 and search.count(Wishes(), TODAY) == search.count() == 1
    with writing(search.path) as writer:
        writer.mark_missing("list", "one", TODAY)
        assert list(writer.put_all([replace(one, name="Glass")] * 2)) == ["changed", "same"]
    assert [one.count for one in search.facets("places")] == [1]


def test_long_query_is_cut_off(tmp_path) -> None:
    search = catalogue(tmp_path, (program(str(number), name=f"Pottery {number}") for number in range(300)))
    with search.deadline(time.monotonic() - 1), pytest.raises(CatalogueTooSlow):
        search.find(Wishes(words=(WordWish(("pottery",)),)), TODAY)
    assert search.count(Wishes(), TODAY) == 300
    assert search.run_within(-1, search.count, -1) == -1, "what takes too long is left out"
    with search.deadline(time.monotonic() - 1), pytest.raises(CatalogueTooSlow):
        search.run_within(60, search.count, -1)
    assert search.run_within(60, search.count, -1) > 0


# --- against a filter in plain Python ------------------------------------------------------------------------------
SUBJECTS, PLACES, LEVELS = ("Nursing", "Data Analytics", "Pottery"), ("Cork", "Galway", ""), ("Beginner", "High", "")
DAYS = (None, date(2026, 12, 1), date(2027, 2, 1), date(2027, 5, 1))


def made_up(chance: random.Random, number: int) -> ProgramRecord:
    pick = chance.choice
    offerings = [
        Offering(
            start=pick(DAYS),
            deadline=pick(DAYS),
            mode=pick(("online", "hybrid", "")),
            schedule=pick(("evening", "self-paced", "")),
            place=pick(PLACES),
            language=pick(("", "en-IE", "fr")),
            prices=prices(chance) if chance.random() < 0.4 else (),
        )
        for _ in range(pick((0, 1, 2, 3)))
    ]
    return program(
        str(number),
        *offerings,
        subjects=(pick(SUBJECTS),),
        level=pick(LEVELS),
        eqf=pick((None, 4, 7)),
        weeks=pick((None, 4.0, 10.0)),
        credits=pick(((), (Credit(5, "ECTS"),), (Credit(30, "CATS"),))),
        languages=pick(((), ("en",), ("en", "fr"))),
        prices=prices(chance),
    )


def prices(chance: random.Random) -> tuple[Price, ...]:
    some = [Price(chance.choice((0, 200, 700)), chance.choice(("EUR", "USD")), each) for each in ("", "member", "EU")]
    return tuple(each for each in some if chance.random() < 0.4)


def made_up_wishes(chance: random.Random) -> Wishes:
    values = {
        "words": (WordWish((chance.choice(SUBJECTS),)),),
        "modes": ("online",),
        "schedules": ("evening", "self-paced"),
        "places": (chance.choice(("cork", "Galway")),),
        "languages": ("en",),
        "levels": ("beginner",),
        "eqf_to": 5,
        "min_weeks": 3.0,
        "max_weeks": 8.0,
        "min_credits": 4.0,
        "credit_unit": "ects",
        "max_price": 300.0,
        "currency": "EUR",
        "price_category": chance.choice((None, "member")),
        "start_from": TODAY,
        "start_to": date(2027, 3, 1),
        "exclude": Excluded(places=("galway",), modes=("hybrid",), languages=chance.choice(((), ("ga",)))),
        "future_only": False,
    }
    return Wishes(**{name: value for name, value in values.items() if chance.random() < 0.3})


def verdicts(one: ProgramRecord, offering: Offering, wishes: Wishes) -> dict[str, bool | None]:
    """Return for each wish if an offering meets it; None if it is silent on it."""
    offers = offering.prices or one.prices
    if wishes.price_category:
        offers = [each for each in offers if each.category in ("", wishes.price_category)]
    elif any(not each.category for each in offers):
        offers = [each for each in offers if not each.category]
    offers = [each for each in offers if not wishes.currency or each.currency == wishes.currency or not each.amount]
    spoken = (offering.language,) if offering.language else one.languages
    counted = [each.amount for each in one.credits if not wishes.credit_unit or each.unit.lower() == wishes.credit_unit]
    within = offering.start and (wishes.start_from or date.min) <= offering.start <= (wishes.start_to or date.max)
    stated = {
        "modes": offering.mode and offering.mode in wishes.modes,
        "schedules": offering.schedule and offering.schedule in wishes.schedules,
        "places": offering.place.lower() in [each.lower() for each in wishes.places]
        if offering.place or offering.mode == "online"
        else None,
        "languages": spoken and any(each.startswith("en") for each in spoken),
        "levels": one.level and one.level == "Beginner",
        "eqf_to": one.eqf and one.eqf <= 5,
        "min_weeks": one.weeks and (wishes.min_weeks or 0) <= one.weeks <= (wishes.max_weeks or one.weeks),
        "max_weeks": one.weeks and (wishes.min_weeks or 0) <= one.weeks <= (wishes.max_weeks or one.weeks),
        "min_credits": counted and max(counted) >= 4,
        "max_price": offers and min(each.amount for each in offers) <= 300,
        "start_from": within,
        "start_to": within,
    }
    asked = [name for name in wishes.names() if name in stated]
    for first, last in (("start_from", "start_to"), ("min_weeks", "max_weeks")):  # a range is one wish
        if first in asked and last in asked:
            asked.remove(last)
    return {name: None if stated[name] in (None, "", (), []) else bool(stated[name]) for name in asked}


def judged(one: ProgramRecord, wishes: Wishes) -> str | None:
    """Return "" for a program that meets all wishes, the name of the first one that it leaves open, or None."""
    if any(each.phrases[0] not in one.subjects for each in wishes.words):
        return None
    best: list[str] = []
    for offering in one.offerings or (Offering(),):
        over = (
            offering.deadline
            or (None if offering.schedule == "self-paced" else offering.start)
            or offering.end
            or date.max
        )
        if wishes.future_only and over < TODAY:
            continue
        spoken = (offering.language,) if offering.language else one.languages
        if any(each.startswith(wishes.exclude.languages) for each in spoken if wishes.exclude.languages):
            continue
        if offering.place.lower() in wishes.exclude.places or offering.mode and offering.mode in wishes.exclude.modes:
            continue
        found = verdicts(one, offering, wishes)
        silent = [name for name, met in found.items() if met is None]
        if False not in found.values() and len(silent) <= 1:
            best.append(silent[0] if silent else "")
    return None if not best else "" if "" in best else "?"


@pytest.mark.parametrize("seed", range(3))
def test_search_agrees_with_plain_filter(tmp_path, seed) -> None:
    chance = random.Random(seed)
    programs = [made_up(chance, number) for number in range(150)]
    search = catalogue(tmp_path, programs)
    somewhere = Counter[str]()
    for _ in range(150):
        wishes = made_up_wishes(chance)
        expected = {one.source_key: judged(one, wishes) for one in programs}
        found = search.find(wishes, TODAY, limit=200)
        sure = {key for key, verdict in expected.items() if verdict == ""}
        unsure = {key for key, verdict in expected.items() if verdict == "?"}
        assert (set(keys(found.matches)), set(keys(found.may_match))) == (sure, unsure), wishes
        assert (found.total, sum(found.unstated.values())) == (len(sure), len(unsure))
        assert search.count(wishes, TODAY) == len(sure)
        for one in found.matches:
            assert all(all(verdicts(one.record, offering, wishes).values()) for offering in one.offerings) and bool(
                one.offerings
            ) == bool(one.record.offerings)
        pages = [search.find(wishes, TODAY, limit=60, offset=offset) for offset in (0, 60, 120)]
        assert [key for page in pages for key in keys(page.matches)] == keys(found.matches)
        somewhere += Counter(sure=len(sure), unsure=len(unsure))
    assert min(somewhere.values()) > 100


def test_near_misses_agree_with_plain_filter(tmp_path) -> None:
    chance, pairs = random.Random(100), 0
    programs = [made_up(chance, number) for number in range(20)]
    search = catalogue(tmp_path, programs)
    for wishes in (made_up_wishes(chance) for _ in range(300)):
        if search.count(wishes, TODAY):
            continue
        for missed in search.near_misses(wishes, TODAY, most=99):
            left = wishes.without(*missed.dropped)
            assert missed.count == sum(judged(one, left) == "" for one in programs), (wishes, missed.dropped)
            pairs += len(missed.dropped) == 2
    assert pairs > 40


def test_program_that_comes_twice_counts_once(tmp_path) -> None:
    one = program("one", Offering(place="Cork"), name="Pottery")
    search = catalogue(tmp_path, [one, replace(one, name="Glass"), program("two")])
    assert [search.count(Wishes(words=(WordWish((word,)),)), TODAY) for word in ("pottery", "glass")] == [0, 1]
    assert [(each.label, each.count) for each in search.facets("places")] == [("Cork", 1)]
    with writing(search.path) as writer:
        assert writer.remove_source("list") == 2
    assert search.count(Wishes(), TODAY) == search.count() == 0 and search.facets("places") == ()


def test_failed_import_leaves_the_search_alone(tmp_path) -> None:
    search = catalogue(tmp_path, [program("one", name="Pottery")])
    with pytest.raises(KeyError), writing(search.path) as writer:
        writer.put(program("one", name="Glass"))
        writer.put(replace(program("two"), source="unknown"))
    assert [search.count(Wishes(words=(WordWish((word,)),)), TODAY) for word in ("pottery", "glass")] == [1, 0]
