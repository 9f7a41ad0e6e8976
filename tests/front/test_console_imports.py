"""Pages are brought in the console: what is found in them is proposed, and becomes drafts piece by piece."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from conversations.db import schema
from conversations.db.schema import now
from conversations.editing import entry_drafts, guide_imports
from conversations.learning import unanswered
from nlu.encoding.encoder import open_encoder
from tests.front.console_fixtures import Running, browser, look_over, said, signed_in_page, store
from tests.front.test_console_browser import SIZES
from tests.front.test_console_publishing import console

PATH = "/staff/guide/imports"
FAQ = """# Questions

## Challenges

### Is there a deposit?

Yes, of one third of the price.

### Do I need a visa?

Ask the embassy.

## Getting here

### Is there parking?

Behind the house, for six cars.
"""
MORE = """question,answer
Is there parking?,"Behind the house, for six cars."
Is there a lift?,"Yes, to all floors <& 3 more>."
"""


def brought(console: Running, *files: tuple[str, str], who: str = "editor") -> httpx.Response:
    """Bring files as the form does."""
    client = console.signed_in(who)
    sent = [("file", (name, text.encode())) for name, text in files]
    return client.post(PATH, data={"csrf": console.token(client)}, files=sent, headers=console.origin)


def decided(console: Running, import_id: int, version: int, *pieces: int, **form: str) -> httpx.Response:
    ticked = {f"piece-{piece}": str(piece) for piece in pieces}
    return console.send(console.signed_in("editor"), f"{PATH}/{import_id}", version=str(version), **ticked, **form)


def test_files_become_proposals_and_no_draft(console) -> None:
    answer = brought(console, ("faq.md", FAQ), ("more.csv", MORE))
    assert answer.status_code == 303, answer.text
    page = console.signed_in("adviser").get(answer.headers["location"]).text
    assert "Is there a deposit" in page and "faq.md, line 5" in page and "floors &lt;&amp; 3 more&gt;." in page
    assert "Taken for the same question" in page and "the guide asks this already" in page
    assert "Make drafts" not in page and console.store.run(entry_drafts.list_all) == []
    [one] = console.store.run(guide_imports.list_newest)
    assert [each["title"] for each in one.proposals] == ["Is there a deposit", "Is there parking", "Is there a lift"]


def test_pieces_are_accepted_one_by_one(console) -> None:
    brought(console, ("faq.md", FAQ), ("more.csv", MORE))
    assert decided(console, 1, 1, 0, what="draft").status_code == 303
    [draft] = console.store.run(entry_drafts.list_all)
    assert (draft.key, draft.title, draft.why) == (
        "challenges/is-there-a-deposit",
        "Is there a deposit",
        "Brought: faq.md, line 5",
    )
    assert draft.content["answer"].startswith("Yes, of one third") and draft.content["ask"] == ["Is there a deposit?"]
    decided(console, 1, 2, 1, what="draft")
    assert console.store.run(entry_drafts.list_all)[0].key == ""  # no part of the guide is called so
    decided(console, 1, 3, 2, what="leave")
    one = console.store.run(guide_imports.find, 1)
    assert [each["state"] for each in one.proposals] == ["drafted", "drafted", "left"] and one.waiting == 0
    assert brought(console, ("faq.md", FAQ)).status_code == 400  # all of it is asked by now


def test_old_import_goes_once_all_is_decided(console) -> None:
    brought(console, ("faq.md", FAQ))
    brought(console, ("more.csv", MORE))
    decided(console, 1, 1, 0, 1, what="leave")
    console.store.run(guide_imports.delete_decided)
    assert len(console.store.run(guide_imports.list_newest)) == 2
    long_ago = now() - guide_imports.KEPT - timedelta(days=1)
    console.store.run(lambda connection: connection.execute(update(schema.guide_import).values(at=long_ago)))
    console.store.run(guide_imports.delete_decided)
    assert [one.id for one in console.store.run(guide_imports.list_newest)] == [2], "of the other something waits"


def test_what_visitors_asked_in_vain_becomes_a_way_of_asking(console) -> None:
    said(console.store, "a", "is there any parking for cars?", outcome="declined")
    said(console.store, "b", "is there any parking here? write to mira@example.org", outcome="declined")
    brought(console, ("faq.md", FAQ))
    encode = open_encoder(console.front.settings.encoder_dir).encode
    console.store.run(unanswered.scan)
    waiting = console.store.run(unanswered.without_embedding, 10)
    if waiting:  # else the console's own job has been here
        vectors = zip([each for each, _ in waiting], encode([text for _, text in waiting]), strict=True)
        console.store.run(unanswered.store_embeddings, list(vectors))
    page = console.signed_in("editor").get(f"{PATH}/1").text
    assert 'name="ask-1-0" value="is there any parking for cars?"' in page and "mira@" not in page
    decided(console, 1, 1, 1, what="draft", section="faq", **{"ask-1-0": "is there any parking for cars?"})
    [draft] = console.store.run(entry_drafts.list_all)
    assert draft.content["ask"] == ["Is there parking?", "is there any parking for cars?"]


def test_two_people_cannot_decide_about_the_same(console) -> None:
    brought(console, ("faq.md", FAQ))
    assert decided(console, 1, 1, 0, what="draft", section="faq").status_code == 303
    assert decided(console, 1, 1, 0, what="draft").status_code == 409
    assert [draft.key for draft in console.store.run(entry_drafts.list_all)] == ["faq/is-there-a-deposit"]


def test_heading_becomes_a_part_of_the_guide(console) -> None:
    brought(console, ("faq.md", FAQ))
    decided(console, 1, 1, 1, what="draft", section="*")
    topic, part = console.store.run(entry_drafts.list_all)
    assert (part.kind, part.key, part.title) == ("section", "getting-here", "Getting here")
    assert topic.key == "getting-here/is-there-parking"
    page = console.signed_in("editor").get(f"/staff/drafts/{topic.id}").text
    assert "All is well." in page
    alone = console.send(console.signed_in("trainer"), "/staff/publications", **{"draft-1": str(topic.id)})
    assert alone.status_code == 400 and "the guide has no section" in alone.text


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([("tune.mp3", "no text")], "files of this kind are not read"),
        ([("../../empty.md", "nothing here")], "Nothing new was found in empty.md"),
        ([(f"{'学' * 120}.md", "nothing here")], "学.md"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_kept(console, files, told) -> None:
    answer = brought(console, *files)
    assert answer.status_code == 400 and told in answer.text
    assert console.store.run(guide_imports.list_newest) == []


def test_import_is_for_editors(console) -> None:
    assert brought(console, ("faq.md", FAQ), who="adviser").status_code == 403


@pytest.mark.parametrize("size", SIZES)
def test_pages_are_accessible(browser, console, size) -> None:
    brought(console, ("faq.md", FAQ), ("more.csv", MORE))
    with signed_in_page(browser, console, "editor", viewport=SIZES[size], bypass_csp=True) as page:
        look_over(page, f"{console.url}{PATH}", f"{console.url}{PATH}/1")
        assert page.complaints == []
