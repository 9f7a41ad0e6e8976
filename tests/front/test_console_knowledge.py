"""What the advisor knows, as staff read it, and trying the advisor, over HTTP and in a real browser."""

from collections.abc import Iterator

# ruff: noqa: F401, F811 (fixtures are imported by name)
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from console.views.learning import knowledge
from conversations.db import schema
from conversations.db.schema import now
from conversations.handoff import alerts, contact_requests
from conversations.learning import feedback, topic_stats, unanswered
from conversations.local_days import today
from conversations.models import TRY
from conversations.pipeline.message_store import messages_after
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

VISA = "challenges/visa"


@pytest.fixture
def console(tmp_path, engine) -> Iterator[Running]:
    """Serve a console over the real knowledge base and a small engine."""
    real = {"knowledge_db": Settings().knowledge_db, "encoder_dir": Settings().encoder_dir}
    with running_console(tmp_path, engine_port=engine.port, engine_seconds=5, **real) as running:
        hire(running.store)
        yield running


def ask(store, text, address="a", **more) -> str:
    return said(store, address, text, **{"intent": "ask_topic", "topic": VISA, **more})


# --- knowledge --------------------------------------------------------------------------------------------------------
def test_topic_shows_all_that_is_known_of_it(console) -> None:
    one = ask(console.store, "visa? write to mira@example.org")
    reply = console.store.run(messages_after, one)[-1].id
    console.store.run(feedback.record_feedback, one, reply, feedback.DOWN, "")
    page = console.signed_in("viewer").get(f"/staff/knowledge/{VISA}").text
    for words in (
        "Visas and travel",
        "Guide editors",
        "Reviewed 23 November 2026",
        "review 23 November 2027",
        "Challenges",
    ):
        assert words in page
    assert "Asked 1 time<" in page and '1<span class="unseen"> thumbs down' in page
    assert "visa? write to [e-mail]" in page and f"/staff/conversations/{one}#m" in page


def test_open_subject_is_shown_too(console) -> None:
    page = console.signed_in("viewer").get("/staff/knowledge/not-stated/visa-type").text
    assert "The nearest that is known" in page


def test_search_looks_at_ways_of_asking(console) -> None:
    client = console.signed_in("viewer")
    assert "Visas and travel" in client.get("/staff/knowledge?words=visa+travel").text
    assert "Nothing found" in client.get("/staff/knowledge?words=xylophone").text


def test_unknown_topic_is_said(console) -> None:
    answer = console.signed_in("viewer").get("/staff/knowledge/no/topic")
    assert answer.status_code == 404 and "There is no such topic" in answer.text


def test_missing_knowledge_says_what_to_run(tmp_path) -> None:
    with running_console(tmp_path) as running:
        hire(running.store)
        answer = running.signed_in("viewer").get("/staff/knowledge")
    assert answer.status_code == 503 and "advisor knowledge build" in answer.text


def test_overdue_topics_are_listed(console, monkeypatch) -> None:
    client = console.signed_in("viewer")
    assert "none to be reviewed" in client.get("/staff/knowledge").text
    assert "Nothing is due for a review" in client.get("/staff/knowledge?overdue=yes").text
    monkeypatch.setattr(knowledge, "today", lambda: today() + timedelta(days=400))
    known = open_knowledge(Settings().knowledge_db).stats()
    every = known["topic"] + known["open_subject"]
    assert every > 100 and f"{every} to be reviewed" in client.get("/staff/knowledge").text
    assert "review was due" in client.get("/staff/knowledge?overdue=yes").text


def test_counting_leaves_tries_out(store) -> None:
    ask(store, "a visa?", "a")
    ask(store, "and a visa?", "b", channel=TRY)
    one = ask(store, "no visa?", "c")
    reply = store.run(messages_after, one)[-1].id
    store.run(feedback.record_feedback, one, reply, feedback.UP, "")
    assert store.run(topic_stats.read_topic_stats).of(VISA) == topic_stats.TopicCount(asked=2, up=1, down=0)
    assert [each.text for each in store.run(topic_stats.latest_questions, VISA)] == ["no visa?", "a visa?"]


def test_knowledge_is_searched_while_typing(browser, console) -> None:
    with signed_in_page(browser, console, "viewer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/knowledge")
        page.keyboard.press("/")
        with page.expect_response(lambda response: response.url.endswith("visa")):  # not that to half of the words
            page.keyboard.type("challenges/visa")
        expect(page.locator(".htmx-request")).to_have_count(0)
        expect(page.locator(".line")).to_have_count(1)
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Visas and travel")).to_be_visible()
        assert page.complaints == []


def test_the_last_search_counts_when_an_earlier_one_is_slow(browser, console) -> None:
    with signed_in_page(browser, console, "viewer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/knowledge")
        held = []
        page.route(
            lambda address: "words=" in address,
            lambda route: route.continue_() if held else held.append(route),  # the first is never answered
        )
        words = page.get_by_label("Search titles, answers and ways of asking")
        with page.expect_request(lambda request: "words=c" in request.url):
            words.fill("c")
        for text in ("challenges", "challenges/", "challenges/visa"):
            words.fill(text)
            page.wait_for_timeout(300)  # longer than the page waits for the next letter
        expect(page.locator(".line")).to_have_count(1)
        assert len(held) == 1


# --- trying ---------------------------------------------------------------------------------------------------------
def test_trying_shows_why_beside_the_answer(browser, console) -> None:
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/try")
        expect(page.get_by_label("Your message")).to_be_focused()  # a moment after the page is there
        page.keyboard.type("what is a badge, with buttons")
        page.keyboard.press("Enter")
        expect(page.get_by_text("You said: what is a badge")).to_be_visible()
        expect(page.get_by_text("Asks about a topic")).to_be_visible()
        page.get_by_role("button", name="Visas", exact=True).click()
        expect(page.get_by_text("pressed a button")).to_be_visible()
        expect(page.get_by_label("Your message")).to_be_focused()
        page.keyboard.type("another one, with buttons")
        page.keyboard.press("Enter")
        expect(page.get_by_text("You said: another one")).to_be_visible()
        page.get_by_label("Your message").fill("is there a deadline")
        page.keyboard.press("Enter")  # sends what was typed, and presses no choice
        expect(page.get_by_text("You said: is there a deadline")).to_be_visible()
        page.get_by_role("button", name="Start over").click()
        expect(page.get_by_text("Ask it something")).to_be_visible()
        assert page.complaints == []


def test_trying_shows_what_the_engine_told(console) -> None:
    client = console.signed_in("adviser")
    console.send(client, "/staff/try", text="what of Zedtech")
    page = " ".join(client.get("/staff/try").text.split())
    for told in ("How many", "Zedtech", "atlantis", "from before", "A row of the table", "A claim of the guide."):
        assert told in page, told
    assert "lighthouse keeper" in page and "What the visitor said of themselves" in page


def test_trying_works_without_scripts(console) -> None:
    client = console.signed_in("adviser")
    assert console.send(client, "/staff/try", text="hello there").headers["location"] == "/staff/try"
    assert "You said: hello there" in client.get("/staff/try").text
    assert "You said" not in console.signed_in("admin").get("/staff/try").text, "each has a conversation of their own"


@pytest.mark.parametrize("form", [{}, {"text": "  "}, {"text": "x" * 2001}, {"text": "x", "button": "other"}])
def test_odd_try_is_refused(console, form) -> None:
    client = console.signed_in("adviser")
    console.send(client, "/staff/try", text="hello")
    assert console.send(client, "/staff/try", **form).status_code == 400


@pytest.mark.parametrize(
    ("text", "reply"),
    [("a person please", "I have asked"), ("write to ann@example.org", "I have passed your details on")],
)
def test_staff_read_what_visitors_get_about_a_person(console, text, reply) -> None:
    """Not the engine's own words, in whose place the front puts its own for everybody; and nobody is called."""
    client = console.signed_in("trainer")
    console.send(client, "/staff/try", text=text)
    page = client.get("/staff/try").text
    assert reply in page and "Write to the team." not in page and "Noted." not in page
    assert console.store.run(contact_requests.open_contact_requests) == [] == console.store.run(alerts.alerts_due)


def test_try_counts_nowhere_and_wakes_nobody(console) -> None:
    client = console.signed_in("adviser")
    console.send(client, "/staff/try", text="a person please")
    console.send(client, "/staff/try", text="hello again")
    listed = console.signed_in("viewer")
    assert "hello again" not in listed.get("/staff/conversations").text
    assert "hello again" not in listed.get("/staff/conversations?words=hello").text
    assert "a person please" in listed.get("/staff/conversations?channel=try").text
    with console.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alert").scalar() == 0
        assert connection.exec_driver_sql("SELECT state FROM conversation").scalar() == "bot"


@pytest.mark.parametrize("size", SIZES)
def test_knowledge_is_accessible(browser, console, size) -> None:
    ask(console.store, "do I need a visa")
    console.send(console.signed_in("trainer"), "/staff/try", text="with buttons")
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size]) as page:
        paths = ("/staff/knowledge", f"/staff/knowledge/{VISA}", "/staff/try")
        look_over(page, *(console.url + path for path in paths))
