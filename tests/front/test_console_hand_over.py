"""Hand-over in the console: who waits, talking with visitors of the website, contact details, in real browsers."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import contextlib
import html
import itertools
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, expect
from starlette.responses import Response

from conversations.handoff import contact_requests, queue, states
from conversations.models import TRY
from conversations.pipeline.message_store import messages_after
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
from tests.harness import PATIENCE, until

VISA = "challenges/visa"
CALLBACK = {"rest_callback_url": "http://127.0.0.1:9/", "rest_callback_secret": "x" * 24}


@pytest.fixture
def console(tmp_path, engine) -> Iterator[Running]:
    """Serve a console over the real knowledge base and a small engine."""
    with running_console(
        tmp_path, engine_port=engine.port, engine_seconds=5, knowledge_db=Settings().knowledge_db
    ) as running:
        hire(running.store)
        yield running


def wait(store, address="a", text="I want to talk about visas", **more) -> str:
    """Somebody who waits for a person."""
    one = said(store, address, text, **{"intent": "ask_topic", "topic": VISA, **more})
    store.run(states.request_person, one)
    return one


def act(console, one, what, role="adviser", **form) -> httpx.Response:
    return console.send(console.signed_in(role), f"/staff/conversations/{one}/{what}", **form)


def words(console, one) -> list[tuple[str, str]]:
    return [(each.author, each.text) for each in console.store.run(messages_after, one)]


# --- the queue --------------------------------------------------------------------------------------------------------
def test_longest_waiting_stands_first(store) -> None:
    first, second = wait(store, "a", "first: mira@example.org"), wait(store, "b", "second")
    third = wait(store, "c", "third")
    store.run(states.take, third, "ann")
    wait(store, "d", "tried", channel=TRY)
    listed = store.run(queue.list_queue)
    assert [one.conversation.id for one in listed] == [first, second, third]
    assert listed[0].words == ("first: [e-mail]",) and listed[0].topics == (VISA,)
    assert store.run(queue.count_waiting) == 2


def test_waiting_shows_by_itself(browser, console) -> None:
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/waiting")
        expect(page.get_by_text("Nobody is waiting")).to_be_visible()
        body = {"sender": "live", "message": "a person please"}
        httpx.post(f"{console.url}/webhooks/rest/webhook", json=body, timeout=PATIENCE)
        expect(page.get_by_role("link", name="a person please")).to_be_visible()
        expect(page).to_have_title("(1) Waiting · Advisor console")
        expect(page.locator(".badge[data-badge=waiting]")).to_have_text("1 waiting")
        page.get_by_role("button", name="Take over").click()
        expect(page.get_by_label("Your reply, as adviser")).to_be_visible()
        assert page.complaints == []


def test_viewer_is_told_nothing_of_the_queue(console) -> None:
    client = console.signed_in("viewer")
    assert client.get("/staff/waiting").status_code == 403
    assert "/staff/waiting" not in client.get("/staff/conversations").text


# --- talking -----------------------------------------------------------------------------------------------------------
def test_two_cannot_take_one(console) -> None:
    one = wait(console.store)
    assert act(console, one, "take").status_code == 303
    answer = act(console, one, "take", "trainer")
    assert answer.status_code == 409 and "adviser has this conversation already" in answer.text


def test_only_who_has_it_speaks_and_ends(console) -> None:
    one = wait(console.store)
    assert act(console, one, "reply", text="too early").status_code == 409
    act(console, one, "take")
    for what, form in (("reply", {"text": "me too"}), ("release", {}), ("close", {}), ("assign", {"to": "admin"})):
        assert act(console, one, what, "trainer", **form).status_code == 409, what
    assert act(console, one, "reply", text="Good day").status_code == 303
    assert ("person", "Good day") in words(console, one)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_odd_reply_is_refused(console, text) -> None:
    one = wait(console.store)
    act(console, one, "take")
    assert act(console, one, "reply", text=text).status_code == 400


def test_conversation_is_handed_on(console) -> None:
    one = wait(console.store)
    act(console, one, "take")
    assert act(console, one, "assign", to="viewer").status_code == 400
    assert act(console, one, "assign", to="trainer").status_code == 303
    assert act(console, one, "reply", "trainer", text="I go on").status_code == 303
    assert act(console, one, "reply", text="still me?").status_code == 409


@pytest.mark.parametrize(("what", "state"), [("release", "bot"), ("close", "closed")])
def test_conversation_is_given_back_and_taken_again(console, what, state) -> None:
    one = wait(console.store)
    act(console, one, "take")
    act(console, one, what)
    with console.store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT state FROM conversation").scalar() == state
    assert act(console, one, "take").status_code == 303, "reopened"


@pytest.mark.parametrize(
    ("channel", "settings", "words"),
    [
        ("rest", {}, "wait until the visitor's program comes"),
        ("rest", CALLBACK, "sent to the visitor's program"),
        ("callback", {}, "no callback address is set"),
        ("web", {}, None),
    ],
)
def test_staff_read_how_visitor_is_reached(tmp_path, channel, settings, words) -> None:
    with running_console(tmp_path, **settings) as console:
        hire(console.store)
        one = wait(console.store, channel=channel)
        for _ in range(2):  # before it is taken, and after
            page = html.unescape(console.signed_in("adviser").get(f"/staff/conversations/{one}").text)
            assert words in page if words else "Your words" not in page
            act(console, one, "take")


def test_head_says_who_has_it(browser, console) -> None:
    one = wait(console.store)
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.route("**/staff/live*", lambda route: route.abort())  # as long as the page's stream is not there yet
        page.goto(f"{console.url}/staff/conversations/{one}")
        expect(page.locator("#facts")).to_contain_text("Waiting for a person")
        page.get_by_role("button", name="Take this conversation").click()
        expect(page.locator("#facts")).to_contain_text("With a person: adviser")


def test_head_says_who_else_has_it(browser, console) -> None:
    one = wait(console.store)
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        with page.expect_response("**/staff/live*"):
            page.goto(f"{console.url}/staff/conversations/{one}")
        act(console, one, "take", "trainer")
        expect(page.locator("#facts")).to_contain_text("With a person: trainer")


def test_reply_by_hand_keeps_what_is_being_written(browser, console) -> None:
    one = wait(console.store)
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        page.get_by_role("button", name="Take this conversation").click()
        reply = page.get_by_label("Your reply, as adviser")
        reply.fill("Half a sen")
        page.reload()
        expect(page.get_by_label("Your reply, as adviser")).to_have_value("Half a sen")
        page.get_by_label("Your reply, as adviser").press("End")
        page.keyboard.type("tence, whole now")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".by-person").last).to_contain_text("Half a sentence, whole now")
        expect(page.get_by_label("Your reply, as adviser")).to_have_value("")
        assert page.complaints == []


@pytest.mark.parametrize("size", SIZES)
def test_end_of_the_conversation_is_kept_in_view(browser, console, size) -> None:
    visitor = browser.new_context(viewport=SIZES["narrow"]).new_page()
    visitor.goto(f"{console.url}/demo")
    visitor.locator("advisor-chat button").first.click()
    _agree(visitor)
    _write(visitor, "a long story " * 140)
    _write(visitor, "a person please")
    with signed_in_page(browser, console, "adviser", viewport=SIZES[size]) as page:
        page.goto(f"{console.url}/staff/waiting")
        with page.expect_response(lambda answer: "&also=" in answer.url):
            page.get_by_role("button", name="Take over").click()
        reply, last, first = page.get_by_label("Your reply"), page.locator(".turn").last, page.locator(".turn").first
        for said_by_hand in ("Good day", "How can I help?"):
            reply.fill(said_by_hand)
            reply.press("Control+Enter")
            expect(page.locator(".turn", has_text=said_by_hand).get_by_text(said_by_hand)).to_be_in_viewport(ratio=1)
        _write(visitor, "one thing more")
        expect(page.locator(".turn", has_text="one thing more").get_by_text("one thing more")).to_be_in_viewport(
            ratio=1
        )
        first.scroll_into_view_if_needed()
        _write(visitor, "and this")
        expect(last).to_contain_text("and this")
        expect(first).to_be_in_viewport()
        expect(last).not_to_be_in_viewport()
    visitor.context.close()


def test_known_answer_is_put_into_the_reply(browser, console) -> None:
    one = wait(console.store)
    act(console, one, "take")
    with signed_in_page(browser, console, "adviser", viewport=SIZES["narrow"]) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        page.get_by_text("What the advisor knows about it").click()
        page.get_by_role("button", name="Put it into the reply").first.click()
        expect(page.get_by_label("Your reply, as adviser")).to_have_value(re.compile("visa"))


def test_visitor_and_person_see_each_other(browser, console) -> None:
    """A visitor's second browser at the website's widget, and the person in the console."""
    visitor = browser.new_context(viewport=SIZES["narrow"]).new_page()
    visitor.goto(f"{console.url}/demo")
    visitor.locator("advisor-chat button").first.click()
    _agree(visitor)
    _write(visitor, "a person please")
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/waiting")
        with page.expect_response(lambda answer: "&also=" in answer.url):  # what is typed is told to who listens
            page.get_by_role("button", name="Take over").click()
        expect(visitor.get_by_text("adviser").first).to_be_visible()
        _field(visitor).press_sequentially("hello pers")
        expect(page.get_by_text("The visitor is typing")).to_be_visible()
        _field(visitor).press("Enter")
        expect(page.locator(".by-visitor").last).to_contain_text("hello pers")
        page.get_by_label("Your reply, as adviser").fill("Good day, visitor")
        page.get_by_role("button", name="Send").click()
        expect(visitor.get_by_text("Good day, visitor")).to_be_visible()
    visitor.context.close()


def test_typing_right_after_words_is_told(console) -> None:
    """Words are told after a second, in which others are waited for; what is typed meanwhile is told with them."""

    def call(what, **body) -> dict:
        headers = {**console.origin, "Authorization": f"Bearer {token}"} if token else console.origin
        return httpx.post(f"{console.url}/web/demo/{what}", json=body, headers=headers, timeout=PATIENCE).json()

    token = ""
    token = call("session", consent=call("settings")["consent"]["version"])["token"]
    call("messages", id="1", text="a person please")
    one = until(lambda: console.store.run(queue.list_queue), "the wait for a person")[0].conversation.id
    act(console, one, "take")
    with live(console, f"also={one}") as events:
        assert next(events) == ("ready", "1")
        call("messages", id="2", text="hello person")
        call("typing", on=True)
        told = []
        while ("typing", "on") not in told:
            told.append(next(events))
    assert ("said", one) in told


def test_front_that_is_started_again_has_told_nothing(tmp_path) -> None:
    with running_console(tmp_path) as before:
        hire(before.store)
        page = before.signed_in("viewer").get("/staff/conversations").text
    since = re.search(r"since=(\d+)", page)
    assert since
    with running_console(tmp_path) as console, live(console, since[0]) as events:
        assert list(itertools.islice(events, 2)) == [("ready", "1"), ("news", "1")]


@contextlib.contextmanager
def live(console, query: str, name: str = "adviser") -> Iterator[Iterator[tuple[str, str]]]:
    """Open the live stream of a page; yield its events as they come, (name, data), until none came for half a minute."""
    with console.signed_in(name).stream("GET", f"/staff/live?{query}") as answer:
        lines = itertools.takewhile(lambda line: not line.startswith(": ping"), answer.iter_lines())
        fields = (line.split(": ", 1) for line in lines if line.startswith(("event: ", "data: ")))
        yield ((event[1], next(fields)[1]) for event in fields)


def test_panel_shows_what_came_while_it_was_loading(browser, console) -> None:
    one, held = said(console.store, "a", "hello"), []
    colleague = console.signed_in("admin")

    def hold_first(route) -> None:
        if held:
            route.continue_()
        else:
            held.append((route, route.fetch()))

    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        with page.expect_response(lambda answer: "&also=" in answer.url):
            page.goto(f"{console.url}/staff/conversations/{one}")
        page.route("**/hand-over*", hold_first)
        for what in ("take", "release"):
            with page.expect_response(lambda answer: "part=talk" in answer.url):  # another part, told at the same time
                console.send(colleague, f"/staff/conversations/{one}/{what}")
        route, answer = held[0]
        with contextlib.suppress(PlaywrightError):  # the page may have given it up
            route.fulfill(response=answer)
        expect(page.get_by_role("button", name="Talk with the visitor yourself")).to_be_visible()


def _agree(visitor) -> None:
    button = visitor.get_by_role("button", name="Agree").or_(visitor.get_by_role("button", name="I agree"))
    button.or_(visitor.locator("advisor-chat button", has_text="Start")).first.click()


def _field(visitor) -> Locator:
    return visitor.get_by_role("textbox").first


def _write(visitor, text: str) -> None:
    _field(visitor).fill(text)
    _field(visitor).press("Enter")


# --- contacts -----------------------------------------------------------------------------------------------------------
def test_contact_is_covered_until_shown(browser, console) -> None:
    one = said(console.store, "a", "reach me")
    console.store.run(
        contact_requests.add_contact_request, one, "mira@example.org", "Mira", "about a visa, mira@example.org"
    )
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/contacts")
        assert "mira@example.org" not in page.content()
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_text("mira@example.org (Mira)")).to_be_visible()
        page.get_by_role("button", name="Done").click()
        expect(page.get_by_text("done by adviser")).to_be_visible()
    with console.store.engine.connect() as connection:
        noted = connection.exec_driver_sql("SELECT who, what, about FROM audit").all()
    assert ("adviser", "revealed a contact", one) in [tuple(row) for row in noted]


def test_contact_that_is_gone_is_said(console) -> None:
    client = console.signed_in("adviser")
    for path in ("/staff/contacts/show", "/staff/contacts/state"):
        assert console.send(client, path, contact="7", state="done").status_code == 404


@pytest.mark.parametrize("size", SIZES)
def test_hand_over_is_accessible(browser, console, size) -> None:
    one = wait(console.store)
    act(console, one, "take")
    wait(console.store, "b")
    console.store.run(contact_requests.add_contact_request, one, "mira@example.org")
    with signed_in_page(browser, console, "adviser", viewport=SIZES[size]) as page:
        paths = ("/staff/waiting", "/staff/contacts", f"/staff/conversations/{one}")
        look_over(page, *(console.url + path for path in paths))
