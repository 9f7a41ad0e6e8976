"""Staff edit the catalogue's rows: names, places, programs of the guide; checked, published and taken back as topics are."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import httpx
import pytest

from conversations.editing import entry_drafts, entry_history
from conversations.editing.entry_drafts import EntryDraft
from conversations.editing.publications import PUBLISHED
from knowledge.building.load import collect
from knowledge.building.sources import Findings
from knowledge.editing.entries import CATALOGUE, SCHEMAS
from knowledge.knowledge_base import open_knowledge
from tests.front.console_fixtures import Running, browser, look_over, signed_in_page, store
from tests.front.test_console_browser import SIZES
from tests.front.test_console_publishing import console, published

ABOUT = "Canada has many colleges."


def begun(console: Running, kind: str, key: str, **more: str) -> EntryDraft:
    """Begin a draft of a row as an editor and return it."""
    answer = console.send(console.signed_in("editor"), "/staff/drafts/begin", kind=kind, key=key, **more)
    assert answer.status_code == 303, answer.text
    return draft_at(console, answer)


def draft_at(console: Running, answer: httpx.Response) -> EntryDraft:
    """Return the draft that an answer leads to."""
    found = console.store.run(entry_drafts.find, int(answer.headers["location"].rsplit("/", 1)[1]))
    assert found
    return found


def saved(console: Running, draft: EntryDraft, who: str = "editor", **fields: str) -> httpx.Response:
    """Save a draft as the page's script does, with the fields that it has and these."""
    now = console.store.run(entry_drafts.find, draft.id)
    sent: dict[str, str] = {"version": str(now.version)}
    for name, value in (now.content or {}).items():
        if SCHEMAS[now.kind][name].takes == "references":
            sent |= {f"{name}-{number}": each for number, each in enumerate(value)}
        else:
            sent[name] = "\n".join(value) if isinstance(value, list) else str(value)
    if now.is_new:
        sent.pop("key", None)
    client = console.signed_in(who)
    client.headers["HX-Request"] = "true"
    return console.send(client, f"/staff/drafts/{draft.id}", **{**sent, **fields})


def test_form_of_each_kind_changes_nothing_by_itself(console) -> None:
    found = collect(console.front.settings.guide_dir / "knowledge", Findings())
    kinds = [kind for kind in CATALOGUE if found.of(kind)]
    assert {"destination", "institution", "field", "program"} <= set(kinds)
    for kind in kinds:
        row = found.of(kind)[0]
        key = f"{row['kind']}/{row['key']}" if kind == "other name" else row.get("key")
        if key is None:  # a strength is known by what it ties together
            continue
        draft = begun(console, kind, key)
        page = console.signed_in("editor").get(f"/staff/drafts/{draft.id}")
        told = saved(console, draft).json()
        assert page.status_code == 200 and told["same"] and not told["problems"], (kind, told)


def test_what_is_wrong_is_told_in_the_words_of_the_build(console) -> None:
    draft = begun(console, "destination", "canada")
    told = saved(console, draft, about="", **{"fields-0": "nursin"}).json()
    by_field = {each["field"]: each["text"] for each in told["problems"]}
    assert set(by_field) == {"about", "fields"}
    assert "'about' is missing" in by_field["about"]
    assert "names the unknown field 'nursin'. Did you mean 'nursing'?" in by_field["fields"]


def test_name_of_another_is_told_with_whose_it_is(console) -> None:
    told = saved(console, begun(console, "destination", "canada"), aliases="canadian\nBritish").json()
    [problem] = told["problems"]
    assert (
        problem["field"] == "aliases"
        and "names two entries" in problem["text"]
        and "“United Kingdom”" in problem["text"]
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [("maple land", []), ("Course", ["aliases"]), ("would", ["aliases"])],
)
def test_names_need_no_training_and_are_no_everyday_words(console, name, told) -> None:
    answer = saved(console, begun(console, "destination", "canada"), aliases=f"canadian\n{name}").json()
    assert answer["training"] is False and [each["field"] for each in answer["problems"]] == told


def test_facts_of_a_row_are_live_at_once_and_taken_back(console) -> None:
    draft = begun(console, "destination", "canada")
    saved(console, draft, about=ABOUT, why="they wrote to us")
    done = published(console, draft.id)
    settings = console.front.settings
    assert done.state == PUBLISHED, done.report
    assert open_knowledge(settings.knowledge_db).destination("canada").about == ABOUT
    [version] = console.store.run(entry_history.of_entry, "destination", "canada")
    assert (version.why, version.content["about"]) == ("they wrote to us", ABOUT)
    page = console.signed_in("viewer").get("/staff/catalogue/entry?kind=destination&key=canada").text
    assert ABOUT in page and "they wrote to us" in page and "Draft its removal" not in page


def test_new_row_gets_its_key_from_its_name(console) -> None:
    client = console.signed_in("editor")
    draft = draft_at(console, console.send(client, "/staff/drafts/new", kind="institution"))
    assert {"name", "key", "source"} <= {each["field"] for each in saved(console, draft).json()["problems"]}
    saved(console, draft, name="Sto")
    section = collect(console.front.settings.guide_dir / "knowledge", Findings()).of("section")[0]["key"]
    told = saved(console, draft, name="Stonehill College", source=section).json()
    assert told["problems"] == [] and told["training"] is False
    now = console.store.run(entry_drafts.find, draft.id)
    assert (now.key, now.content["key"]) == ("stonehill-college", "stonehill-college")


def test_two_people_do_not_overwrite_each_others_row(console) -> None:
    draft = begun(console, "destination", "canada")
    stale = {"version": str(draft.version)}
    assert saved(console, draft, about=ABOUT).status_code == 200
    second = saved(console, draft, "trainer", about="What Bo wrote.", **stale)
    assert second.status_code == 409 and "editor has changed this meanwhile" in second.text
    assert console.store.run(entry_drafts.find, draft.id).content["about"] == ABOUT


def test_removal_that_others_lean_on_is_told(console) -> None:
    draft = begun(console, "destination", "canada", remove="yes")
    page = console.signed_in("editor").get(f"/staff/drafts/{draft.id}").text
    assert "To be removed" in page and "unknown destination" in page


def test_list_is_searched_and_editors_alone_may_write(console) -> None:
    viewer = console.signed_in("viewer")
    page = viewer.get("/staff/catalogue?kind=destination").text
    assert "Canada" in page and "New</button>" not in page
    assert "Canada" in viewer.get("/staff/catalogue?words=canad").text
    assert "Nothing found" in viewer.get("/staff/catalogue?words=zzzz").text
    assert viewer.get("/staff/catalogue/entry?kind=role&key=visa").status_code == 404
    assert console.send(viewer, "/staff/drafts/begin", kind="destination", key="canada").status_code == 403


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible(browser, console, size) -> None:
    draft = begun(console, "destination", "canada")
    saved(console, draft, about="")
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size], bypass_csp=True) as page:
        paths = ("/staff/catalogue", "/staff/catalogue/entry?kind=destination&key=canada", f"/staff/drafts/{draft.id}")
        look_over(page, *(console.url + path for path in paths))
        assert page.complaints == []
