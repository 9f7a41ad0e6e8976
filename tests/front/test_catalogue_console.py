"""The console's pages of programs: sources, what is missing or wrong, search, a program, and bringing a file."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from console.views.learning.programs_upload import LARGEST
from conversations import audit_log
from demo.sample_catalogue import write_sample
from own_programs.exporting.export import export
from own_programs.importing.uploads import FOLDER
from own_programs.records import Offering, Price, ProgramRecord
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME, writing
from tests.front.console_fixtures import Running, browser, hire, look_over, running_console, signed_in_page
from tests.front.test_console_browser import SIZES

KILNS = ProgramRecord(
    "ours",
    "https://kilns.example/a?b=1&c",
    "Kilns <script>alert(1)</script>",
    url="javascript:alert(1)",
    subjects=("Pottery",),
    prices=(Price(90.0, "EUR"),),
    offerings=(Offering(date.today() + timedelta(days=40), mode="hybrid", place="Cork"), Offering(date(2020, 1, 6))),
)
TABLE = "Course code;Title;Fee;Start;Where\nA1;Kiln Building;299,50 EUR;01.03.2027;Cork\nA2;Glazing;120 EUR;12.04.2027;Porto\n"
TRIAL, CONFIRMED = "/staff/programs/import/trial", "/staff/programs/import/confirmed"


@pytest.fixture
def console(tmp_path) -> Iterator[Running]:
    """Serve a console over a catalogue folder in which nothing stands yet."""
    with running_console(tmp_path, catalogue_dir=tmp_path / "catalogue") as running:
        hire(running.store)
        yield running


@pytest.fixture
def filled(console, tmp_path) -> Running:
    """Return the console with a program whose every word is hostile."""
    with writing(tmp_path / "catalogue" / FILE_NAME) as catalogue:
        catalogue.source("ours")
        catalogue.put(KILNS)
    return console


def stored(tmp_path: Path, source: str | None = None) -> list[ProgramRecord]:
    with closing(CatalogueReader(tmp_path / "catalogue" / FILE_NAME)) as reader:
        return list(reader.all_records(source))


def bring(
    console: Running, client: httpx.Client, content: bytes, name: str = "spring.csv", **form: str
) -> httpx.Response:
    fields = {"csrf": console.token(client), **form}
    return client.post("/staff/programs/import", data=fields, files={"file": (name, content)}, headers=console.origin)


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's first form, but for the token."""
    form = page.partition('<form method="post" action="/staff/programs/import')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', form)
    return {name: value.replace("&#34;", '"').replace("&amp;", "&") for name, value in found if name != "csrf"}


def test_empty_catalogue_tells_what_to_do(console) -> None:
    assert "No programs yet" in console.signed_in("viewer").get("/staff/programs").text
    assert "Bring a file" in console.signed_in("trainer").get("/staff/programs").text
    assert "Bring a file" not in console.signed_in("viewer").get("/staff/programs").text
    assert console.signed_in("viewer").get("/staff/programs/findings").headers["location"] == "/staff/programs"


def test_sources_and_programs_are_listed(console, tmp_path) -> None:
    write_sample(tmp_path / "catalogue" / FILE_NAME, date.today())
    client = console.signed_in("viewer")
    page = client.get("/staff/programs").text
    assert "300 programs" in page and "demo@example.org" in page and "Page 1 of 15" in page
    assert page.count("data-row") == 20
    last = client.get("/staff/programs?page=15").text
    assert 'rel="next"' not in last and last.count("data-row") == 20
    found = client.get("/staff/programs?words=first aid", headers={"HX-Request": "true"}).text
    assert "<html" not in found and "First Aid at Work" in found and "Sources" not in found
    assert "Nothing found" in client.get("/staff/programs?words=zeppelin").text


def test_what_is_wrong_is_counted_and_listed(console, tmp_path) -> None:
    with writing(tmp_path / "catalogue" / FILE_NAME) as catalogue:
        catalogue.source("ours")
        for number in range(7):
            catalogue.put(replace(KILNS, source_key=f"k{number}", name=f"Kiln {number}", subjects=()))
    client = console.signed_in("viewer")
    part = client.get("/staff/programs/findings", headers={"HX-Request": "true"}).text
    assert "found by its name only" in part and "<html" not in part and "All 7" in part
    assert part.count("states no subject") == 5
    assert client.get("/staff/programs/findings?kind=no-subject").text.count("states no subject") == 7
    assert client.get("/staff/programs/findings?kind=nothing").status_code == 404
    with writing(tmp_path / "catalogue" / FILE_NAME) as catalogue:
        catalogue.remove("ours", "k0")
    assert "All 6" in client.get("/staff/programs/findings").text, "looked through anew"


def test_report_is_told_in_the_readers_language(console) -> None:
    client = console.signed_in("trainer")
    console.send(client, "/staff/account/language", language="de")
    table = f"{TABLE}A3;Firing;10 EUR;31.02.2027;Cork\nA4;;80 EUR;;Cork\nA5;Wheels;90 EUR;;Cork\n".replace(
        ";Where\n", ";Where;Colour\n"
    ).replace(";Cork\n", ";Cork;blue\n")
    page = html.unescape(bring(console, client, table.encode()).text)
    report = page.partition('class="report"')[2].partition("</pre>")[0]
    for words in ("Zuordnung:", "Abgelehnt: 2 Zeilen.", "es gibt keinen Namen", "ist kein Tag des Kalenders"):
        assert words in report, report
    assert "Nichts wurde eingelesen; der Katalog ist wie zuvor." in report and "Was zu tun ist: " in report
    assert not re.search(r"\b(is|the|row|rows|line|What to do|such as)\b", report), report
    broken = html.unescape(bring(console, client, b"\xff\xfe\x00", name="x.csv").text)
    assert "x.csv: Die Datei ist" in broken or "x.csv: Byte" in broken, broken


def test_removing_many_needs_a_second_word(console, tmp_path) -> None:
    head, client = "code;title\n", console.signed_in("trainer")
    rows = [f"C{number};Course {number}" for number in range(10)]

    def confirmed(some: list[str], **form: str) -> httpx.Response:
        trial = bring(console, client, (head + "\n".join(some)).encode(), **form).text
        assert ('name="sure"' in trial) == (len(some) < 8)
        fields = {"csrf": console.token(client), **hidden(trial)}
        return client.post("/staff/programs/import/confirmed", data=fields, headers=console.origin)

    assert confirmed(rows).status_code == 200
    refused = confirmed(rows[:7], remove_missing="yes")
    assert refused.status_code == 400 and "removes 3 of 10 programs" in refused.text
    trial = bring(console, client, (head + "\n".join(rows[:7])).encode(), remove_missing="yes").text
    assert "Yes, remove 3 programs" in trial
    fields = {"csrf": console.token(client), **hidden(trial), "sure": "yes"}
    done = client.post("/staff/programs/import/confirmed", data=fields, headers=console.origin)
    assert done.status_code == 200 and "7 programs" in client.get("/staff/programs").text


def test_program_page_states_all(filled) -> None:
    client = filled.signed_in("viewer")
    link = re.search(r'href="(/staff/programs/program[^"]*)"', client.get("/staff/programs").text)
    page = client.get(link[1].replace("&amp;", "&")).text
    for words in ("Kilns &lt;script&gt;", "Pottery", "90 EUR", "Hybrid", "Cork", "6 Jan 2020", "over", "never checked"):
        assert words in page
    assert "<script>alert" not in page and 'href="javascript:' not in page
    assert "Seats" not in page, "what no offering states has no column"


def test_unknown_program_is_said(filled) -> None:
    answer = filled.signed_in("viewer").get("/staff/programs/program?key=ours:none")
    assert answer.status_code == 404 and "There is no such program" in answer.text


def test_damaged_catalogue_is_said(console, tmp_path) -> None:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / FILE_NAME).write_bytes(b"no database at all" * 100)
    answer = console.signed_in("viewer").get("/staff/programs")
    assert answer.status_code == 503 and "cannot be read" in answer.text


def test_file_is_tried_then_brought(console, tmp_path) -> None:
    client = console.signed_in("trainer")
    trial = bring(console, client, TABLE.encode(), source="spring")
    assert trial.status_code == 200 and "What this file would do" in trial.text, trial.text
    assert "Bring 2 programs as “spring”" in trial.text
    assert not (tmp_path / "catalogue" / FILE_NAME).exists(), "nothing changes by looking"
    done = console.send(client, CONFIRMED, **hidden(trial.text))
    assert "2 programs brought" in done.text, done.text
    assert [program.name for program in stored(tmp_path)] == ["Kiln Building", "Glazing"]
    assert list((tmp_path / "catalogue" / FOLDER).iterdir()) == []
    [entry] = console.store.run(audit_log.entries, 10)
    assert (entry.who, entry.what, entry.about) == ("trainer", "brought 2 programs", "spring")
    again = bring(console, client, TABLE.encode(), source="spring")
    assert "2 the same" in again.text


def test_what_blocks_a_file_is_told(console, tmp_path) -> None:
    client = console.signed_in("trainer")
    broken = TABLE + "A3;;10 EUR;01.05.2027;Cork\n"
    trial = bring(console, client, broken.encode(), source="spring")
    assert "cannot be taken as it is" in trial.text and CONFIRMED not in trial.text
    upload = re.search(r'name="upload" value="([0-9a-f]+)"', trial.text)[1]
    again = console.send(client, TRIAL, upload=upload, source="spring", partial="yes")
    assert "Bring 2 programs" in again.text
    assert hidden(again.text)["partial"] == "yes", "what was tried is what is confirmed"
    refused = console.send(client, CONFIRMED, upload=upload, source="spring")
    assert "cannot be taken as it is" in refused.text and not (tmp_path / "catalogue" / FILE_NAME).exists()


def test_mapping_can_be_changed(console, tmp_path) -> None:
    client = console.signed_in("trainer")
    fields = hidden(bring(console, client, TABLE.encode(), source="spring").text)
    assert "Fee" in fields["mapping"]
    wrong = console.send(client, TRIAL, **{**fields, "mapping": "program: [1"})
    assert wrong.status_code == 400 and "Traceback" not in wrong.text
    changed = "program: {source_key: Course code, name: Title, provider: Where}"
    trial = console.send(client, TRIAL, **{**fields, "mapping": changed})
    console.send(client, CONFIRMED, **hidden(trial.text))
    assert [program.provider for program in stored(tmp_path)] == ["Cork", "Porto"]


def test_exported_programs_are_brought_back(console, tmp_path) -> None:
    write_sample(tmp_path / "catalogue" / FILE_NAME, date(2026, 11, 29))
    export(tmp_path / "catalogue" / FILE_NAME, tmp_path / "out.xlsx", "xlsx")
    client = console.signed_in("admin")
    trial = bring(console, client, (tmp_path / "out.xlsx").read_bytes(), "out.xlsx", source="back")
    console.send(client, CONFIRMED, **hidden(trial.text))
    assert [replace(each, source="sample") for each in stored(tmp_path, "back")] == stored(tmp_path, "sample")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(b"", "spring.csv", "empty"), (b"\x00\x01\x02" * 50, "spring.csv", ""), (b"PK\x03\x04junk", "a.xlsx", "workbook")],
)
def test_unreadable_file_is_said(console, content, name, words) -> None:
    answer = bring(console, console.signed_in("trainer"), content, name)
    assert answer.status_code == 400 and words in answer.text and "Traceback" not in answer.text


def test_hostile_name_stays_in_its_folder(console, tmp_path) -> None:
    bring(console, console.signed_in("trainer"), TABLE.encode(), "../../../mapping.yml", source="spring")
    [folder] = (tmp_path / "catalogue" / FOLDER).iterdir()
    assert [path.name for path in folder.iterdir()] == ["file-mapping.yml"]


def test_uploading_is_guarded(console) -> None:
    client, file = console.signed_in("trainer"), {"file": ("a.csv", b"x")}
    assert bring(console, console.signed_in("viewer"), b"x").status_code == 403
    assert client.post("/staff/programs/import", files=file, headers=console.origin).status_code == 403
    token = {"csrf": console.token(client)}
    elsewhere = {"Origin": "https://elsewhere.example"}
    assert client.post("/staff/programs/import", data=token, files=file, headers=elsewhere).status_code == 403
    stranger = console.client().post("/staff/programs/import", data=token, files=file, headers=console.origin)
    assert stranger.status_code == 303 and stranger.headers["location"].startswith("/staff/sign-in")
    large = client.post(
        "/staff/programs/import", data=token, files={"file": ("a", b"x" * LARGEST)}, headers=console.origin
    )
    assert large.status_code == 413
    assert client.post("/staff/programs/import", data=token, headers=console.origin).status_code == 400
    gone = console.send(client, TRIAL, upload="../..", source="a")
    assert gone.status_code == 404 and "Choose it again" in gone.text


def test_an_upload_of_yesterday_is_gone(console, tmp_path) -> None:
    import os

    client = console.signed_in("trainer")
    bring(console, client, TABLE.encode(), source="spring")
    [old] = (tmp_path / "catalogue" / FOLDER).iterdir()
    os.utime(old, (0, 0))
    bring(console, client, TABLE.encode(), source="spring")
    assert old not in list((tmp_path / "catalogue" / FOLDER).iterdir())


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_pages_are_for_everybody(console, browser, tmp_path, size) -> None:
    write_sample(tmp_path / "catalogue" / FILE_NAME, date.today())
    with signed_in_page(browser, console, "trainer", viewport=size) as page:
        pages = ("", "?words=first+aid", "/findings", "/program?key=sample:cgi-aid-01", "/import")
        look_over(page, *(f"{console.url}/staff/programs{each}" for each in pages))
        file = {"name": "spring.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
        page.set_input_files("input[type=file]", file)
        page.click("text=Look at it")
        page.wait_for_selector("text=What this file would do")
        page.click("button.main")
        page.wait_for_selector("text=The advisor knows them from now on")
        assert page.complaints == []
