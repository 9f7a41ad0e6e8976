"""Files of every kind become programs: tables, workbooks, JSON, JSON-LD; what is none is refused in one line."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

import openpyxl
import pytest

from own_programs.errors import FileUnreadable
from own_programs.records import Credit, Offering, Price
from tests.front.import_fixtures import bring

GERMAN = (
    "Kursnummer;Kursname;Kursgebühr;Währung;Beginn;Dauer;Ort;Unterrichtssprache;Kursform\r\n"
    "K1;Einführung in die Pflege;299,50;EUR;01.03.2027;6 Wochen;München;Deutsch;Präsenz\r\n"
    'K2;"Zahlen; Daten";kostenlos;EUR;13.04.2027;halbes Jahr;Köln;Englisch;Online\r\n'
)


def test_german_table_needs_no_mapping(tmp_path) -> None:
    done = bring(tmp_path, GERMAN.encode("cp1252"))
    first, second = done.programs
    assert done.report.files == ["courses.csv: CSV with semicolons, cp1252, 2 rows."]
    assert (first.name, first.prices, first.weeks) == ("Einführung in die Pflege", (Price(299.5, "EUR"),), 6)
    assert first.languages == ("de",)
    assert first.offerings == (Offering(start=date(2027, 3, 1), mode="in-person", place="München"),)
    assert (second.name, second.prices, second.weeks) == ("Zahlen; Daten", (Price(0, "EUR"),), 26)
    assert 'decimal mark ",", as in 299,50' in done.text and "day first" in done.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encoding_is_found(tmp_path, encoding) -> None:
    text = "id,name\n1,Übung für Anfänger\n2,Größere Fälle\n" + "3,plain\n" * 1
    assert [program.name for program in bring(tmp_path, text.encode(encoding)).programs][:2] == [
        "Übung für Anfänger",
        "Größere Fälle",
    ]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1251", "Основы ухода за больными и пожилыми людьми"), ("shift_jis", "看護学の基礎とデータ分析入門")],
)
def test_other_scripts_are_found(tmp_path, encoding, name) -> None:
    assert bring(tmp_path, f"id,name\n1,{name}\n".encode(encoding)).only.name == name


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(tmp_path, delimiter) -> None:
    text = "id,name,fee\n1,One,€5\n2,Two,€6\n".replace(",", delimiter)
    assert bring(tmp_path, text).programs[1].prices == (Price(6, "EUR"),)


def test_title_lines_above_the_header_are_told(tmp_path) -> None:
    done = bring(tmp_path, "Catalogue 2027,,\n,,\nid,name,city\n1,One,Cork\n2,Two,Cork\n")
    assert len(done.programs) == 2 and "line 3 names the columns" in done.text


def test_columns_of_one_name_stay_apart(tmp_path) -> None:
    done = bring(tmp_path, "id,name,name,\n1,One,Uno,x\n")
    assert done.only.name == "One" and "name (2): filled 1 time" in done.text and "column 4" in done.text


def test_line_with_too_many_cells_is_refused(tmp_path) -> None:
    done = bring(tmp_path, "id,name\n1,One\n2,Two,too\n")
    assert "courses.csv:3: has 3 cells, but the header names 2 columns" in done.text and done.programs == []


def test_place_is_the_line_in_the_file(tmp_path) -> None:
    done = bring(tmp_path, 'id,name,start date\n1,"One\nof two lines",2027-01-01\n2,Two,2027-02-30\n')
    assert "courses.csv:4: start" in done.text


def _book() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = "Courses"
    book.active.append(["Course code", "Course title", "Price in €", "Start date", "Seats"])
    book.active.append(["X1", "Excel one", 299.5, datetime(2027, 3, 1), 20])
    book.active.append(["X2", "Excel two", 1200, date(2027, 4, 1), 15.0])
    book.create_sheet("More").append(["id", "name"])
    book["More"].append([7, "Seven"])
    return book


def _saved(book: openpyxl.Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_workbook_keeps_numbers_and_dates(tmp_path) -> None:
    done = bring(tmp_path, _saved(_book()), name="book.xlsx")
    first, second = done.programs
    assert (first.prices, second.prices) == ((Price(299.5, "EUR"),), (Price(1200, "EUR"),))
    assert first.offerings == (Offering(start=date(2027, 3, 1), seats=20),)
    assert "other sheets were not read: More" in done.text


def test_sheet_is_chosen(tmp_path) -> None:
    assert bring(tmp_path, _saved(_book()), name="book.xlsx", read={"sheet": "More"}).only.name == "Seven"
    with pytest.raises(FileUnreadable, match="There are: Courses, More"):
        bring(tmp_path, _saved(_book()), name="book.xlsx", read={"sheet": "None"}, source="other")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"id,name\n", "has a header, but no rows"),
        (bytes(range(256)) * 40, "is no text"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, "Save it as XLSX"),
        (b"PK\x03\x04" + b"x" * 99, "is damaged"),
        (b'id,name\n1,"One\n2,Two\n', "courses.csv:2: a quotation mark that is never closed"),
        (b"id,name\n1," + b"x" * 140_000, "courses.csv:2: a cell of more than 128 kB"),
        (b'[{"id": 1, "title": "A"}, {"id"', "courses.csv:1: this is no JSON"),
        (b'[{"id": 1, "title": NaN}]', "NaN is no number of JSON"),
        (b"[" * 100_000, "it goes too deep"),
        (b"[" * 300 + b"]" * 300, "it goes too deep"),
        (b'{"@context": "https://schema.org", "@type": "Recipe", "name": "x"}', "none of the types here"),
        (b"<!doctype html><p>Hello", "holds no JSON-LD"),
        (b"<?xml version='1.0'?><courses/>", "is XML"),
        (b"[1, 2]", "there is no list of records"),
    ],
)
def test_what_is_no_catalogue_is_refused(tmp_path, content, told) -> None:
    with pytest.raises(FileUnreadable, match="courses.csv") as error:
        bring(tmp_path, content)
    assert told in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    "tree",
    [
        [{"id": 1, "title": "One"}, {"id": 2, "title": "Two"}],
        {"count": 2, "data": {"courses": [{"id": 1, "title": "One"}, {"id": 2, "title": "Two"}]}},
        {"c1": {"title": "One"}, "c2": {"title": "Two"}},
        {"title": "All courses", "courses": [{"id": 1, "title": "One"}, {"id": 2, "title": "Two"}]},
    ],
)
def test_records_of_json_are_found(tmp_path, tree) -> None:
    assert [program.name for program in bring(tmp_path, json.dumps(tree), name="c.json").programs] == ["One", "Two"]


def test_json_lines_are_records(tmp_path) -> None:
    assert len(bring(tmp_path, '{"id": 1, "title": "One"}\n{"id": 2, "title": "Two"}\n', name="c.jsonl").programs) == 2


def test_runs_inside_a_record_become_offerings(tmp_path) -> None:
    runs = [{"start_date": "2027-01-10", "city": "Cork"}, {"start_date": "2027-05-10", "city": "Galway"}]
    done = bring(tmp_path, json.dumps([{"code": "A", "title": "Art", "runs": runs}]), name="c.json")
    assert "each: runs" in done.mapping
    assert [offering.place for offering in done.only.offerings] == ["Cork", "Galway"]


def test_records_below_others_reach_up(tmp_path) -> None:
    tree = [{"title": "Big", "courses": [{"id": 1, "name": "Small", "cost": {"amount": "5.50"}}]}]
    mapping = """
read: {records: courses, currency: EUR}
program: {source_key: id, name: name, part_of: ^title, prices: cost.amount}
"""
    program = bring(tmp_path, json.dumps(tree), mapping, name="c.json").only
    assert program.part_of == ("Big",) and program.prices == (Price(5.5, "EUR"),)


COURSE = {
    "@type": "Course",
    "@id": "https://college.example/c/1",
    "name": "Nursing basics",
    "description": "<p>Care &amp; more</p>",
    "provider": {"@id": "#college"},
    "timeRequired": "PT40H",
    "inLanguage": "English",
    "hasCourseInstance": [
        {
            "@type": "CourseInstance",
            "courseMode": "Blended",
            "startDate": "2027-03-01",
            "location": {
                "@type": "Place",
                "name": "Main",
                "address": {"addressLocality": "Galway", "addressCountry": "IE"},
            },
            "offers": {"@type": "Offer", "price": "1200.00", "priceCurrency": "EUR"},
        },
        {"@type": "CourseInstance", "courseMode": "online", "startDate": "2027-09-01"},
    ],
}
COLLEGE = {"@type": "CollegeOrUniversity", "@id": "#college", "name": "College X"}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda graph: json.dumps({"@context": "https://schema.org", "@graph": graph}),
        lambda graph: json.dumps([{"@context": "http://schema.org/", **each} for each in graph]),
        lambda graph: json.dumps({"@context": {"@vocab": "https://schema.org/"}, "@graph": graph}),
        lambda graph: (
            "<!doctype html><html><head><script type='application/ld+json'>"
            + json.dumps({"@context": "https://schema.org", "@graph": graph})
            + '</script><script type="application/ld+json">{broken</script></head></html>'
        ),
    ],
)
def test_schema_org_is_read_in_every_wrapping(tmp_path, wrap) -> None:
    program = bring(tmp_path, wrap([COURSE, COLLEGE]), name="page").only
    assert (program.name, program.provider, program.hours) == ("Nursing basics", "College X", 40)
    assert (program.description, program.languages, program.type) == ("Care & more", ("en",), "Course")
    main = Offering(
        start=date(2027, 3, 1),
        mode="hybrid",
        place="Galway",
        campus="Main",
        country="Ireland",
        prices=(Price(1200, "EUR"),),
    )
    assert program.offerings == (main, Offering(start=date(2027, 9, 1), mode="online"))


def test_open_price_of_a_web_page_is_asked(tmp_path) -> None:
    course = {"@context": "https://schema.org", "@type": "Course", "name": "One"}
    course["offers"] = {"@type": "Offer", "price": "1.200", "priceCurrency": "EUR"}
    assert "1.200 may be 1200 or 1.2" in bring(tmp_path, json.dumps(course), name="c.jsonld").text
    told = bring(tmp_path, json.dumps(course), name="c.jsonld", read={"decimal": ","})
    assert told.only.prices == (Price(1200, "EUR"),)
    course["offers"]["price"] = 1.2
    assert bring(tmp_path, json.dumps(course), name="c.jsonld").only.prices == (Price(1.2, "EUR"),)


def test_list_of_items_holds_courses(tmp_path) -> None:
    items = [
        {"@type": "ListItem", "position": 1, "item": {"@type": "Course", "name": "One", "url": "https://a.example/1"}}
    ]
    tree = {"@context": "https://schema.org", "@type": "ItemList", "itemListElement": items}
    assert bring(tmp_path, json.dumps(tree), name="c.jsonld").only.url == "https://a.example/1"


def test_course_that_is_only_named_is_no_program(tmp_path) -> None:
    part = {**COURSE, "provider": "X", "isPartOf": {"@type": "Course", "name": "A whole year"}}
    program = bring(tmp_path, json.dumps({"@context": "https://schema.org", **part}), name="c.jsonld").only
    assert program.part_of == ("A whole year",)


def test_parts_are_told_what_they_are_part_of(tmp_path) -> None:
    def node(key: str, name: str, **more: object) -> dict:
        return {
            "@id": f"https://harbour-mills.example/{key}",
            "@type": "ceterms:LearningProgram",
            "ceterms:name": name,
            **more,
        }

    parts = [{"@id": f"https://harbour-mills.example/{key}"} for key in ("kilns", "glazes")]
    whole = node("pottery", "Certificate in Pottery", **{"ceterms:hasPart": parts})
    told = node("glazes", "Glazes", **{"ceterms:isPartOf": {"@id": "https://harbour-mills.example/pottery"}})
    tree = {"@context": "https://credreg.net/ctdl/schema/context/json", "@graph": [node("kilns", "Kilns"), told, whole]}
    read = bring(tmp_path, json.dumps(tree), name="data.json")
    stated = {program.name: program.part_of for program in read.programs}
    belongs = ("Certificate in Pottery",)
    assert stated == {"Kilns": belongs, "Glazes": belongs, "Certificate in Pottery": ()}


def test_ctdl_graph_is_read(tmp_path) -> None:
    program = {
        "@id": "https://registry.example/p/1",
        "@type": "ceterms:LearningProgram",
        "ceterms:ctid": "ce-1",
        "ceterms:name": {"en-US": "Accelerator"},
        "ceterms:offeredBy": ["https://registry.example/o/1"],
        "ceterms:deliveryType": [
            {"@type": "ceterms:CredentialAlignmentObject", "ceterms:targetNode": "deliveryType:OnlineOnly"}
        ],
        "ceterms:estimatedCost": [
            {"@type": "ceterms:CostProfile", "ceterms:price": 4485.0, "ceterms:currency": "US Dollar"}
        ],
        "ceterms:estimatedDuration": [{"@type": "ceterms:DurationProfile", "ceterms:exactDuration": "P9M"}],
    }
    owner = {"@id": "https://registry.example/o/1", "@type": "ceterms:Organization", "ceterms:name": {"en": "Owner"}}
    tree = {"@context": "https://credreg.net/ctdl/schema/context/json", "@graph": [program, owner]}
    found = bring(tmp_path, json.dumps(tree), name="c.json").only
    assert (found.source_key, found.name, found.provider) == ("ce-1", "Accelerator", "Owner")
    assert (found.type, found.duration, found.weeks) == ("Learning program", "9 months", 39)
    assert found.prices == (Price(4485, "USD"),) and found.offerings == (Offering(mode="online"),)


def test_badge_is_read_without_its_holder(tmp_path) -> None:
    eqf = {"type": ["Alignment"], "targetType": "ext:EQF", "targetName": "EQF level 4", "targetCode": "4"}
    achievement = {
        "id": "https://b.example/a/1",
        "type": ["Achievement"],
        "name": "Coffee",
        "ECTS": 3,
        "alignment": [eqf],
    }
    tree = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ]
        + ["https://nowhere.example/context.json"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://b.example/i", "type": ["Profile"], "name": "School of Coffee"},
        "credentialSubject": {
            "id": "https://b.example/s/7",
            "type": ["AchievementSubject"],
            "achievement": achievement,
        },
    }
    done = bring(tmp_path, json.dumps(tree), name="badge.json")
    assert (done.only.name, done.only.provider, done.only.eqf) == ("Coffee", "School of Coffee", 4)
    assert done.only.credits == (Credit(3, "ECTS"),)
    assert "the context https://nowhere.example/context.json is not known" in done.text and "/s/7" not in done.text


def test_european_credential_is_read(tmp_path) -> None:
    qualification = {
        "type": "Qualification",
        "title": {"es": "Creación", "en": "Creation"},
        "eqfLevel": {"id": "http://data.europa.eu/snb/eqf/6", "type": "Concept", "prefLabel": {"en": "Level 6"}},
        "creditPoint": {"point": "2", "framework": {"prefLabel": {"en": "European Credit Transfer System"}}},
        "volumeOfLearning": "PT60H",
        "language": {"id": "http://publications.europa.eu/resource/authority/language/ENG", "type": "Concept"},
    }
    body = {"awardingBody": {"type": "Organisation", "legalName": {"en": "University of Zed"}}}
    claim = {"type": "LearningAchievement", "awardedBy": body, "specifiedBy": qualification}
    contexts = ["https://www.w3.org/2018/credentials/v1", "http://data.europa.eu/snb/model/context/edc-ap"]
    tree = {"@context": contexts, "type": "EuropeanDigitalCredential", "credentialSubject": {"hasClaim": claim}}
    found = bring(tmp_path, json.dumps(tree), name="elm.jsonld").only
    assert (found.name, found.provider, found.eqf, found.hours) == ("Creation", "University of Zed", 6, 60)
    assert found.credits == (Credit(2, "ECTS"),) and found.languages == ("en",)


def test_open_edx_needs_only_a_currency(tmp_path) -> None:
    run = {"start_date": "2027-09-30T05:00:00Z", "enrollment_end": "2027-10-07T23:59:00Z", "current_price": 1529.0}
    course = {"readable_id": "x+1", "title": "Quanta", "courseruns": [run], "time_commitment": "3-5 hours per week"}
    course |= {"format": "Online", "duration": "4 weeks"}
    asked = bring(tmp_path, json.dumps([course]), name="x.json")
    assert "1529.0 is a price in no stated currency" in asked.text and "--currency EUR" in asked.text
    found = bring(tmp_path, json.dumps([course]), name="x.json", read={"currency": "USD"}).only
    assert (found.hours_per_week, found.weeks) == (5, 4)
    run_of = Offering(start=date(2027, 9, 30), deadline=date(2027, 10, 7), mode="online", prices=(Price(1529, "USD"),))
    assert found.offerings == (run_of,)
