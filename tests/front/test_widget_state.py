"""The widget as a part of a tab: open or closed from page to page, on a phone's screen, and for the page's own scripts."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from channels.http import RateLimits, Refused
from conversations.db import schema
from tests.front.test_widget import host_page
from tests.front.test_widget_pages import LONG, script
from tests.front.web_browser import PATIENCE, PHONE, Visitor, browser, visit
from tests.front.web_fixtures import web, well_again
from tests.harness import until

MOBILE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


# --- from page to page ------------------------------------------------------------------------------------------------
def test_open_chat_stays_open_on_the_next_page(web, visit) -> None:
    visitor = visit(host_page(web, body="<h1>First</h1>"))
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    visitor.page.goto(host_page(web, body="<h1>Second</h1><input autofocus>"))
    expect(visitor.panel).to_be_visible(timeout=PATIENCE)
    visitor.sees("Hello there.")
    assert visitor.page.evaluate("document.activeElement.localName") == "input", "the page keeps the focus"
    visitor.press(visitor.button("Close the chat"))
    visitor.page.reload()
    expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
    visitor.page.wait_for_timeout(500)
    expect(visitor.panel).to_be_hidden()


def test_another_tab_begins_closed(web, visit) -> None:
    first = visit(host_page(web))
    first.begin()
    second = visit(host_page(web), beside=first)
    expect(second.find(".launcher")).to_be_visible(timeout=PATIENCE)
    expect(second.panel).to_be_hidden(timeout=PATIENCE)


def test_busy_front_is_asked_again_by_itself(web, visit, monkeypatch) -> None:
    """A class comes back from lunch: each of the first calls is too many for the address."""
    visitor = visit(host_page(web))
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    require, full = RateLimits.require, iter([True] * 4)

    async def crowded(rates, most, *what) -> None:
        if "address" in what and next(full, False):
            raise Refused("too many requests", 429, {"Retry-After": "1"})
        await require(rates, most, *what)

    monkeypatch.setattr(RateLimits, "require", crowded)
    visitor.page.reload()
    visitor.sees("Hello there.")
    expect(visitor.find(".note")).to_be_hidden(timeout=PATIENCE)
    visitor.say("visa")
    visitor.sees("You may need a visa")
    assert all("429" in error for error in visitor.errors)  # what the browser itself notes of a refusal
    visitor.errors.clear()


# --- on a phone -------------------------------------------------------------------------------------------------------
# As Turbo, htmx, Astro, swup and Next go about it: a step without their own state is one inside the page.
ROUTER = script("""
  window.routed = [];
  addEventListener('popstate', ({state}) => state && routed.push(location.pathname));
  history.replaceState({router: 1}, '');
""")


def test_back_closes_the_chat_on_a_phone(web, visit) -> None:
    visitor = visit(host_page(web, head=ROUTER), **MOBILE)
    address, length = visitor.page.url, visitor.page.evaluate("history.length")
    visitor.begin()
    visitor.page.go_back()
    expect(visitor.panel).to_be_hidden(timeout=PATIENCE)
    assert (visitor.page.url, visitor.page.evaluate("history.state")) == (address, {"router": 1})
    visitor.open()
    visitor.press(visitor.button("Close the chat"))
    expect(visitor.panel).to_be_hidden(timeout=PATIENCE)
    visitor.page.wait_for_function("history.state?.router && !history.state.advisorChat")
    assert visitor.page.evaluate("routed") == [], "the page's router hears nothing of it"
    assert visitor.page.evaluate("history.length") == length + 1, "however often it is opened"
    visitor.page.go_back()
    assert visitor.page.url == "about:blank"


def test_forward_opens_it_again(web, visit) -> None:
    visitor = visit(host_page(web), **MOBILE)
    visitor.begin()
    for _ in range(2):
        visitor.page.go_back()
        expect(visitor.panel).to_be_hidden(timeout=PATIENCE)
        visitor.page.go_forward()
        expect(visitor.panel).to_be_visible(timeout=PATIENCE)


def test_large_screen_leaves_history_alone(web, visit) -> None:
    visitor = visit(host_page(web))
    length = visitor.page.evaluate("history.length")
    visitor.begin()
    visitor.press(visitor.button("Close the chat"))
    assert visitor.page.evaluate("history.length") == length


def test_reload_on_a_phone_shows_what_was_open(web, visit) -> None:
    visitor = visit(host_page(web), **MOBILE)
    visitor.begin()
    visitor.page.reload()
    expect(visitor.panel).to_be_visible(timeout=PATIENCE)
    visitor.page.go_back()
    expect(visitor.panel).to_be_hidden(timeout=PATIENCE)


def test_page_behind_stays_where_it_is(web, visit) -> None:
    visitor = visit(host_page(web, body=LONG), viewport=PHONE)
    visitor.begin()
    visitor.page.mouse.move(100, 30)
    visitor.page.mouse.wheel(0, 400)
    visitor.page.wait_for_timeout(300)
    assert visitor.page.evaluate("scrollY") == 0
    visitor.press(visitor.button("Close the chat"))
    visitor.page.mouse.wheel(0, 400)
    visitor.page.wait_for_function("scrollY > 0")


# What iOS says while its keyboard is open; no browser for tests has one. It tells by `resize`, `scroll`, or both.
KEYBOARD = """
  const view = new EventTarget();
  Object.assign(view, {width: 390, height: 844, offsetTop: 0, scale: 1});
  Object.defineProperty(window, 'visualViewport', {value: view});
"""
SHOWN = "(how) => { Object.assign(visualViewport, how[1]); visualViewport.dispatchEvent(new Event(how[0])); }"


@pytest.mark.parametrize("kind", ["resize", "scroll"])
def test_keyboard_on_the_screen_covers_nothing(web, visit, kind) -> None:
    visitor = visit(host_page(web, head=script(KEYBOARD)), viewport=PHONE)
    visitor.begin()

    def covers(box: dict[str, int], **view: float) -> None:
        """Assert that the panel, once it has moved in, covers just what is seen."""
        visitor.page.evaluate(SHOWN, [kind, view])
        until(lambda: visitor.panel.bounding_box() == box, f"a panel at {box}")

    covers({"x": 0, "y": 220, "width": 390, "height": 480}, height=480, offsetTop=220)
    covers({"x": 0, "y": 0, **PHONE}, height=844, offsetTop=0)
    covers({"x": 0, "y": 0, **PHONE}, height=422, offsetTop=300, scale=2)  # enlarged by two fingers


@pytest.mark.parametrize("size", [(320, 256), (1280, 400), (844, 390)])
def test_whole_menu_can_be_reached(web, visit, size) -> None:
    """As at 400 % zoom, or on a phone on its side."""
    visitor = visit(host_page(web), viewport=dict(zip(("width", "height"), size, strict=True)))
    visitor.begin()
    visitor.press(visitor.find("[aria-haspopup=menu]"))
    box = visitor.find(".menu").bounding_box()
    visitor.page.mouse.move(box["x"] + 40, box["y"] + 40)
    visitor.page.mouse.wheel(0, 600)
    last = visitor.find("[data-do=forget]")
    expect(last).to_be_in_viewport(ratio=1)
    visitor.page.wait_for_timeout(200)  # until it has come to rest
    box = last.bounding_box()
    visitor.page.mouse.click(box["x"] + 40, box["y"] + box["height"] / 2)
    visitor.press(visitor.button("Delete everything"))
    visitor.sees("Before we start", ".sheet")


# --- colours of the system --------------------------------------------------------------------------------------------
EDGES = [".launcher", "dialog", ".menu", ".own .text", ".send"]


def test_forced_colours_have_edges(web, visit) -> None:
    visitor = visit(host_page(web), forced_colors="active")
    edge = "(one) => parseFloat(getComputedStyle(one).borderTopWidth)"
    assert visitor.find(".launcher").evaluate(edge) >= 1
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    thumb = visitor.button("This helped")
    before = thumb.evaluate("(one) => getComputedStyle(one).backgroundColor")
    visitor.press(thumb)
    expect(thumb).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    assert thumb.evaluate("(one) => getComputedStyle(one).backgroundColor") != before
    visitor.press(visitor.find("[aria-haspopup=menu]"))
    assert [part for part in EDGES if visitor.find(part).first.evaluate(edge) < 1] == []
    assert visitor.axe() == []


# --- for the page's own scripts ---------------------------------------------------------------------------------------
HEARS = script("""
  window.heard = [];
  for (const kind of ['ready', 'opened', 'closed', 'message'])
    document.addEventListener(`advisor:${kind}`, ({detail}) => heard.push([kind, detail?.author].filter(Boolean).join(' ')));
""")


def heard(visitor: Visitor) -> list[str]:
    return visitor.page.evaluate("heard")


def test_page_may_open_ask_and_close(web, visit) -> None:
    visitor = visit(host_page(web, head=HEARS, body="<h1>A page</h1><a href='/'>first</a>"))
    visitor.page.wait_for_function("heard.includes('ready')")
    visitor.page.evaluate("advisorChat.ask('visa')")
    visitor.sees("Before we start", ".sheet")  # nothing is said before the visitor agrees
    visitor.press(visitor.find(".sheet .main"))
    visitor.sees("You may need a visa")
    visitor.choose("contact")
    visitor.page.evaluate("advisorChat.ask('hello')")
    visitor.sees("Hello there.")
    visitor.press(visitor.page.locator("h1"))
    visitor.page.evaluate("document.querySelector('a').focus(); advisorChat.close()")
    assert visitor.page.evaluate("document.activeElement.localName") == "a", "the focus was not the widget's"
    expect(visitor.panel).to_be_hidden(timeout=PATIENCE)
    visitor.page.evaluate("advisorChat.open()")
    expect(visitor.panel).to_be_visible(timeout=PATIENCE)
    said = ["message visitor", "message advisor"]
    assert heard(visitor) == ["ready", "opened", *said, *said, "closed", "opened"]
    assert visitor.texts().count("visa") == 1


def test_too_long_a_question_is_refused(web, visit) -> None:
    visitor = visit(host_page(web, head=HEARS))
    visitor.page.wait_for_function("heard.includes('ready')")
    said = visitor.page.evaluate("advisorChat.ask('x'.repeat(5000)).catch((error) => String(error))")
    assert "at most" in said


def test_page_on_a_phone_may_close_and_go_on(web, visit) -> None:
    """A step back of the browser's would undo where the page goes."""
    visitor = visit(host_page(web, head=HEARS), **MOBILE)
    visitor.begin()
    further = host_page(web, body="<h1>Further</h1>")
    visitor.page.evaluate("(to) => advisorChat.close().then(() => { location.href = to })", further)
    expect(visitor.page.locator("h1")).to_have_text("Further", timeout=PATIENCE)
    visitor.page.wait_for_timeout(300)
    assert visitor.page.url == further


# --- thumbs -----------------------------------------------------------------------------------------------------------
def thumbs_of(connection, conversation: str) -> list[tuple[int, str]]:
    found = schema.feedback.c
    wanted = select(found.value, found.comment).where(found.conversation_id == conversation)
    return [tuple(row) for row in connection.execute(wanted)]


@pytest.mark.parametrize("own", [False, True], ids=["chosen", "own words"])
def test_reason_of_a_thumb_down_is_kept(web, visit, own) -> None:
    visitor = visit(host_page(web))
    visitor.begin()
    visitor.say("visa")
    visitor.press(visitor.button("This did not help"))
    if own:
        visitor.press(visitor.find(".reasons input"))
        visitor.page.keyboard.type("Which countries?")
        visitor.page.keyboard.press("Enter")
    else:
        visitor.press(visitor.button("Not what I asked"))
    visitor.sees("The team reads this", ".thanks")
    expect(visitor.button("This did not help")).to_have_attribute("aria-pressed", "true")
    conversation = web.engine.asked[-1]["conversation"]
    stored = web.front.store.run(lambda connection: thumbs_of(connection, conversation))
    assert stored == [(-1, "Which countries?" if own else "Not what I asked")]
    visitor.press(visitor.button("This helped"))
    expect(visitor.find(".thanks")).to_have_text("")
    expect(visitor.find(".reasons")).to_have_count(0)
