"""Unanswered questions: found in passing, grouped by meaning, decided about; and the drafts that come of them."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from starlette.responses import Response

from console.views.learning.embedding_job import EmbeddingJob
from conversations.db import schema
from conversations.editing import entry_drafts
from conversations.learning import corrections, feedback, unanswered
from conversations.learning.clustering import cluster, group
from conversations.models import Inbound
from conversations.pipeline.inbox import accept
from core.settings import Settings
from knowledge.knowledge_base import open_knowledge
from tests.front.console_fixtures import (
    Running,
    browser,
    hire,
    look_over,
    postgres_url,
    running_console,
    said,
    signed_in_page,
    store,
)
from tests.front.test_console_browser import SIZES

SAME = ("is there a scholarship for this", "do you have scholarships for these courses", "any scholarship for it?")
OTHER = ("can my dog come along to the campus", "how do I cook rice")


def ask(store, text, address="", outcome="declined", **more) -> str:
    return said(store, address or text, text, outcome=outcome, **{"intent": "out_of_scope", "confidence": 0.3, **more})


def look(store) -> None:
    """As the front does by itself; in a thread, since Playwright has an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(EmbeddingJob(store, Settings().encoder_dir).run())).result()


def groups(store) -> list[set[str]]:
    return [set(one.texts) for one in cluster(store.run(unanswered.list_newest))]


@pytest.fixture
def console(tmp_path) -> Iterator[Running]:
    """Serve a console over the real knowledge base, in which some questions were declined."""
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db, encoder_dir=Settings().encoder_dir) as running:
        hire(running.store)
        for text in (*SAME, *OTHER):
            ask(running.store, text)
        said(running.store, "z", "do I need a visa", intent="ask_topic", topic="challenges/visa")
        look(running.store)
        yield running


def numbers(console, *texts) -> str:
    return ",".join(str(one.message_id) for one in console.store.run(unanswered.list_newest) if one.text in texts)


def decide(console, role="trainer", **form) -> httpx.Response:
    return console.send(console.signed_in(role), "/staff/unanswered", **form)


# --- found and grouped --------------------------------------------------------------------------------------------
def test_only_what_was_not_answered_waits(store) -> None:
    ask(store, OTHER[0])
    ask(store, "what?", outcome="clarify", intent="nlu_fallback")
    said(store, "b", "do I need a visa", intent="ask_topic", topic="challenges/visa")
    look(store)
    assert [one.text for one in store.run(unanswered.list_newest)] == ["what?", OTHER[0]]
    look(store)
    assert store.run(unanswered.count) == 2


def test_open_message_is_waited_for(store) -> None:
    """A message that is being answered is looked at once it has been, and nothing after it is passed over."""
    accepted = store.run(accept, Inbound("web", "open", "being answered"))
    ask(store, OTHER[0])
    look(store)
    assert store.run(unanswered.count) == 0
    with store.engine.begin() as connection:
        wanted = schema.message.c.id == accepted.message_id
        connection.execute(schema.message.update().where(wanted).values(state="answered", outcome="declined"))
    look(store)
    assert store.run(unanswered.count) == 2


def test_same_meaning_is_one_group(store) -> None:
    for text in (*SAME, *OTHER, SAME[0].upper() + "!!"):
        ask(store, text)
    look(store)
    first, *others = groups(store)
    assert {one.lower().strip("!") for one in first} == set(SAME)
    assert others == [{OTHER[1]}, {OTHER[0]}]


def test_same_words_are_one_group_without_model(store, tmp_path) -> None:
    for address, text in (("a", OTHER[0]), ("b", OTHER[0].upper() + "?"), ("c", OTHER[1])):
        ask(store, text, address)
    asyncio.run(EmbeddingJob(store, tmp_path).run())
    assert sorted(len(one.questions) for one in cluster(store.run(unanswered.list_newest))) == [1, 2]


TUITION = ("how much does it cost per term", "tuition fees?", "is the fee per credit")


def test_what_was_declined_is_grouped_by_its_topic(store) -> None:
    """The advisor's own finding is the subject, whatever the words; what it did not understand has none."""
    for text in TUITION:
        ask(store, text, topic="not-stated/fees", intent="ask_topic")
    ask(store, TUITION[1].upper(), "again", topic="not-stated/fees", intent="ask_topic")
    ask(store, "what about the other", outcome="clarify", intent="nlu_fallback", topic="not-stated/fees")
    ask(store, "???", outcome="clarify", intent="nlu_fallback")
    ask(store, "asdf jkl", outcome="clarify", intent="nonsense")
    look(store)
    fees, nonsense, other = group(store.run(unanswered.list_newest))
    assert (fees.topic, len(fees.questions), fees.people, len(fees.ways)) == ("not-stated/fees", 4, 4, 3)
    assert nonsense.is_nonsense and {one.text for one in nonsense.questions} == {"???", "asdf jkl"}
    assert (other.topic, other.is_nonsense) == ("", False) and other.head.text == "what about the other"


def test_what_is_in_no_topic_is_grouped_by_meaning(console) -> None:
    """An open subject for everything else, as an import begins a guide with, is not what the questions have in common."""
    role = open_knowledge(Settings().knowledge_db).role("anything-else")
    for text in ("do you sell chalk", "is there a sauna", "is there a sauna here"):
        ask(console.store, text, topic=role, intent="ask_topic")
    look(console.store)
    page = console.signed_in("trainer").get("/staff/unanswered").text
    found = [row.partition("</li>")[0] for row in page.split('<li class="line group"')]
    assert [("chalk" in row, "sauna" in row) for row in found if "chalk" in row or "sauna" in row] == [
        (False, True),
        (True, False),
    ]


def test_inside_a_topic_one_meaning_stands_together(store) -> None:
    mixed = (SAME[0], OTHER[0], SAME[1], OTHER[1], SAME[2])
    for text in mixed:
        ask(store, text, topic="not-stated/scholarships")
    look(store)
    [one] = group(store.run(unanswered.list_newest))
    assert {way.text for way in one.ways[:3]} == set(SAME) and one.breaks == {3}


def test_group_tells_its_topic_and_its_weight(console) -> None:
    for number, text in enumerate(TUITION):
        conversation = ask(console.store, text, topic="challenges/visa", intent="ask_topic")
        answer = console.store.run(first_answer, conversation)
        console.store.run(feedback.record_feedback, conversation, answer, feedback.DOWN if number else feedback.UP)
    look(console.store)
    page = console.signed_in("trainer").get("/staff/unanswered").text
    row = page.partition('class="subject"')[2].partition("<form")[0]
    assert TUITION[2] in row and "3 times" in row and "3 people" in row and "2 thumbs down" in row


def first_answer(connection, conversation: str) -> int:
    answers = schema.message.c.conversation_id == conversation, schema.message.c.answers.is_not(None)
    return connection.execute(select(schema.message.c.id).where(*answers)).scalars().first()


def test_personal_data_is_covered(store) -> None:
    ask(store, "write to mira@example.org about dogs")
    look(store)
    assert [one.text for one in store.run(unanswered.list_newest)] == ["write to [e-mail] about dogs"]


def test_meaning_is_kept_as_it_was(store) -> None:
    ask(store, OTHER[0])
    look(store)
    [question] = store.run(unanswered.list_newest)
    assert question.embedding.shape == (384,) and abs(float(np.linalg.norm(question.embedding)) - 1) < 0.01


# --- decided --------------------------------------------------------------------------------------------------------
def test_group_is_assigned_by_hand(browser, console) -> None:
    with signed_in_page(browser, console, "trainer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/unanswered?order=most")
        first = page.locator(".group").first
        expect(first).to_contain_text("3 times")
        first.get_by_label("What it means").fill("Asks what it can do")
        page.keyboard.press("Enter")
        expect(page.locator(".group")).to_have_count(2)
        assert page.complaints == []
    collected = console.store.run(corrections.list_by_state, corrections.COLLECTED)
    assert {one.text for one in collected} == set(SAME) and {one.label for one in collected} == {"ask_help"}


def test_newest_or_largest_group_stands_first(console) -> None:
    client = console.signed_in("adviser")
    newest, largest = (client.get(f"/staff/unanswered{query}").text for query in ("", "?order=most"))
    assert newest.index(OTHER[1]) < newest.index(OTHER[0]) < newest.index(SAME[2])
    assert largest.index(SAME[2]) < largest.index(OTHER[1])


def test_same_words_are_learned_once(console) -> None:
    ask(console.store, OTHER[0].upper(), "again")
    look(console.store)
    decide(console, what="assign", label="ask_help", messages=numbers(console, OTHER[0], OTHER[0].upper()))
    assert len(console.store.run(corrections.list_by_state, corrections.COLLECTED)) == 1
    assert not {one.text.lower() for one in console.store.run(unanswered.list_newest)} & {OTHER[0]}


@pytest.mark.parametrize("what", ["right", "dismissed"])
def test_what_is_decided_does_not_come_back(console, what) -> None:
    decide(console, what=what, messages=numbers(console, *SAME))
    console.store.run(unanswered.rescan)
    look(console.store)
    assert {one.text for one in console.store.run(unanswered.list_newest)} == set(OTHER)


@pytest.mark.parametrize(
    "form", [{"what": "assign", "messages": "1", "label": "?"}, {"what": "right"}, {"messages": "1"}]
)
def test_unclear_decision_is_refused(console, form) -> None:
    assert decide(console, **form).status_code == 400


def test_adviser_may_only_look(console) -> None:
    page = console.signed_in("adviser").get("/staff/unanswered").text
    assert OTHER[0] in page and "Correctly declined" not in page
    assert decide(console, "adviser", what="right", messages="1").status_code == 403


# --- drafts -----------------------------------------------------------------------------------------------------------
def test_new_topic_is_drafted(browser, console) -> None:
    with signed_in_page(browser, console, "trainer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/unanswered?order=most")
        page.locator(".group").first.get_by_role("button", name="New topic").click()
        expect(page.get_by_text("Choose the part of the guide that it belongs to.")).to_be_visible()
        page.get_by_label("Title").fill("Scholarships")
        expect(page.locator("#saved")).to_have_text(re.compile("Saved just now"))
    [draft] = console.store.run(entry_drafts.list_all)
    assert (draft.title, draft.why) == ("Scholarships", "Asked by visitors and not answered")
    assert draft.content and set(draft.content["ask"]) == set(SAME)


def test_editor_may_only_draft(console) -> None:
    page = console.signed_in("editor").get("/staff/unanswered").text
    assert "New topic" in page and "Correctly declined" not in page
    console.send(console.signed_in("editor"), "/staff/drafts/new", **{"way-1": numbers(console, OTHER[0])})
    assert [draft.content["ask"] for draft in console.store.run(entry_drafts.list_all)] == [[OTHER[0]]]


@pytest.mark.parametrize("size", SIZES)
def test_questions_are_accessible(browser, console, size) -> None:
    console.send(console.signed_in("trainer"), "/staff/drafts/new", messages=numbers(console, OTHER[0]))
    [draft] = console.store.run(entry_drafts.list_all)
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size]) as page:
        paths = ("/staff/unanswered", "/staff/drafts", f"/staff/drafts/{draft.id}")
        look_over(page, *(console.url + path for path in paths))


def test_editor_begins_a_topic_with_the_mouse(browser, console) -> None:
    """The link to the conversation fills a row; the button of who may write and not teach lies above it."""
    look(console.store)
    with signed_in_page(browser, console, "editor", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/unanswered")
        page.get_by_role("button", name="New topic").first.click()
        expect(page).to_have_url(re.compile(r"/staff/drafts/\d+$"))
        assert page.locator("[name=ask]").input_value()
