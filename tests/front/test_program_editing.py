"""Staff change own programs in the console: effective at once, with a history, and imports say what they overwrite."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date

import httpx
import pytest

from conversations import audit_log
from own_programs.editing.record_form import OFFERING, PROGRAM, written
from own_programs.records import Credit, Offering, Price, ProgramRecord
from own_programs.search.program_queries import page_of_programs, program_of_key
from own_programs.store.edits import edits_of, state_of
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME
from tests.front.console_fixtures import Running, browser, look_over, signed_in_page
from tests.front.test_catalogue_console import (
    CONFIRMED,
    KILNS,
    TABLE,
    TRIAL,
    bring,
    console,
    filled,
    hidden,
    stored,
)
from tests.front.test_console_browser import SIZES

EDIT = "/staff/programs/program/edit"


def form_of(program: ProgramRecord) -> dict[str, str]:
    """Return what the form of a program would send."""
    sent = {"key": program.key, "base": state_of(program), **written(program, PROGRAM)}
    for number, one in enumerate((*program.offerings, Offering())):
        sent |= {f"offerings-{number}-{name}": text for name, text in written(one, OFFERING).items()}
    return sent


def saved(console: Running, program: ProgramRecord, who: str = "editor", **fields: str) -> httpx.Response:
    return console.send(console.signed_in(who), EDIT, **{**form_of(program), **fields})


def test_form_that_is_sent_back_as_it_is_changes_nothing(filled, tmp_path) -> None:
    client = filled.signed_in("editor")
    assert client.get(EDIT, params={"key": KILNS.key}).status_code == 200
    assert saved(filled, KILNS).status_code == 303
    assert stored(tmp_path) == [KILNS]
    assert (
        "Nobody has changed it here yet" in client.get(EDIT.replace("edit", "history"), params={"key": KILNS.key}).text
    )


def test_change_is_found_at_once_and_has_a_history(filled, tmp_path) -> None:
    fields = {
        "prices": "95,50 EUR\n40 EUR members".replace(",", "."),
        "credits": "6 ECTS",
        "offerings-0-place": "Galway",
    }
    fields |= {"offerings-2-start": "2027-05-03", "offerings-2-mode": "online", "offerings-1-remove": "yes"}
    assert saved(filled, KILNS, why="they wrote to us", **fields).status_code == 303
    [now] = stored(tmp_path)
    assert now.prices == (Price(95.5, "EUR"), Price(40.0, "EUR", "members")) and now.credits == (Credit(6.0, "ECTS"),)
    assert [one.place for one in now.offerings] == ["Galway", ""] and now.offerings[1].start == date(2027, 5, 3)
    with closing(CatalogueReader(tmp_path / "catalogue" / FILE_NAME)) as reader:
        assert page_of_programs(reader, "Galway").total == 1 and page_of_programs(reader, "Cork").total == 0
        [edit] = edits_of(reader, KILNS.source, KILNS.source_key)
    assert (edit.before, edit.after, edit.who, edit.why) == (KILNS, now, "editor", "they wrote to us")
    page = filled.signed_in("viewer").get(EDIT.replace("edit", "history"), params={"key": KILNS.key}).text
    assert "they wrote to us" in page and "Galway" in page and "<script>alert" not in page
    again = filled.signed_in("editor").get(EDIT, params={"key": KILNS.key, "version": edit.id}).text
    assert "This is what it was before" in again and 'value="Cork"' in again
    assert filled.store.run(audit_log.entries, 1)[0].what == "changed a program"


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("name", " ", "There is no name."),
        ("prices", "a fortune", "is not one price"),
        ("prices", "90", "in no stated currency"),
        ("languages", "Klingonese", "is no language that is known"),
        ("eqf", "11", "is no level of the EQF"),
        ("url", "javascript:alert(2)", "is no web address"),
        ("offerings-0-start", "2027-02-30", "2027-02-30"),
        ("offerings-0-seats", "many", "many"),
        ("subjects", "=1+1", "is a formula"),
    ],
)
def test_what_an_import_would_not_take_is_told_beside_its_field(filled, tmp_path, field, text, told) -> None:
    answer = saved(filled, KILNS, **{field: text, "contact": "kept in the form"})
    beside = answer.text.partition(f'data-field="{field}"')[2].partition("</p>")[0]
    assert answer.status_code == 400 and told in beside and "kept in the form" in answer.text
    assert stored(tmp_path) == [KILNS]


def test_two_people_do_not_overwrite_each_other(filled, tmp_path) -> None:
    assert saved(filled, KILNS, contact="ann@kilns.example").status_code == 303
    second = saved(filled, KILNS, "trainer", contact="bo@kilns.example")
    assert second.status_code == 409 and "ann@kilns.example" in second.text and "bo@kilns.example" in second.text
    [now] = stored(tmp_path)
    assert now.contact == "ann@kilns.example"
    assert saved(filled, KILNS, "trainer", contact="bo@kilns.example", base=state_of(now)).status_code == 303
    assert stored(tmp_path)[0].contact == "bo@kilns.example"


def test_viewers_and_advisers_may_not_write(filled) -> None:
    for who in ("viewer", "adviser"):
        assert saved(filled, KILNS, who).status_code == 403
        assert EDIT not in filled.signed_in(who).get("/staff/programs/program", params={"key": KILNS.key}).text


def edited_import(console: Running, tmp_path) -> tuple[httpx.Client, str]:
    """Bring a table, change a program of it, and return a trainer with the page of a trial of the same table."""
    trainer = console.signed_in("trainer")
    page = bring(console, trainer, TABLE.encode(), source="spring").text
    page = console.send(trainer, TRIAL, dates="day-first", decimal=",", **hidden(page)).text
    console.send(trainer, CONFIRMED, **hidden(page))
    kiln = next(each for each in stored(tmp_path) if each.source_key == "A1")
    assert saved(console, kiln, prices="350 EUR").status_code == 303
    return trainer, bring(console, trainer, TABLE.encode(), source="spring").text


def test_import_says_what_it_overwrites(console, tmp_path) -> None:
    trainer, page = edited_import(console, tmp_path)
    assert "would be overwritten" in page and "Kiln Building (A1): prices, changed by editor" in page
    done = console.send(trainer, CONFIRMED, **hidden(page)).text
    assert "Changed in the console, and overwritten by these files: 1." in done
    assert [each.prices[0].amount for each in stored(tmp_path)] == [299.5, 120.0]
    assert "overwritten" not in bring(console, trainer, TABLE.encode(), source="spring").text


def test_import_can_keep_what_staff_changed(console, tmp_path) -> None:
    trainer, page = edited_import(console, tmp_path)
    done = console.send(trainer, CONFIRMED, keep_edits="yes", **hidden(page)).text
    assert "Changed in the console, and kept so: 1." in done
    assert [each.prices[0].amount for each in stored(tmp_path)] == [350.0, 120.0]


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible(browser, filled, size) -> None:
    saved(filled, KILNS, contact="ann@kilns.example")
    with signed_in_page(browser, filled, "editor", viewport=SIZES[size], bypass_csp=True) as page:
        query = str(httpx.QueryParams({"key": KILNS.key}))
        look_over(page, *(f"{filled.url}{EDIT.replace('edit', each)}?{query}" for each in ("edit", "history")))
