"""The public pages of programs and their feed: off unless asked for, escaped, cached, readable by machines and people."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from demo.sample_catalogue import sample_programs, write_sample
from own_programs.formats.schema_org import from_course
from own_programs.records import Offering, Price, ProgramRecord
from own_programs.store.writer import FILE_NAME, writing
from tests.front.console_fixtures import Running, browser, running_console, wrong_on
from tests.front.test_console_browser import SIZES

HOSTILE = "</script><script>alert(1)</script>&\u2028"
KILNS = ProgramRecord(
    "ours",
    "kilns",
    f"Kilns {HOSTILE}",
    description=f"Build one. {HOSTILE}",
    provider="Harbour Mills College",
    url="javascript:alert(1)",
    prices=(Price(90.0, "EUR"),),
    offerings=(
        Offering(date(2020, 1, 6), mode="online"),
        Offering(date.today() + timedelta(days=40), mode="in-person", place="Cork"),
    ),
)
PUBLIC_URL = "https://advisor.example.org"


@pytest.fixture
def front(tmp_path) -> Iterator[Running]:
    """Serve the pages over one program whose every word is hostile."""
    write(tmp_path, KILNS)
    how = {"catalogue_dir": tmp_path / "catalogue", "catalogue_pages": "on", "public_url": PUBLIC_URL}
    with running_console(tmp_path, **how) as running:
        yield running


def write(tmp_path: Path, *programs: ProgramRecord) -> None:
    with writing(tmp_path / "catalogue" / FILE_NAME) as catalogue:
        catalogue.source("ours")
        for program in programs:
            catalogue.put(program)


def page_of(client: httpx.Client) -> httpx.Response:
    """Return the page of the first program of the list."""
    link = re.search(r'href="(/programs/\d+)"', client.get("/programs").text)
    assert link
    return client.get(link[1])


def test_pages_are_off_unless_asked_for(tmp_path) -> None:
    write(tmp_path, KILNS)
    with running_console(tmp_path, catalogue_dir=tmp_path / "catalogue") as running:
        for path in ("/programs", "/programs/1", "/programs.jsonld", "/programs/programs.css"):
            assert running.client().get(path).status_code == 404


def test_everything_is_escaped(front) -> None:
    client = front.client()
    for answer in (
        client.get("/programs"),
        client.get("/programs", params={"words": 'kilns"><script>'}),
        page_of(client),
    ):
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text and "</script><script>" not in answer.text
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers
    assert 'href="javascript:' not in page_of(client).text


def test_program_page_tells_machines_the_same(front) -> None:
    page = page_of(front.client())
    assert page.text.count("<script") == 1
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    node = json.loads(data[1])
    assert node["@id"] == f"{PUBLIC_URL}{page.url.path}"
    assert f'<link rel="canonical" href="{node["@id"]}">' in page.text
    assert from_course(node, "ours") == KILNS


def test_coming_offerings_stand_first(front) -> None:
    text = page_of(front.client()).text
    assert text.index("Cork") < text.index("6 Jan 2020") < text.index(">over<")
    assert "90 EUR" in text and "Deadline" not in text


def test_what_can_be_begun_at_any_time_is_over_at_its_end(front, tmp_path) -> None:
    today = date.today()
    begun = Offering(today - timedelta(days=90), end=today + timedelta(days=90), mode="online", schedule="self-paced")
    write(tmp_path, replace(KILNS, offerings=(begun,)))
    assert ">over<" not in page_of(front.client()).text
    write(tmp_path, replace(KILNS, offerings=(replace(begun, end=today - timedelta(days=1)),)))
    assert ">over<" in page_of(front.client()).text


def test_list_is_searched_and_paged(front, tmp_path) -> None:
    write_sample(tmp_path / "catalogue" / FILE_NAME, date.today())
    client = front.client()
    assert "301 programs" in client.get("/programs").text
    assert "Page 16 of 16" in client.get("/programs?page=16").text
    assert "on this page" in client.get("/programs?page=9999").text
    for odd in ("x", "-1", "0", "9" * 40):
        assert "Page 1 of 16" in client.get("/programs", params={"page": odd}).text
    found = client.get("/programs?words=first+aid+tartu").text
    assert "3 found" in found and "First Aid at Work" in found and "noindex" in found
    assert "Try fewer" in client.get("/programs", params={"words": "zeppelin \x00 ("}).text


@pytest.mark.parametrize("path", ["/programs/program.html", "/programs/..%2fapp.py", "/programs/x.css"])
def test_only_the_parts_of_the_pages_are_sent(front, path) -> None:
    assert front.client().get("/programs/programs.css").headers["content-type"].startswith("text/css")
    assert front.client().get(path).status_code == 404


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_unknown_program_is_said(front, number) -> None:
    answer = front.client().get(f"/programs/{number}")
    assert answer.status_code == 404 and "There is no such program" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_browsers_may_keep_pages_until_the_catalogue_changes(front, tmp_path) -> None:
    client = front.client()
    for path in ("/programs", "/programs.jsonld"):
        first = client.get(path)
        assert "max-age" in first.headers["cache-control"]
        known = {"If-None-Match": first.headers["etag"]}
        assert client.get(path, headers=known).status_code == 304
        write(tmp_path, replace(KILNS, source_key=path, name="New"))
        changed = client.get(path, headers=known)
        assert changed.status_code == 200 and changed.headers["etag"] != first.headers["etag"]


def test_pages_are_compressed_for_those_who_take_it(front) -> None:
    assert front.client().get("/programs").headers["content-encoding"] == "gzip"
    plain = front.client().get("/programs", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and "Kilns" in plain.text


def test_feed_holds_all_programs(front, tmp_path) -> None:
    write_sample(tmp_path / "catalogue" / FILE_NAME, date(2026, 11, 29))
    answer = front.client().get("/programs.jsonld")
    assert answer.headers["content-type"].startswith("application/ld+json")
    programs = [from_course(node, "sample") for node in answer.json()["@graph"]]
    assert programs[1:] == sample_programs(date(2026, 11, 29)) and programs[0].name == KILNS.name


def test_each_guide_pack_has_pages_of_its_own(tmp_path) -> None:
    (tmp_path / "school/knowledge/guide").mkdir(parents=True)
    text = "[school]\nguide_dir = school\ncatalogue_dir = school-catalogue\norganisation = Alder Street\n"
    (tmp_path / "packs.ini").write_text(text, encoding="utf-8")
    write(tmp_path, KILNS)
    write_sample(tmp_path / "school-catalogue" / FILE_NAME, date(2026, 11, 29))
    how = {"catalogue_dir": tmp_path / "catalogue", "catalogue_pages": "on", "public_url": PUBLIC_URL}
    with running_console(tmp_path, packs_file=tmp_path / "packs.ini", **how) as running:
        client, base = running.client(), "/guides/school/programs"
        first, school = client.get("/programs").text, client.get(base).text
        assert "Alder Street" in school and "Alder Street" not in first
        link = re.search(rf'href="({base}/\d+)"', school)
        assert link and link[1] in client.get(link[1]).text and client.get(f"{base}/programs.css").status_code == 200
        assert set(re.findall(r'(?:href|action)="(/[a-z]+)', school)) == {"/guides"}, "no way leads to the first one's"
        programs = [from_course(node, "sample") for node in client.get(f"{base}.jsonld").json()["@graph"]]
        assert programs == sample_programs(date(2026, 11, 29))
        assert len(client.get("/programs.jsonld").json()["@graph"]) == 1
        assert client.get("/guides/clinic/programs").status_code == 404


def test_without_programs_the_pages_say_so(tmp_path) -> None:
    how = {"catalogue_dir": tmp_path / "catalogue", "catalogue_pages": "on"}
    with running_console(tmp_path, **how) as running:
        client = running.client()
        assert "nothing to show yet" in client.get("/programs").text
        assert client.get("/programs.jsonld").json()["@graph"] == []
        assert client.get("/programs/1").status_code == 404
        (tmp_path / "catalogue").mkdir()
        (tmp_path / "catalogue" / FILE_NAME).write_bytes(b"no database at all" * 100)
        broken = client.get("/programs")
        assert broken.status_code == 503 and str(tmp_path) not in broken.text
        assert client.get("/programs.jsonld").status_code == 503


def test_visitors_have_a_rate(tmp_path) -> None:
    with running_console(tmp_path, catalogue_pages="on", messages_per_minute_per_address=3) as running:
        codes = [running.client().get("/programs").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_pages_are_for_everybody(front, browser, tmp_path, size) -> None:
    write_sample(tmp_path / "catalogue" / FILE_NAME, date.today())
    page = browser.new_page(viewport=size)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    addresses = ["/programs", "/programs?words=first+aid", "/programs?words=zeppelin", "/programs/20"]
    for address in addresses:
        page.goto(front.url + address)
        assert complaints == [] and page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.close()
    checked = browser.new_context(viewport=size, bypass_csp=True)  # axe is a script, which the pages do not allow
    page = checked.new_page()
    for address in addresses:
        page.goto(front.url + address)
        assert wrong_on(page) == [], address
    checked.close()
