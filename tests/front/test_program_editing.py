"""Staff change own programs in the console: effective at once, with a history, and imports say what they overwrite."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest
from playwright.sync_api import expect

from conversations import audit_log
from own_programs.editing.record_form import MOST_OFFERINGS, OFFERING, PROGRAM, written
from own_programs.records import BY_HAND, Credit, Offering, Price, ProgramRecord
from own_programs.search.catalogue import open_catalogue
from own_programs.search.program_queries import page_of_programs, program_of_key
from own_programs.store.edits import edits_of, state_of
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME, writing
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
NEW, REMOVED = "/staff/programs/new", "/staff/programs/removed"


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


def new_form(console: Running, **fields: str) -> dict[str, str]:
    """Return what the form of a new program sends, with what is written into it."""
    page = console.signed_in("editor").get(NEW).text
    key = re.search(r'name="key" value="(by-hand:[0-9a-f]{12})"', page)
    assert key is not None
    blank = {name: "" for name in re.findall(r'name="([a-z0-9_-]+)"', page.partition("<template")[0]) if name != "csrf"}
    return {**blank, "key": key[1], **fields}


def test_program_is_entered_by_hand_and_found_at_once(console, tmp_path) -> None:
    form = new_form(console, name="Raku Firing", provider="Kilns & Co", url="https://kilns.example/raku")
    form |= {"offerings-0-mode": "in-person", "offerings-0-place": "Sligo", "offerings-1-start": "2027-05-03"}
    answer = console.send(console.signed_in("editor"), EDIT, **form, **{"offerings-1-prices": "90 EUR"})
    [now] = stored(tmp_path)
    assert answer.headers["location"].endswith("&saved=yes") and now.key == form["key"]
    assert now.offerings == (
        Offering(mode="in-person", place="Sligo"),
        Offering(start=date(2027, 5, 3), prices=(Price(90.0, "EUR"),)),
    )
    known = open_catalogue(tmp_path / "catalogue" / FILE_NAME)
    assert known is not None and [each.label for each in known.names.find("when is raku firing?")] == ["Raku Firing"]
    page = console.signed_in("viewer").get(EDIT.replace("edit", "history"), params={"key": now.key}).text
    assert "Added" in page and "Raku Firing" in page and "Back to before" not in page
    assert "Entered by hand" in console.signed_in("viewer").get("/staff/programs").text
    assert console.store.run(audit_log.entries, 1)[0].what == "added a program"
    again = console.send(console.signed_in("editor"), EDIT, **form, **{"offerings-1-prices": "90 EUR"})
    assert again.status_code == 303 and stored(tmp_path) == [now], "sent twice, it is there once"


def test_new_program_keeps_what_is_written_until_it_can_be_read(console) -> None:
    editor = console.signed_in("editor")
    form = new_form(console, **{"offerings-0-place": "Sligo", "offerings-1-place": "Cork", "offerings-1-remove": "yes"})
    more = console.send(editor, EDIT, **form, add="yes")
    assert more.status_code == 200 and 'name="offerings-2-start"' in more.text and 'value="Sligo"' in more.text
    assert re.search(r'name="offerings-1-remove" value="yes" checked', more.text)
    told = console.send(editor, EDIT, **{**form, "eqf": "11"})
    assert told.status_code == 400 and "There is no name." in told.text and "is no level of the EQF" in told.text
    assert 'value="Sligo"' in told.text and "checked" in told.text
    assert "Nothing is removed" in editor.get(REMOVED).text and "No programs yet" in editor.get("/staff/programs").text


def test_removed_program_can_be_put_back(filled, tmp_path) -> None:
    editor, base = filled.signed_in("editor"), {"key": KILNS.key, "base": state_of(KILNS)}
    assert filled.send(filled.signed_in("viewer"), EDIT.replace("edit", "remove"), **base).status_code == 403
    assert filled.send(editor, EDIT.replace("edit", "remove"), **{**base, "base": "another"}).status_code == 409
    assert filled.send(editor, EDIT.replace("edit", "remove"), **base, why="they closed").status_code == 303
    assert stored(tmp_path) == [] and editor.get(EDIT, params={"key": KILNS.key}).status_code == 404
    page = editor.get(REMOVED, params={"key": KILNS.key}).text
    assert "they closed" in page and "<script>alert" not in page
    history = editor.get(EDIT.replace("edit", "history"), params={"key": KILNS.key}).text
    assert "they closed" in history and "Removed" in history
    edit = re.search(r'name="edit" value="([0-9a-f]+)"', page)
    assert edit is not None and filled.send(editor, REMOVED, edit=edit[1]).status_code == 303
    assert stored(tmp_path) == [KILNS] and "Nothing is removed" in editor.get(REMOVED).text
    assert filled.send(editor, REMOVED, edit=edit[1]).status_code == 409


def test_many_offerings_are_saved_by_form_and_more_are_left_alone(filled, tmp_path) -> None:
    start = date(2027, 1, 4)
    many = tuple(Offering(start + timedelta(days=number), place="Cork") for number in range(MOST_OFFERINGS))
    for offerings in (many, (*many, Offering(place="Galway"))):
        program = replace(KILNS, offerings=offerings)
        with writing(tmp_path / "catalogue" / FILE_NAME) as catalogue:
            catalogue.put(program)
        page = filled.signed_in("editor").get(EDIT, params={"key": KILNS.key}).text
        fields = {
            "contact": "ann@kilns.example",
            **({} if len(offerings) > MOST_OFFERINGS else {"offerings-399-place": "Sligo"}),
        }
        form = {**form_of(program), **fields}
        sent = {name: text for name, text in form.items() if f'name="{name}"' in page or name == "base"}
        assert filled.send(filled.signed_in("editor"), EDIT, **sent).status_code == 303
        [now] = stored(tmp_path)
        assert now.contact == "ann@kilns.example" and len(now.offerings) == len(offerings)
        assert now.offerings[399].place == ("Cork" if len(offerings) > MOST_OFFERINGS else "Sligo")
        assert ("more offerings than a form holds" in page) == (len(offerings) > MOST_OFFERINGS)


def test_import_leaves_alone_what_was_entered_by_hand(console, tmp_path) -> None:
    assert console.send(console.signed_in("editor"), EDIT, **new_form(console, name="Raku Firing")).status_code == 303
    refused = bring(console, console.signed_in("trainer"), TABLE.encode(), source=BY_HAND)
    assert refused.status_code == 400 and "give the files another one" in refused.text


def test_import_says_that_it_brings_back_what_was_removed(console, tmp_path) -> None:
    trainer, _ = edited_import(console, tmp_path)
    kiln = next(each for each in stored(tmp_path) if each.source_key == "A1")
    console.send(console.signed_in("editor"), EDIT.replace("edit", "remove"), key=kiln.key, base=state_of(kiln))
    page = bring(console, trainer, TABLE.encode(), source="spring").text
    assert "Kiln Building (A1): removed by editor" in page and "would be overwritten" in page
    console.send(trainer, CONFIRMED, keep_edits="yes", **hidden(page))
    assert [each.source_key for each in stored(tmp_path)] == ["A2"]
    console.send(trainer, CONFIRMED, **hidden(bring(console, trainer, TABLE.encode(), source="spring").text))
    assert [each.source_key for each in stored(tmp_path)] == ["A1", "A2"]


def test_form_in_a_browser_adds_offerings_and_loses_nothing(browser, console, tmp_path) -> None:
    with signed_in_page(browser, console, "editor", viewport=SIZES["narrow"]) as page:
        page.goto(f"{console.url}{NEW}")
        page.get_by_label("Name").fill("Raku Firing")
        page.get_by_role("button", name="Add an offering").click()
        page.locator("[name=offerings-1-place]").fill("Sligo")
        page.get_by_role("button", name="Add an offering").click()
        page.locator("[data-offering='offerings-2-']").get_by_role("button", name="Remove this offering").click()
        page.goto(f"{console.url}/staff/programs")
        page.goto(f"{console.url}{NEW}")
        expect(page.locator("#kept")).to_contain_text("is back")
        expect(page.locator("[name=offerings-1-place]")).to_have_value("Sligo")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        page.goto(f"{console.url}{NEW}")
        expect(page.get_by_label("Name")).to_have_value("")
    assert [one.place for each in stored(tmp_path) for one in each.offerings] == ["Sligo"]


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible(browser, filled, size) -> None:
    saved(filled, KILNS, contact="ann@kilns.example")

    def removed(console: Running) -> None:
        now = replace(KILNS, contact="ann@kilns.example")
        console.send(console.signed_in("editor"), EDIT.replace("edit", "remove"), key=now.key, base=state_of(now))

    with signed_in_page(browser, filled, "editor", viewport=SIZES[size], bypass_csp=True) as page:
        query = str(httpx.QueryParams({"key": KILNS.key}))
        look_over(page, *(f"{filled.url}{EDIT.replace('edit', each)}?{query}" for each in ("edit", "history")))
        look_over(page, f"{filled.url}{NEW}", f"{filled.url}/staff/programs")
        removed(filled)
        look_over(page, f"{filled.url}{REMOVED}?{query}")
        page.get_by_role("button", name="Put it back").click()
        expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
