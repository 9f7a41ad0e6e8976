"""The first page: what needs attention now."""

import re
from collections.abc import Iterator

# ruff: noqa: F401, F811 (fixtures are imported by name)
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from conversations.analytics import dashboard
from conversations.db import schema
from conversations.db.schema import now
from conversations.editing import entry_drafts
from conversations.handoff import contact_requests, states
from conversations.learning import corrections, feedback, unanswered
from conversations.pipeline.message_store import messages_after
from conversations.review import annotation
from conversations.review.filters import Filters
from conversations.review.listing import list_page
from core.settings import Settings
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


@pytest.fixture
def console(tmp_path) -> Iterator[Running]:
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db) as running:
        hire(running.store)
        yield running


def thumbs(store, days_ago: float, up: int, down: int) -> None:
    one = said(store, "thumbs", "what do you think")
    at = now() - timedelta(days=days_ago)
    for number in range(up + down):
        said(store, "thumbs", f"question {number}")
    fresh = [each.id for each in store.run(messages_after, one, 0, 1000) if each.author == "advisor"][-(up + down) :]
    for number, reply in enumerate(fresh):
        store.run(feedback.record_feedback, one, reply, feedback.UP if number < up else feedback.DOWN)
    with store.engine.begin() as connection:
        connection.execute(schema.feedback.update().where(schema.feedback.c.message_id.in_(fresh)).values(at=at))


def make_trouble(store) -> None:
    """One of each matter but a drop in satisfaction."""
    store.run(states.request_person, said(store, "a", "a person please"))
    said(store, "b", "what went wrong", outcome="failed")
    one = said(store, "c", "reach me", intent="ask_topic", topic="challenges/visa")
    store.run(contact_requests.add_contact_request, one, "mira@example.org")
    reply = store.run(messages_after, one)[-1].id
    store.run(feedback.record_feedback, one, reply, feedback.DOWN)
    said(store, "d", "rice", outcome="declined", intent="out_of_scope")
    other = said(store, "e", "more rice", outcome="declined", intent="out_of_scope")
    message = store.run(messages_after, other)[0].id
    store.run(corrections.correct, message, "", corrections.Meaning(intent="greet"), "ann")
    while store.run(unanswered.scan):
        pass


def test_each_matter_leads_to_where_it_is_dealt_with(browser, console) -> None:
    make_trouble(console.store)
    with signed_in_page(browser, console, "trainer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff")
        numbers, words = page.locator(".matters .figure"), page.locator(".matters .line-link")
        lines = [" ".join(both) for both in zip(numbers.all_inner_texts(), words.all_inner_texts(), strict=True)]
        assert lines == [
            "1 person is waiting",
            "1 message got no answer",
            "1 person wants to be reached",
            "1 question was not answered",
            "1 answer needs checking",
            "1 correction waits for a release",
        ]
        addresses = page.locator(".matters a").evaluate_all("all => all.map(one => one.href)")
        assert [page.request.get(one).status for one in addresses] == [200] * len(addresses)
        assert page.locator(".examples a").all_inner_texts() == [
            "a person please",
            "what went wrong",
            "[e-mail]",
            "rice",
            "reach me",
            "more rice",
        ]
        page.get_by_role("link", name="what went wrong").click()
        expect(page.locator("article, .message, [id^=m]").filter(has_text="what went wrong").first).to_be_visible()
        assert page.complaints == []


def test_drafts_corrections_and_topics_are_named(tmp_path) -> None:
    """Wait with more than fit: the three that have waited longest stand under their number, and each leads to itself."""
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db, review_months=0) as console:
        hire(console.store)
        for number in range(4):
            name = f"destination/{number}"
            draft = console.store.run(entry_drafts.begin, "destination", name, {"name": f"Draft {number}"}, "x", "ann")
            console.store.run(entry_drafts.assign, draft, "trainer")
            one = said(console.store, f"v{number}", f"call me on mira{number}@example.org please")
            message = console.store.run(messages_after, one)[0].id
            console.store.run(corrections.correct, message, "", corrections.Meaning(intent="greet"), "ann")
        client = console.signed_in("trainer")
        page = client.get("/staff").text
        assert "drafts wait for you" in page and "Draft 2" in page and "Draft 3" not in page
        assert page.count("call me on [e-mail] please") == 3 and "mira" not in page
        overdue = page.partition("/staff/knowledge?overdue=yes")[2]
        topics = re.findall(r'<a href="(/staff/knowledge/[^"]+)">([^<]+)</a>', overdue)
        assert len(topics) == 3
        for address, title in [*topics, *re.findall(r'<a href="(/staff/drafts/\d+)">([^<]+)</a>', page)]:
            assert title in client.get(address).text


def test_failure_that_was_looked_at_is_no_matter_any_more(console) -> None:
    make_trouble(console.store)
    client = console.signed_in("viewer")
    assert "message got no answer" in client.get("/staff").text
    failed = console.store.run(list_page, Filters(outcome="failed")).lines[0].id
    console.store.run(annotation.set_reviewed, failed, "ann", True)
    assert "message got no answer" not in client.get("/staff").text


def test_role_sees_what_it_can_deal_with(console) -> None:
    make_trouble(console.store)
    page = console.signed_in("viewer").get("/staff").text
    assert "message got no answer" in page
    assert "is waiting" not in page and "correction waits" not in page


def test_nothing_to_do_is_said(console) -> None:
    assert "All is well" in console.signed_in("trainer").get("/staff").text


def test_sign_in_leads_home(console) -> None:
    assert console.client().get("/staff").headers["location"].startswith("/staff/sign-in")


def test_drop_in_satisfaction_is_told_with_its_base(console) -> None:
    thumbs(console.store, 20, up=20, down=4)
    thumbs(console.store, 2, up=8, down=16)
    page = console.signed_in("viewer").get("/staff").text
    assert "33% of 24 thumbs were up in the last seven days, 83% of 24 in the four weeks before." in page


@pytest.mark.parametrize(("up", "down"), [(20, 4), (3, 9)])
def test_small_change_or_few_thumbs_are_no_drop(store, up, down) -> None:
    thumbs(store, 20, up=20, down=4)
    thumbs(store, 2, up=up, down=down)
    assert not store.run(dashboard.satisfaction).dropped


@pytest.mark.parametrize("size", SIZES)
def test_home_is_accessible(browser, console, size) -> None:
    make_trouble(console.store)
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size]) as page:
        look_over(page, f"{console.url}/staff")
