"""Keeping the catalogue: what `check` finds, what `show` and `sources` tell, removing and owners, by the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from own_programs.checking.check import KINDS, check
from own_programs.errors import CatalogueDamaged
from own_programs.records import Credit, Offering, Price, ProgramRecord
from own_programs.search.find import CatalogueSearch
from own_programs.search.program_queries import page_of_programs
from own_programs.search.wishes import Wishes, WordWish
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME, writing
from tests.front.fork_server import run_command
from tests.front.import_fixtures import bring

TODAY = date(2026, 11, 29)
GOOD = ProgramRecord(
    source="ours",
    source_key="kilns",
    name="Kiln Building at Night",
    description="You build a kiln.",
    type="Short course",
    provider="Harbour Mills College",
    subjects=("Pottery",),
    languages=("en",),
    level="Beginner",
    hours=40.0,
    hours_per_week=10.0,
    duration="4 weeks",
    weeks=4.0,
    credits=(Credit(2.0, "ECTS"),),
    prices=(Price(90.0, "EUR", "home"), Price(120.0, "EUR", "international")),
    offerings=(
        Offering(date(2027, 3, 1), end=date(2027, 3, 26), deadline=date(2027, 2, 1), mode="in-person", place="Cork"),
    ),
    url="https://harbour-mills.example/kilns",
    checked_on=date(2026, 11, 1),
)
PAST = Offering(date(2026, 3, 2), mode="online")


def made(
    tmp_path: Path, *programs: ProgramRecord, owner: str = "ann@example.org", review_on: str = "2027-06-01"
) -> Path:
    file = tmp_path / FILE_NAME
    with writing(file) as catalogue:
        for source in dict.fromkeys(program.source for program in programs):
            catalogue.source(source, owner=owner, review_on=review_on)
        for program in programs:
            catalogue.put(program)
    return file


def found(file: Path, **how: object) -> list[tuple[str, str]]:
    with closing(CatalogueReader(file)) as reader:
        return [(each.kind, each.text) for each in check(reader, TODAY, **how)]


def test_nothing_is_found_in_a_good_catalogue(tmp_path) -> None:
    assert found(made(tmp_path, GOOD)) == []


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        (
            {"offerings": (Offering(date(2027, 3, 1), end=date(2027, 2, 1), mode="online"),)},
            "dates",
            "before it starts",
        ),
        (
            {"offerings": (Offering(date(2027, 3, 1), deadline=date(2027, 4, 1), mode="online"),)},
            "dates",
            "after its start",
        ),
        ({"prices": (Price(90.0, "EUR"), Price(95.0, "EUR"))}, "prices", "90 and 95 EUR"),
        ({"prices": (Price(90.0, "EUR", "Home"), Price(0.0, "EUR", "home"))}, "prices", "0 and 90 EUR for home"),
        ({"prices": (Price(-5.0, "EUR"),)}, "prices", "below zero"),
        ({"hours": 400.0}, "workload", "400 hours in all, but 10 a week for 4 weeks"),
        ({"subjects": ()}, "no-subject", "no subject"),
        ({"offerings": ()}, "no-offering", "no occasion"),
        ({"offerings": (PAST, replace(PAST, start=date(2026, 6, 1)))}, "over", "2026-06-01"),
        (
            {"offerings": (replace(PAST, schedule="self-paced", end=date(2026, 11, 28)),)},
            "over",
            "after 2026-11-28",
        ),
        ({"prices": (), "level": ""}, "missing", "doesn't state its price, level"),
        ({"offerings": (replace(PAST, start=None),)}, "missing", "doesn't state its start"),
        ({"checked_on": None}, "stale", "never checked"),
        ({"checked_on": date(2026, 5, 1)}, "stale", "last checked 2026-05-01"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, changes, kind, words) -> None:
    [(named, text)] = found(made(tmp_path, replace(GOOD, **changes)))
    assert named == kind and words in text


@pytest.mark.parametrize(
    "offering",
    [
        Offering(start_text="any Monday", mode="online"),
        Offering(date(2026, 11, 29), mode="online"),
        Offering(None, start_text="January", deadline=date(2026, 1, 1), mode="online"),
        Offering(date(2026, 1, 5), end=date(2027, 6, 30), mode="online", schedule="self-paced"),
    ],
)
def test_what_may_still_begin_is_not_over(tmp_path, offering) -> None:
    assert found(made(tmp_path, replace(GOOD, offerings=(PAST, offering)))) == []


def test_same_names_are_told_apart_by_their_college(tmp_path) -> None:
    twin = replace(GOOD, source_key="kilns-2", name="kiln  building at night")
    elsewhere = replace(GOOD, source="theirs", source_key="3", provider="Corrib Gate Institute")
    texts = [text for kind, text in found(made(tmp_path, GOOD, twin, elsewhere)) if kind == "same-name"]
    assert texts == [
        "is there twice at Harbour Mills College: ours:kilns-2",
        "is there twice at Harbour Mills College: ours:kilns",
        "also at Harbour Mills College",
    ]


def test_a_name_that_is_a_word_is_found(tmp_path) -> None:
    file = made(tmp_path, replace(GOOD, name="Help"), replace(GOOD, source_key="b", name="Raku"))
    assert [kind for kind, _ in found(file, is_word={"help"}.__contains__)] == ["ordinary-name"]


def test_a_term_that_is_an_everyday_word_is_found(tmp_path) -> None:
    texts = [
        text
        for kind, text in found(made(tmp_path, replace(GOOD, subjects=("No", "Pottery"), skills=("help", "throwing"))))
        if kind == "ordinary-name"
    ]
    assert texts == [
        "its subject “No” is an everyday word, and counts only where the context tells it",
        "its skill “help” is an everyday word, and counts only where the context tells it",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Kiln Building at Night", ""),
        ("Raku", ""),
        ("Working with People", "tells it apart"),
        ("Working People", "capitals"),
        ("***", "no letters"),
        (" ".join(f"kiln{number} at the" for number in range(12)), ""),
    ],
)
def test_names_that_find_nothing_are_found(tmp_path, name, words) -> None:
    texts = [text for kind, text in found(made(tmp_path, replace(GOOD, name=name))) if kind == "unreachable"]
    assert len(texts) == bool(words) and words in "".join(texts)


def test_names_of_very_many_programs_are_found(tmp_path) -> None:
    many = [replace(GOOD, source_key=str(number), provider=f"College {number}") for number in range(23)]
    texts = [text for kind, text in found(made(tmp_path, *many)) if kind == "unreachable"]
    assert texts == ["23 programs bear this name, and 20 of them are found by it"] * 3


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (replace(GOOD, duration="a while", weeks=None, hours=None, hours_per_week=2.0), "a while"),
        (replace(GOOD, prices=(Price(90.0),)), "currency"),
        (replace(GOOD, credits=(Credit(2.0),)), "credits"),
    ],
)
def test_what_no_wish_can_be_held_against_is_found(tmp_path, program, words) -> None:
    assert [(kind, words in text) for kind, text in found(made(tmp_path, program))] == [("unmapped", True)]


def test_what_an_import_could_not_place_is_found(tmp_path) -> None:
    table = "code,title,delivery,shelf\n1,Kilns,mixed media,A7\n2,Glazes,online,A8\n"
    mapping = "program: {source_key: code, name: title}\nofferings: {mode: delivery}\n"
    bring(tmp_path, table, mapping)
    with closing(CatalogueReader(tmp_path / "catalogue" / FILE_NAME)) as reader:
        texts = [each.text for each in check(reader, TODAY) if each.kind == "unmapped"]
    assert texts == [
        "the column shelf has no place: filled 2 times, such as A7",
        "mode, from delivery: is not understood: mixed media (1 time)",
    ]
    bring(tmp_path, table.replace("mixed media", "online"), f"{mapping}ignore: [shelf]\n")
    with closing(CatalogueReader(tmp_path / "catalogue" / FILE_NAME)) as reader:
        assert not [each for each in check(reader, TODAY) if each.kind == "unmapped"], "put right, it is gone"


def test_sources_without_upkeep_are_found(tmp_path) -> None:
    assert found(made(tmp_path, GOOD, owner="", review_on="")) == [("source", "no owner and no review date")]
    assert found(made(tmp_path, GOOD, review_on="2026-11-28")) == [("source", "was to be reviewed by 2026-11-28")]


def test_findings_of_one_source_alone(tmp_path) -> None:
    file = made(tmp_path, GOOD, replace(GOOD, source="theirs", subjects=()))
    assert found(file, source="ours") == []
    assert [kind for kind, _ in found(file, source="theirs")] == ["no-subject"]


def test_words_find_programs(tmp_path) -> None:
    other = replace(
        GOOD, source_key="glaze", name="Glazing", description='Quotes " and AND OR NOT (', subjects=("Ceramics",)
    )
    with closing(CatalogueReader(made(tmp_path, GOOD, other))) as reader:

        def names(words: str) -> list[str]:
            return [each.program.name for each in page_of_programs(reader, words).programs]

        assert names("") == ["Glazing", GOOD.name]
        assert names("kil") == names("CORK night") == [GOOD.name]
        assert names("quotes not") == ["Glazing"]
        assert names('"') == names("( *") == names("welding") == []
        assert page_of_programs(reader, "", start=1, count=1).total == 2


def advisor(folder: Path, *arguments: str) -> CompletedProcess:
    return run_command("catalogue", *arguments, environment={"ADVISOR_CATALOGUE_DIR": str(folder)})


def test_check_command_tells_and_fails(tmp_path) -> None:
    made(tmp_path, *(replace(GOOD, source_key=f"k{number}", name=f"Kiln {number}", subjects=()) for number in range(7)))
    done = advisor(tmp_path, "check", "--stale-days", "100000")
    assert done.returncode == 1, done.stderr
    assert f"{KINDS['no-subject']} (7)" in done.stdout and "... and 2 more" in done.stdout
    assert "ours:k6" in advisor(tmp_path, "check", "--all").stdout
    assert "There are: ours." in advisor(tmp_path, "check", "--source", "x").stderr


def test_check_command_is_content(tmp_path) -> None:
    made(tmp_path, replace(GOOD, offerings=(Offering(start_text="any Monday", mode="online"),)), review_on="9999-01-01")
    done = advisor(tmp_path, "check", "--stale-days", "100000")
    assert (done.returncode, done.stdout) == (0, "Nothing is wrong with 1 program.\n")


def test_show_command(tmp_path) -> None:
    made(tmp_path, GOOD, replace(GOOD, source="theirs", provider="Corrib Gate Institute"))
    for which, count in (("ours:kilns", 1), ("kilns", 2), ("kiln building at night", 2)):
        done = advisor(tmp_path, "show", which)
        assert done.returncode == 0 and done.stdout.count("provider: ") == count, done.stderr
    assert "start 2027-03-01" in done.stdout and "120.0, EUR, international" in done.stdout
    assert advisor(tmp_path, "show").stdout.count(GOOD.name) == 2
    done = advisor(tmp_path, "show", "kiln")
    assert done.returncode == 1 and f"Near to it: {GOOD.name}" in done.stderr


def test_sources_are_kept_and_removed(tmp_path) -> None:
    made(tmp_path, GOOD, replace(GOOD, source="theirs"))
    assert advisor(tmp_path, "owner", "ours", "Bashir", "--review-on", "2027-09-01").returncode == 0
    told = advisor(tmp_path, "sources").stdout
    assert "ours: 1 program\n" in told and "owner Bashir, to be reviewed by 2027-09-01" in told
    assert "1 program." in advisor(tmp_path, "remove", "theirs").stdout
    assert "theirs" not in advisor(tmp_path, "sources").stdout
    for arguments in (("owner", "theirs", "Ann"), ("remove", "theirs")):
        done = advisor(tmp_path, *arguments)
        assert done.returncode == 1 and done.stderr == "advisor: There is no source 'theirs'. There are: ours.\n"


@pytest.mark.parametrize("command", [("check",), ("show",), ("sources",), ("remove", "x"), ("owner", "x", "y")])
def test_without_a_catalogue_the_remedy_is_told(tmp_path, command) -> None:
    done = advisor(tmp_path, *command)
    assert done.returncode == 1 and "advisor catalogue import" in done.stderr and done.stderr.count("\n") == 1


def test_catalogue_of_an_earlier_version_is_brought_up_to_date(tmp_path) -> None:
    path = tmp_path / FILE_NAME
    with writing(path) as writer:
        writer.source("ours")
        writer.put(GOOD)
    with closing(sqlite3.connect(path)) as old:
        old.executescript("DROP TABLE digest; DROP TABLE subject_words; PRAGMA user_version = 2")
    with pytest.raises(CatalogueDamaged, match="another version"):
        CatalogueSearch(path)
    shown = run_command("catalogue", "show", "ours:kilns", environment={"ADVISOR_CATALOGUE_DIR": str(tmp_path)})
    assert shown.returncode == 0 and GOOD.name in shown.stdout, shown.stderr
    wishes, search = Wishes(words=(WordWish(("kiln",)),), modes=("in-person",)), CatalogueSearch(path)
    assert (search.count(wishes, TODAY), search.facets("modes")[0].count) == (1, 1)
    with writing(path) as writer:
        writer.put(replace(GOOD, name="Glass"))
    assert (search.count(wishes, TODAY), search.facets("modes")[0].count) == (0, 1)
