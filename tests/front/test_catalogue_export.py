"""What is exported comes back whole, is read by others, and does nothing in a spreadsheet."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from demo.sample_catalogue import write_sample
from own_programs.errors import CatalogueError, CatalogueMissing, UnknownSource
from own_programs.exporting.export import FORMATS, export
from own_programs.formats.cells import guarded, unguarded
from own_programs.formats.rows import COLUMNS, RowError, are_ours, from_rows, to_rows
from own_programs.formats.schema_org import OURS, from_course, to_course
from own_programs.records import MODES, SCHEDULES, Credit, Offering, Price, ProgramRecord, Recognition
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME, writing
from tests.front.fork_server import run_command

TODAY = date(2026, 11, 29)
# What stands behind the addresses of contexts: nothing is fetched.
CONTEXTS = {
    "https://schema.org": {"@vocab": "https://schema.org/"},
    "https://credreg.net/ctdl/schema/context/json": {
        "ceterms": "https://purl.org/ctdl/terms/",
        "schema": "https://schema.org/",
        **{
            name: {"@container": "@language"}
            for name in ("ceterms:name", "ceterms:description", "ceterms:targetNodeName")
        },
        **{name: {"@type": "@id"} for name in ("ceterms:offeredBy", "ceterms:hasOffering", "ceterms:subjectWebpage")},
    },
}
TRICKY = ProgramRecord(
    source="ours",
    source_key="=1+1;|\\",
    name='@SUM(A1:A9)"; "quoted", ü\n日本',
    description="'+1\n-2, '=x; \"@y\" it's -1",
    subjects=("a; b", "c | d", "e\\", "=f"),
    skills=("-x",),
    credits=(Credit(7.5, "ECTS"), Credit(12.0)),
    recognitions=(Recognition("A; B", "| c"), Recognition("", "CPD"), Recognition("D")),
    prices=(Price(0.0, ""), Price(1.5, "", "home; abroad"), Price(10.0, "EUR", "over 65 | under 18")),
    offerings=(Offering(start_text="+ any Monday", prices=(Price(2.0, "USD", "member"),)), Offering(seats=0)),
    eqf=6,
    hours=0.1,
    contact="+353 21 000 0000",
)


@pytest.fixture
def catalogue(tmp_path) -> Path:
    file = tmp_path / "catalogue" / FILE_NAME
    write_sample(file, TODAY)
    with writing(file) as writer:
        writer.source("ours")
        writer.put(TRICKY)
    return file


def stored(catalogue: Path, source: str | None = None) -> list[ProgramRecord]:
    with closing(CatalogueReader(catalogue)) as reader:
        return list(reader.all_records(source))


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [{name: unguarded(cell) for name, cell in row.items()} for row in csv.DictReader(lines)]


def read_xlsx(file: Path) -> list[dict[str, str]]:
    rows = openpyxl.load_workbook(file, read_only=True).active.iter_rows(values_only=True)
    names = next(rows)
    return [
        {**dict.fromkeys(names, ""), **{name: cell or "" for name, cell in zip(names, row, strict=False)}}
        for row in rows
    ]


def programs_of(rows: list[dict[str, str]], source: str) -> list[ProgramRecord]:
    return list(from_rows(enumerate(rows, 2), source))


@pytest.mark.parametrize(("form", "read"), [("csv", read_csv), ("xlsx", read_xlsx)])
@pytest.mark.parametrize("source", ["sample", "ours"])
def test_tables_come_back_whole(catalogue, tmp_path, form, read, source) -> None:
    file = tmp_path / f"out.{form}"
    done = export(catalogue, file, form, source)
    rows = read(file)
    assert are_ours(rows[0]) and done.left_out == ()
    assert programs_of(rows, source) == stored(catalogue, source)
    assert done.programs == len(stored(catalogue, source))


@pytest.mark.parametrize("source", ["sample", "ours"])
def test_schema_org_comes_back_whole(catalogue, tmp_path, source) -> None:
    file = tmp_path / "out.jsonld"
    export(catalogue, file, "schema-org", source)
    nodes = json.loads(file.read_text(encoding="utf-8"))["@graph"]
    assert [from_course(node, source) for node in nodes] == stored(catalogue, source)


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12).map(str.strip).filter(bool)
SOME, DAYS = WORDS | st.just(""), st.none() | st.dates()
AMOUNTS = st.integers(0, 10**8).map(lambda cents: cents / 100)
CODES = st.sampled_from(["EUR", "USD", ""])
PRICES = st.lists(st.builds(Price, AMOUNTS, CODES, SOME), max_size=3).map(tuple)
LISTS = st.lists(WORDS, max_size=3).map(tuple)
OFFERINGS = st.builds(
    Offering,
    start=DAYS,
    start_text=SOME,
    end=DAYS,
    deadline=DAYS,
    mode=st.sampled_from(["", *MODES]),
    schedule=st.sampled_from(["", *SCHEDULES]),
    place=SOME,
    campus=SOME,
    country=SOME,
    seats=st.none() | st.integers(0, 10**6),
    prices=PRICES,
    source_key=SOME,
).filter(lambda offering: offering != Offering())
RECOGNITIONS = st.builds(Recognition, SOME, SOME).filter(lambda each: each != Recognition())
PROGRAMS = st.builds(
    ProgramRecord,
    source=st.just("any"),
    source_key=WORDS,
    name=WORDS,
    description=SOME,
    type=SOME,
    provider=SOME,
    subjects=LISTS,
    languages=LISTS,
    level=SOME,
    eqf=st.none() | st.integers(1, 8),
    credits=st.lists(st.builds(Credit, AMOUNTS, SOME), max_size=2).map(tuple),
    hours=st.none() | AMOUNTS,
    recognitions=st.lists(RECOGNITIONS, max_size=2).map(tuple),
    leads_to=LISTS,
    prices=PRICES,
    offerings=st.lists(OFFERINGS, max_size=3).map(tuple),
    contact=SOME,
    checked_on=DAYS,
)


@settings(max_examples=150, deadline=None)
@given(PROGRAMS)
def test_any_program_comes_back_whole(program) -> None:
    rows = [dict(zip(COLUMNS, (unguarded(guarded(cell)) for cell in row), strict=True)) for row in to_rows(program)]
    assert programs_of(rows, "any") == [program]
    assert from_course(json.loads(json.dumps(to_course(program))), "any") == program


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("'=1", "''=1"),
        (" \t@a", " \t'@a"),
        ("a; -b | +c, =d", "a; '-b | '+c, '=d"),
        ('x\n"=1"', 'x\n"\'=1"'),
        ("e-mail, a+b", "e-mail, a+b"),
        ("it's -1 or 'a'=b", "it's -1 or 'a'=b"),
        ("", ""),
    ],
)
def test_formulas_are_guarded_and_come_back(text, safe) -> None:
    assert guarded(text) == safe and unguarded(safe) == text


@given(st.text(st.sampled_from(" \t\n'\";|,=+-@ax")))
def test_guarding_loses_nothing(text) -> None:
    assert unguarded(guarded(text)) == text


def test_no_cell_is_a_formula(catalogue, tmp_path) -> None:
    export(catalogue, tmp_path / "out.csv", "csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [cell for row in csv.reader(lines) for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    export(catalogue, tmp_path / "out.xlsx", "xlsx", "ours")
    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows() for cell in row if cell.value
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith(("=", "+", "-", "@")))


def test_contradicting_rows_are_named() -> None:
    program = replace(TRICKY, source_key="a")
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in to_rows(program)]
    rows[1]["level"] = "other"
    with pytest.raises(RowError, match=r"rows 2 and 3: two different values of level for 'a'"):
        programs_of(rows, "ours")


@pytest.mark.parametrize(
    ("column", "value"), [("start", "soon"), ("prices", "nan EUR"), ("hours", "many"), ("credits", "x")]
)
def test_unreadable_cell_is_named(column, value) -> None:
    row = {**dict.fromkeys(COLUMNS, ""), "program_key": "a", "name": "A", column: value}
    with pytest.raises(RowError, match=f"row 2: {column} cannot be read"):
        programs_of([row], "ours")


def expanded(file: Path) -> list[dict]:
    """Return a JSON-LD document with its terms in full, read without the network."""

    def local(url: str, options: dict) -> dict:
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": CONTEXTS[url]}}

    return jsonld.expand(json.loads(file.read_text(encoding="utf-8")), {"documentLoader": local})


def test_schema_org_expands(catalogue, tmp_path) -> None:
    export(catalogue, tmp_path / "out.jsonld", "schema-org", "ours")
    [course] = expanded(tmp_path / "out.jsonld")
    assert course["@type"] == ["https://schema.org/Course"]
    assert course["https://schema.org/name"] == [{"@value": TRICKY.name}]
    offers = course["https://schema.org/offers"]
    assert [offer["https://schema.org/price"][0]["@value"] for offer in offers] == [0, 1.5, 10]
    assert offers[2][f"{OURS}payer"] == [{"@value": "over 65 | under 18"}]
    first, second = course["https://schema.org/hasCourseInstance"]
    assert first[f"{OURS}startText"] == [{"@value": "+ any Monday"}]
    assert second["https://schema.org/maximumAttendeeCapacity"] == [{"@value": 0}]


def test_ctdl_expands(catalogue, tmp_path) -> None:
    done = export(catalogue, tmp_path / "out.json", "ctdl", "sample", "en")
    nodes = {node["@id"]: node for node in expanded(tmp_path / "out.json")}
    terms = "https://purl.org/ctdl/terms/"
    kinds = {kind: [node for node in nodes.values() if node["@type"] == [terms + kind]] for kind in KINDS}
    assert len(kinds["LearningOpportunityProfile"]) == done.programs == 300
    assert len(kinds["CredentialOrganization"]) < 20, "each organisation once"
    first = kinds["LearningOpportunityProfile"][0]
    assert nodes[first[f"{terms}offeredBy"][0]["@id"]] in kinds["CredentialOrganization"]
    assert first[f"{terms}name"][0]["@language"] == "en"
    linked = [each["@id"] for node in nodes.values() for each in node.get(f"{terms}hasOffering", [])]
    assert set(linked) == {node["@id"] for node in kinds["ScheduledOffering"]}
    assert "deadline" in done.left_out


KINDS = ("LearningOpportunityProfile", "ScheduledOffering", "CredentialOrganization")


def test_elm_expands(catalogue, tmp_path) -> None:
    export(catalogue, tmp_path / "out.jsonld", "elm", "sample", "en")
    nodes = expanded(tmp_path / "out.jsonld")
    elm = "http://data.europa.eu/snb/model/elm/"
    found = [node for node in nodes if node["@type"] == [f"{elm}LearningOpportunity"]]
    programs = stored(catalogue, "sample")
    assert len(found) == sum(max(1, len(program.offerings)) for program in programs)
    shared = {node["@id"] for node in nodes} - {node["@id"] for node in found}
    assert {node[f"{elm}learningAchievementSpecification"][0]["@id"] for node in found} == shared
    deadlines = [value for node in found for value in node.get(f"{elm}applicationDeadline", [])]
    assert {each["@type"] for each in deadlines} == {"http://www.w3.org/2001/XMLSchema#dateTime"}


def test_export_replaces_a_file_whole(catalogue, tmp_path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("what was there", encoding="utf-8")
    with pytest.raises(UnknownSource, match="There are: ours, sample"):
        export(catalogue, file, "csv", "nowhere")
    assert file.read_text(encoding="utf-8") == "what was there"
    export(catalogue, file, "csv", "ours")
    assert list(tmp_path.glob(".export-*")) == [] and "what was there" not in file.read_text(encoding="utf-8-sig")


def test_export_says_what_is_missing(catalogue, tmp_path) -> None:
    with pytest.raises(CatalogueMissing, match="advisor catalogue import"):
        export(tmp_path / "none.db", tmp_path / "out.csv", "csv")
    with pytest.raises(CatalogueError, match="cannot be written"):
        export(catalogue, tmp_path / "no-folder" / "out.csv", "csv")
    with writing(catalogue) as writer:
        writer.put(replace(TRICKY, description="x" * 40_000))
    with pytest.raises(CatalogueError, match="description is too long for a sheet"):
        export(catalogue, tmp_path / "out.xlsx", "xlsx", "ours")
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("form", ["csv", "xlsx", "schema-org"])
def test_exported_files_are_imported_whole(catalogue, tmp_path, form) -> None:
    file = tmp_path / ("out.jsonld" if form == "schema-org" else f"out.{form}")
    environment = {"ADVISOR_CATALOGUE_DIR": str(catalogue.parent)}
    for source in ("sample", "ours"):
        export(catalogue, file, form, source)
        done = run_command("catalogue", "import", "--source", "back", file, environment=environment)
        assert done.returncode == 0 and "none needed" in done.stdout, done.stdout + done.stderr
        assert [replace(each, source=source) for each in stored(catalogue, "back")] == stored(catalogue, source)
        assert not (catalogue.parent / "mappings").exists()
        run_command("catalogue", "remove", "back", environment=environment)


def test_what_elm_has_terms_for_comes_back(catalogue, tmp_path) -> None:
    environment = {"ADVISOR_CATALOGUE_DIR": str(catalogue.parent)}
    export(catalogue, tmp_path / "out.jsonld", "elm", "sample")
    done = run_command("catalogue", "import", "--source", "back", tmp_path / "out.jsonld", environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    told = ("source_key", "name", "provider", "type", "level", "eqf", "subjects", "skills", "languages")
    back, programs = (sorted(stored(catalogue, name), key=lambda one: one.source_key) for name in ("back", "sample"))
    assert [[getattr(one, name) for name in told] for one in back] == [
        [getattr(one, name) for name in told] for one in programs
    ]
    for one, before in zip(back, programs, strict=True):
        days, modes = ({getattr(each, name) for each in one.offerings} for name in ("start", "mode"))
        assert {each.start for each in before.offerings} <= days | {None}
        assert {each.mode for each in before.offerings} <= modes | {""}
        assert [each.amount for each in one.credits] == [each.amount for each in before.credits]


def test_changed_table_is_imported_or_named(catalogue, tmp_path) -> None:
    file, environment = tmp_path / "out.csv", {"ADVISOR_CATALOGUE_DIR": str(catalogue.parent)}
    export(catalogue, file, "csv", "sample")
    whole = file.read_text(encoding="utf-8-sig")
    file.write_text(whole.replace("Short course", "Short course!", 1), encoding="utf-8")
    done = run_command("catalogue", "import", "--source", "sample", file, environment=environment)
    assert done.returncode == 1 and "two different values of type" in done.stderr and done.stderr.count("\n") == 1
    file.write_text(whole.replace("Short course", "Intensive course"), encoding="utf-8")
    done = run_command("catalogue", "import", "--source", "sample", file, environment=environment)
    assert done.returncode == 0 and "0 new" in done.stdout, done.stderr
    assert "Short course" not in {program.type for program in stored(catalogue, "sample")}


def test_every_format_is_a_choice_of_the_command(catalogue, tmp_path) -> None:
    environment = {"ADVISOR_CATALOGUE_DIR": str(catalogue.parent)}
    for form in FORMATS:
        file = tmp_path / f"out-{form}"
        done = run_command("catalogue", "export", "--format", form, "--source", "ours", file, environment=environment)
        assert done.returncode == 0 and "1 program" in done.stdout, done.stderr
        assert file.stat().st_size > 100
    done = run_command("catalogue", "export", "--format", "csv", "--source", "x", file, environment=environment)
    assert done.returncode == 1 and done.stderr == "advisor: There is no source 'x'. There are: ours, sample.\n"
