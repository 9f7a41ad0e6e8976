"""Why a reply is what it is, as the console shows it: over HTTP and in a real browser."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from conversations.data_rights import data_export, retention
from conversations.db import schema
from conversations.db.mappers import find_message
from conversations.db.schema import now
from conversations.models import Inbound, Reply, Turn
from conversations.pii import mask_quote
from conversations.pipeline import inbox, message_store
from conversations.review.export import BY_MESSAGE, JSON_LINES, ExportRequest, read_batch
from conversations.review.filters import Filters
from conversations.review.understanding import profile_of, read_understanding
from core.settings import Settings
from tests.front.console_fixtures import browser, hire, look_over, running_console, signed_in_page, store
from tests.front.test_console_browser import SIZES

VISA, FEES = "challenges/visa", "not-stated/fees"
ASKED = "does Zedtech in Canada, not the UK, count there? mail mira@example.org"
READ: dict[str, Any] = {
    "intent": "ask_topic",
    "topic": VISA,
    "confidence": 0.8,
    "ranking": [{"name": "ask_topic", "confidence": 0.8}, {"name": "compare", "confidence": 0.1}],
    "topics": [{"key": VISA, "confidence": 0.5}, {"key": FEES, "confidence": 0.4}],
    "entities": [
        {"entity": "destination", "value": "canada"},
        {"entity": "destination", "value": "uk", "part": "left_out"},
    ],
    "form": "yes_no",
    "attributes": ["place", "price"],
    "unknown_names": ["Zedtech", "mira@example.org"],
    "references": ["there"],
    "answerable": -1.25,
    "is_answerable": False,
    "parts": [{"intent": "ask_topic", "topic": "about/overview", "entities": []}],
}
REASONS: dict[str, Any] = {
    "decided_by": "facts of the catalogue",
    "query": {
        "intent": "ask_topic",
        "topic": VISA,
        "names": {"destination": ["canada"], "field": ["nursing"]},
        "left_out": {"destination": ["uk"]},
        "form": "yes_no",
    },
    "claims": [{"topic": VISA, "say": "Some courses need a visa."}],
    "profile": [{"label": "Work", "value": "nurse"}, {"label": "Address", "value": "mira@example.org"}],
}


@pytest.fixture
def console(tmp_path) -> Iterator[Any]:
    """Return a console over the real knowledge base."""
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db) as running:
        hire(running.store)
        yield running


def turn(store, reasons: dict[str, Any] = REASONS, text: str = ASKED, outcome: str = "answered", **read) -> str:
    """Have somebody ask something that was understood in this way; the conversation's id."""
    return store.run(_turn, text, {**READ, **read}, reasons, outcome)


def _turn(connection, text, understanding, reasons, outcome) -> str:
    accepted = inbox.accept(connection, Inbound("web", "a", text))
    message = find_message(connection, accepted.message_id)
    reply = Reply("It depends.", outcome=outcome, topic=VISA, sources=({"section": "Challenges"},))
    done = Turn((reply,), {**understanding, "reasons": [reasons] if reasons else []}, ("action_answer_topic",), 12.5)
    message_store.record_turn(connection, message, done, delivery=False)
    return accepted.conversation_id


def page_of(console, conversation, name="viewer") -> str:
    return " ".join(console.signed_in(name).get(f"/staff/conversations/{conversation}").text.split())


# --- what is shown ------------------------------------------------------------------------------------------------
def test_reading_query_row_and_facts_are_shown(browser, console) -> None:
    one = turn(console.store)
    with signed_in_page(browser, console, "viewer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        page.locator(".explain > summary").first.click()
        why = page.locator(".explained")
        for words in (
            "Asks Yes or no",
            "About its place, price",
            "Canada destination",
            "United Kingdom destination left out",
            "Unknown Zedtech",
            "Refers back a place",
            "Answerable no log-odds −1.2",
            "Nursing field from before",
            "Facts of the catalogue",
            "Some courses need a visa.",
        ):
            assert words in " ".join(why.inner_text().split()), words
        assert page.complaints == []


def test_decline_says_why_at_the_reply(console) -> None:
    one = turn(console.store, {}, outcome="declined", unknown_names=["Zedtech"])
    page = page_of(console, one)
    assert "<strong>Not answered</strong> because <q>Zedtech</q> is unknown; it is nearer to the open subject" in page
    assert "than to the topic" in page


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("the guide has no price", "because the guide has no price"),
        ({"unknown_names": ["Zedtech"]}, "because <q>Zedtech</q> is unknown</p>"),
        ({"unknown": "Zedtech"}, "because <q>Zedtech</q> is unknown</p>"),
        ({"attribute": "entry_test"}, "because nothing is known of entry test</p>"),
        ({"open_subject": FEES, "topic": VISA}, "because it is nearer to the open subject"),
    ],
)
def test_reason_that_the_engine_gives_is_told_in_words(console, told, shown) -> None:
    one = turn(console.store, {"not_answered_because": told}, outcome="declined", unknown_names=[], is_answerable=True)
    assert shown in page_of(console, one)


def test_answer_says_no_reason_for_a_decline(console) -> None:
    assert "Not answered" not in page_of(console, turn(console.store))


def test_older_messages_are_shown_as_before(console) -> None:
    one = turn(console.store, {}, **dict.fromkeys(list(READ)[6:]))
    page = page_of(console, one)
    assert "Also weighed" in page and "As a question by itself" not in page and "Facts used" not in page


@pytest.mark.parametrize(
    "odd",
    [
        {"form": 5, "attributes": "x", "unknown_names": {"a": 1}, "references": 7, "parts": ["x"], "reasons": "x"},
        {"entities": ["x"], "reasons": [{"query": [], "claims": [{"say": 5}], "profile": "x"}], "answerable": "x"},
        {"reasons": [{"query": {"names": ["canada"], "attribute": ["place"]}, "not_answered_because": 5}]},
    ],
)
def test_understanding_in_another_form_is_no_error(odd) -> None:
    understood = read_understanding(odd)
    assert understood.form == "" and understood.unknown_names == () and understood.claims == ()


# --- the profile --------------------------------------------------------------------------------------------------
def test_profile_is_shown_as_it_was_told_last(console) -> None:
    turn(console.store)
    one = turn(console.store, {"profile": [{"label": "Work", "value": "midwife"}]}, text="sorry, a midwife")
    turn(console.store, {"decided_by": "x"}, text="thanks")
    assert [each.value for each in console.store.run(profile_of, one)] == ["midwife"]
    page = page_of(console, one)
    assert "What the visitor said of themselves" in page and "midwife" in page and "nurse<" not in page


def test_profile_is_read_in_both_databases(store) -> None:
    one = turn(store)
    assert [each.label for each in store.run(profile_of, one)] == ["Work", "Address"]


def test_profile_is_printed_covered(console) -> None:
    one = turn(console.store, REASONS, outcome="declined")
    page = console.signed_in("viewer").get(f"/staff/conversations/{one}/print").text
    assert "nurse" in page and "Not answered" in page and "mira@" not in page


def test_emptied_profile_is_gone(console) -> None:
    turn(console.store)
    one = turn(console.store, {"profile": []}, text="forget all that")
    assert console.store.run(profile_of, one) == ()
    assert "What the visitor said" not in page_of(console, one)


def test_whoever_takes_over_reads_the_profile(console) -> None:
    one = turn(console.store)
    client = console.signed_in("adviser")
    console.send(client, f"/staff/conversations/{one}/take")
    panel = client.get(f"/staff/conversations/{one}/hand-over").text
    assert "What the visitor said of themselves" in panel and "nurse" in panel and "mira@" not in panel


# --- personal data ------------------------------------------------------------------------------------------------
def test_quoted_words_are_covered_until_revealed(console) -> None:
    one = turn(console.store)
    for name in ("viewer", "admin"):
        page = page_of(console, one, name)
        assert "mira@example.org" not in page and "Zedtech" in page
    revealed = console.send(console.signed_in("adviser"), f"/staff/conversations/{one}/reveal").text
    assert revealed.count("mira@example.org") == 3  # in the message, among the unknown names, in the profile


def test_quote_is_covered_as_in_its_message() -> None:
    assert mask_quote("12345", "my passport is 12345") == "[passport]"
    assert mask_quote("Zedtech", "is Zedtech good") == "Zedtech"
    assert mask_quote("mira@example.org", "nothing of it") == "[e-mail]"


def test_hostile_words_are_text(console) -> None:
    evil = "<script>alert(1)</script>"
    reasons = {**REASONS, "profile": [{"label": evil, "value": evil}], "claims": [{"say": evil}], "decided_by": evil}
    one = turn(console.store, {**reasons, "not_answered_because": evil}, outcome="declined", unknown_names=[evil])
    assert "<script>alert" not in page_of(console, one)


def test_person_gets_all_that_was_understood_of_them(console) -> None:
    one = turn(console.store)
    [found] = console.store.run(data_export.export_for_person, [one])
    understood = found["messages"][0]["understanding"]
    assert understood["unknown_names"] == READ["unknown_names"]
    assert understood["reasons"][0]["profile"] == REASONS["profile"]
    json.dumps(found)


def test_retention_leaves_nothing_that_was_said(console) -> None:
    one = turn(console.store, {**REASONS, "not_answered_because": {"unknown": "Zedtech", "topic": VISA}})
    old = schema.conversation.update().values(last_at=now() - timedelta(days=40))
    console.store.run(lambda connection: connection.execute(old))
    for texts in console.store.run(retention.next_to_mask, retention.RetentionPeriods()):
        console.store.run(retention.store_masked, retention.mask_texts(texts))
    with console.store.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT understanding FROM message WHERE author = 'visitor'").scalar()
    for words in ("Zedtech", "mira", "nurse", "canada", "nursing", "uk"):
        assert words not in str(stored), words
    assert "facts of the catalogue" in str(stored) and "yes_no" in str(stored)
    assert "Facts of the catalogue" in page_of(console, one)


def test_export_of_staff_holds_it_covered(console) -> None:
    turn(console.store)
    request = ExportRequest(Filters(), BY_MESSAGE, JSON_LINES)
    asked, reply = map(json.loads, console.store.run(read_batch, request, "", None).text.splitlines())
    assert asked["form"] == "yes_no" and asked["decided_by"] == ["facts of the catalogue"]
    assert asked["unknown_names"] == ["Zedtech", "[e-mail]"] and asked["claims"] == ["Some courses need a visa."]
    assert asked["profile"] == ["Work: nurse", "Address: [e-mail]"]
    assert reply["form"] == "" and reply["profile"] == []


def test_deleted_conversation_takes_it_along(console) -> None:
    one = turn(console.store)
    console.send(console.signed_in("admin"), f"/staff/conversations/{one}/forget", sure="yes")
    with console.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM message").scalar() == 0


# --- for everybody ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_why_is_accessible(browser, console, size, scheme) -> None:
    one = turn(console.store, outcome="declined")
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size], color_scheme=scheme) as page:
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => document.querySelectorAll('.explain').forEach(e => e.open = true))"
        )
        look_over(page, f"{console.url}/staff/conversations/{one}")
        expect(page.locator(".explained")).to_be_visible()
