"""Drafts are published from the console by the real command, over a small guide of its own; and taken back."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conversations.audit_log import entries as audit_entries
from conversations.db.demo_marker import mark_as_demo
from conversations.editing import entry_drafts, entry_history, publications
from conversations.editing.publications import FAILED, PUBLISHED, WENT_BACK, Publication
from conversations.errors import EditError
from core.guide_pack import generated_dir, sources_dir
from core.settings import Settings
from knowledge.building.build import build
from knowledge.knowledge_base import open_knowledge
from knowledge.required_roles import NEEDED
from nlu.encoding.encoder import open_encoder
from tests.front.console_fixtures import Running, browser, hire, look_over, running_console, signed_in_page, store
from tests.front.test_console_browser import SIZES
from tests.front.test_console_editing import begun, saved
from tests.harness import PATIENCE
from tests.knowledge_fixtures import ALL_ROLES, write_sources
from training.publishing import publication_exchange as exchange

VISA, ANSWER = "challenges/visa", "It depends on the country."
CLAIMS = """\
    claims:
      - say: You speak better after living abroad.
        form: yes_no
        asks: [does living there help my English, would I speak better afterwards]
      - say: A few weeks are enough to notice it.
        form: how_long
        asks: [how long does it take, after how many weeks do I speak better]
"""


@pytest.fixture
def console(tmp_path) -> Iterator[Running]:
    guide = tmp_path / "guide"
    write_sources(guide / "knowledge", {"guide/roles.yml": ALL_ROLES})
    places = {"guide_dir": guide, "knowledge_db": tmp_path / "knowledge.db", "models_dir": tmp_path / "models"}
    settings = Settings(var_dir=tmp_path, **places, encoder_dir=Settings().encoder_dir)
    encode = open_encoder(settings.encoder_dir).encode
    build(guide / "knowledge", settings.knowledge_db, generated_dir(settings), encode=encode, roles=NEEDED)
    with running_console(tmp_path, **places, encoder_dir=settings.encoder_dir) as running:
        hire(running.store)
        yield running


def published(console: Running, *ids: int, **form: str) -> Publication:
    """Publish drafts, and return the publication when it has ended."""
    ticked = {f"draft-{number}": str(each) for number, each in enumerate(ids)}
    answer = console.send(console.signed_in("trainer"), "/staff/publications", **ticked, **form)
    assert answer.status_code == 303, answer.text
    return ended(console, answer.headers["location"].rsplit("/", 1)[1])


def ended(console: Running, name: str) -> Publication:
    """Return a publication when nothing is done about it any more."""
    until = time.monotonic() + PATIENCE
    while (found := console.store.run(publications.find, name)).state in publications.IN_WORK:
        assert time.monotonic() < until, found
        time.sleep(0.1)
    return found


def answer_of(console: Running) -> str:
    return open_knowledge(console.front.settings.knowledge_db).topic(VISA).answer


def test_facts_are_published_and_taken_back(console) -> None:
    """The guide has claims by then, since only what a guide has is built, in the front's own environment."""
    file = sources_dir(console.front.settings) / "guide" / "benefits.yml"
    file.write_text(file.read_text(encoding="utf-8") + CLAIMS, encoding="utf-8")
    draft, before = begun(console), answer_of(console)
    assert saved(console, draft, answer=ANSWER, why="the embassy wrote").json()["training"] is False
    done = published(console, draft.id)
    assert (done.state, done.why, done.by) == (PUBLISHED, "the embassy wrote", "trainer"), done.report
    assert answer_of(console) == ANSWER
    asked, settings = "how long would that take", console.front.settings
    [vector] = open_encoder(settings.encoder_dir).encode([asked])
    [best] = open_knowledge(settings.knowledge_db).rank_claims(vector, "how_long", {}, 1, asked)
    assert (best.topic, best.number) == ("benefits/language", 1)
    assert console.store.run(entry_drafts.list_all) == []
    [version] = console.store.run(entry_history.of_entry, "topic", VISA)
    assert version.content["answer"] == ANSWER and version.publication == done.name
    assert ANSWER in console.signed_in("viewer").get(f"/staff/knowledge/{VISA}").text
    assert "published 1 changes" in console.store.run(audit_entries, 1)[0].what

    client = console.signed_in("trainer")
    assert "Go back to what was before" in client.get(f"/staff/publications/{done.name}").text
    console.send(client, f"/staff/publications/{done.name}/back")
    assert ended(console, done.name).state == WENT_BACK
    assert answer_of(console) == before
    [again] = console.store.run(entry_drafts.list_all)
    assert again.content["answer"] == ANSWER


def test_what_is_wrong_is_not_published(console) -> None:
    draft = begun(console)
    saved(console, draft, answer="")
    answer = console.send(console.signed_in("trainer"), "/staff/publications", **{"draft-1": str(draft.id)})
    assert answer.status_code == 400 and "&#39;answer&#39; is missing" in answer.text


def test_demo_publishes_nothing(console) -> None:
    """Its knowledge is the real advisor's."""
    console.store.run(mark_as_demo)
    draft, before = begun(console), answer_of(console)
    saved(console, draft, answer=ANSWER)
    answer = console.send(console.signed_in("trainer"), "/staff/publications", **{"draft-1": str(draft.id)})
    assert answer.status_code == 400 and "This is a demo" in answer.text
    assert answer_of(console) == before


def test_check_that_cannot_be_done_says_why_and_keeps_the_draft(console) -> None:
    draft = begun(console)
    assert saved(console, draft, ask="is a visa needed").json()["training"] is True
    done = published(console, draft.id)
    assert done.state == FAILED and "Run: make train" in done.report["refused"]
    page = console.signed_in("trainer").get(f"/staff/publications/{done.name}").text
    assert "Not published." in page and "Run: make train" in page
    assert console.store.run(entry_drafts.find, draft.id) is not None


@pytest.mark.parametrize(
    ("end", "told"), [("kill -9 $$", "It was stopped before its end."), ("exit 1", "Training on it ...")]
)
def test_killed_command_is_not_explained_by_the_last_thing_that_it_did(tmp_path, end, told) -> None:
    program = tmp_path / "advisor"
    program.write_text(f"#!/bin/sh\necho 'Training on it ...'\n{end}\n", encoding="utf-8")
    program.chmod(0o755)
    settings = Settings(root=tmp_path, var_dir=tmp_path / "var")
    exchange.folder_of(settings, "one").mkdir(parents=True)
    with pytest.raises(exchange.PublicationFailed, match=told):
        exchange.run_command(settings, "check", "one")


def test_draft_that_was_written_on_meanwhile_stays(console) -> None:
    draft = begun(console)
    saved(console, draft, answer=ANSWER)
    taken = console.store.run(entry_drafts.find, draft.id)
    one = console.store.run(publications.start, {draft.id: (taken, None)}, False, "", "trainer")
    saved(console, taken, answer="More words.")
    assert ended(console, one.name).state == PUBLISHED
    left = console.store.run(entry_drafts.find, draft.id)
    assert left.content["answer"] == "More words."
    assert (
        "It was changed since this draft began" not in console.signed_in("editor").get(f"/staff/drafts/{left.id}").text
    )


def test_publication_that_a_killed_front_left_is_settled(tmp_path, console) -> None:
    draft = begun(console)
    saved(console, draft, answer=ANSWER)
    taken = console.store.run(entry_drafts.find, draft.id)
    (tmp_path / "other/publications").mkdir(parents=True)

    def left(other) -> None:
        hire(other)
        one = other.run(publications.start, {7: (taken, None)}, False, "", "trainer")
        (tmp_path / "other/publications" / one.name).mkdir()
        other.name_of_it = one.name

    with running_console(tmp_path / "other", holding=left) as second:
        assert ended(second, second.store.name_of_it).state == FAILED


def test_only_one_publication_at_a_time(console) -> None:
    draft = begun(console)
    saved(console, draft, ask="is a visa needed")
    taken = {draft.id: (console.store.run(entry_drafts.find, draft.id), None)}

    def two(connection) -> str:
        one = publications.start(connection, taken, True, "", "trainer")
        with pytest.raises(EditError, match="trainer is checking or publishing"):
            publications.start(connection, taken, True, "", "admin")
        return one.name

    ended(console, console.store.run(two))


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible(browser, console, size) -> None:
    first, second = begun(console), begun(console, "not-stated/fees")
    saved(console, first, answer=ANSWER)
    done = published(console, first.id)
    third = begun(console)
    saved(console, third, title="", answer="Another.", ask="how much is it?\nvisa")
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size], bypass_csp=True) as page:
        paths = (
            "/staff/drafts",
            f"/staff/drafts/{third.id}",
            f"/staff/drafts/{second.id}",
            f"/staff/drafts/{third.id}/compare",
        )
        paths += ("/staff/publications", f"/staff/publications/{done.name}", f"/staff/knowledge/{VISA}")
        look_over(page, *(console.url + path for path in paths))
        assert page.complaints == []
