"""The inbox in a real browser: list, conversation and details side by side, and a list that keeps its place."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import gzip
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from conversations.handoff import states
from conversations.review import annotation
from conversations.review.concerns import starting_point
from conversations.review.filters import Filters
from conversations.review.transcript import read_transcript
from tests.front.console_fixtures import Running, browser, console, fill, look_over, said, signed_in_page
from tests.front.test_console_browser import SIZES
from tests.harness import PATIENCE

MANY = 60  # conversations, more than a page and far more than a screen


@pytest.fixture
def page(browser, console) -> Iterator[Page]:
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as opened:
        yield opened
        assert opened.complaints == []


def fill_many(console) -> list[str]:
    """Store many conversations; return their ids, the newest first."""
    return [said(console.store, f"v{number}", f"question number {number}", ago=number) for number in range(1, MANY + 1)]


def write(console, sender: str, text: str) -> None:
    httpx.post(f"{console.url}/webhooks/rest/webhook", json={"sender": sender, "message": text}, timeout=PATIENCE)


def top_of(page, conversation: str) -> float:
    return page.locator(f"#line-{conversation}").bounding_box()["y"]


# --- side by side ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [1100, 1280, 1600])
def test_three_panes_stand_side_by_side(browser, console, width) -> None:
    one = fill(console.store)["visa"]
    with signed_in_page(browser, console, "adviser", viewport={"width": width, "height": 800}) as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        boxes = [page.locator(pane).bounding_box() for pane in ("#list", ".inbox-talk", ".side-notes")]
        rights = [box["x"] + box["width"] for box in boxes]
        assert rights[0] <= boxes[1]["x"] + 1 and rights[1] <= boxes[2]["x"] + 1 and rights[2] <= width
        assert 320 <= boxes[0]["width"] <= 400 and boxes[2]["width"] == 280 and boxes[1]["width"] >= 400
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "each pane scrolls by itself"


def test_one_column_on_narrow_screens(browser, console) -> None:
    ids = fill(console.store)
    with signed_in_page(browser, console, "adviser", viewport=SIZES["narrow"]) as page:
        page.goto(f"{console.url}/staff/conversations")
        page.evaluate("window.stayed = true")
        page.get_by_role("link", name="what are the fees").click()
        expect(page.get_by_role("heading", name="Web conversation")).to_be_visible()
        expect(page.locator("#list")).to_be_hidden()
        page.go_back()
        expect(page.locator("#list")).to_be_visible()
        page.get_by_role("link", name="what are the fees").click()
        page.locator("[data-back]").click()
        expect(page.locator(f"#line-{ids['visa']}")).to_be_visible()
        assert page.evaluate("window.stayed") and page.complaints == []


# --- the list keeps its place ---------------------------------------------------------------------------------------
def test_place_filter_and_selection_outlast_everything(page, console) -> None:
    ids = fill_many(console)
    page.goto(f"{console.url}/staff/conversations?channel=web")
    one, following = ids[24], ids[25]
    page.locator(f"#line-{one}").scroll_into_view_if_needed()
    page.evaluate("window.stayed = true")
    page.locator(f"#line-{one} a").click()
    expect(page.locator("#talk")).to_contain_text("question number 25")
    expect(page).to_have_url(f"{console.url}/staff/conversations/{one}?channel=web")
    place = top_of(page, one)

    page.get_by_role("button", name="Flag").click()
    expect(page.locator(f"#line-{one}")).to_contain_text("Flagged")
    assert abs(top_of(page, one) - place) < 2, "an action"
    write(console, "x", "somebody new")
    write(console, "v1", "more")
    page.get_by_role("button", name="Reviewed, open next").click()
    expect(page.locator("#talk")).to_contain_text("question number 26")
    expect(page.locator(f"#line-{following}.is-open")).to_have_count(1)
    expect(page.locator(f"#line-{one}")).to_contain_text("Reviewed by adviser")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#line-{one}")).not_to_contain_text("Reviewed by")
    assert abs(top_of(page, one) - place) < 60, "on to the next"
    page.go_back()
    expect(page.locator("#talk")).to_contain_text("question number 25")
    assert page.evaluate("window.stayed")
    place = top_of(page, one)
    page.reload()
    expect(page.locator(f"#line-{one}.is-open")).to_have_count(1)
    assert abs(top_of(page, one) - place) < 2, "a reload"
    expect(page.get_by_role("link", name="Channel Web")).to_be_visible()


def test_new_rows_wait_behind_a_button(page, console) -> None:
    ids = fill_many(console)
    page.goto(f"{console.url}/staff/conversations")
    for _ in range(4):
        page.keyboard.press("j")
    place = top_of(page, ids[3])
    write(console, "x", "one new")
    write(console, "y", "another new")
    expect(page.get_by_role("button", name="2 new")).to_be_visible()
    expect(page.get_by_role("link", name="one new")).to_have_count(0)
    expect(page.locator(f"#line-{ids[3]}.is-chosen")).to_have_count(1)
    assert abs(top_of(page, ids[3]) - place) < 45, "no more than the button's height"
    page.keyboard.press("j")
    expect(page.locator(f"#line-{ids[4]}.is-chosen")).to_have_count(1)
    page.get_by_role("button", name="2 new").click()
    expect(page.get_by_role("link", name="another new")).to_be_focused()


def test_older_page_stays_the_older_page(page, console) -> None:
    ids = fill_many(console)
    page.goto(f"{console.url}/staff/conversations")
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".in-list")).to_have_count(MANY - 40)
    page.locator(f"#line-{ids[45]} a").click()
    expect(page.locator("#talk")).to_contain_text("question number 46")
    page.keyboard.press("e")
    expect(page.locator("#talk")).to_contain_text("question number 47")
    assert page.evaluate("window.stayed")
    page.reload()
    expect(page.locator(f"#line-{ids[46]}.is-open")).to_have_count(1)
    expect(page.locator(f"#line-{ids[45]}")).to_contain_text("Reviewed by adviser")
    expect(page.get_by_role("link", name="Newest")).to_be_visible()


def test_filter_keeps_the_open_conversation(page, console) -> None:
    ids = fill(console.store)
    page.goto(f"{console.url}/staff/conversations/{ids['visa']}")
    page.locator("#more-filters summary").click()
    page.get_by_label("Outcome").select_option("failed")
    expect(page.locator(".in-list")).to_have_count(1)
    expect(page).to_have_url(f"{console.url}/staff/conversations/{ids['visa']}?outcome=failed")
    expect(page.get_by_role("heading", name="Telegram conversation")).to_be_visible()


def test_last_of_the_list_says_so(page, console) -> None:
    one = fill(console.store)["visa"]
    page.goto(f"{console.url}/staff/conversations/{one}")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="All of these are reviewed")).to_be_visible()
    expect(page).to_have_url(f"{console.url}/staff/conversations")
    assert console.store.run(annotation.annotations_of, one).review.by == "adviser"


# --- the conversation -----------------------------------------------------------------------------------------------
def test_reply_is_focused_after_taking_over(page, console) -> None:
    one = said(console.store, "a", "a person please")
    console.store.run(states.request_person, one)
    page.goto(f"{console.url}/staff/conversations/{one}")
    page.get_by_role("button", name="Take this conversation").click()
    expect(page.get_by_label("Your reply, as adviser")).to_be_focused()
    expect(page.locator(f"#line-{one}")).to_contain_text("With a person: adviser")
    page.reload()
    composer = page.locator(".composer").bounding_box()
    assert composer["y"] + composer["height"] == pytest.approx(800, abs=2)
    page.get_by_role("button", name="Give it back").click()
    expect(page.get_by_role("button", name="Talk with the visitor yourself")).to_be_visible()


def test_reply_that_did_not_arrive_is_kept(page, console) -> None:
    one = said(console.store, "a", "a person please")
    page.goto(f"{console.url}/staff/conversations/{one}")
    page.get_by_role("button", name="Talk with the visitor yourself").click()
    page.route("**/reply*", lambda route: route.abort())
    page.get_by_label("Your reply, as adviser").fill("Are you there?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Not sent")).to_be_visible()
    expect(page.get_by_label("Your reply, as adviser")).to_have_value("Are you there?")
    page.reload()
    expect(page.get_by_label("Your reply, as adviser")).to_have_value("Are you there?")
    page.complaints.clear()  # the browser logs the request that failed


def test_failed_turn_is_scrolled_to(page, console) -> None:
    for number in range(12):
        one = said(console.store, "a", f"question {number}", "A long answer. " * 40)
    said(console.store, "a", "the one that failed", outcome="failed")
    for number in range(12, 18):
        said(console.store, "a", f"question {number}", "A long answer. " * 40)
    page.goto(f"{console.url}/staff/conversations/{one}")
    failed = page.locator(".turn.is-failed")
    expect(failed).to_contain_text("the one that failed")
    expect(failed).to_be_in_viewport()
    expect(failed).to_have_class("turn by-visitor is-failed is-chosen")


def test_transcript_has_clock_times(console) -> None:
    one = said(console.store, "a", "hello there")
    at = console.store.run(read_transcript, one).said[0].message.at
    text = console.signed_in("viewer").get(f"/staff/conversations/{one}?part=talk", headers={"HX-Request": "true"}).text
    assert f">{at:%H:%M}</time>" in text and "just now" not in text and f"{at:%A}, {at.day} {at:%B %Y}" in text


def test_reader_begins_where_it_matters(console) -> None:
    one = said(console.store, "a", "quite clear", intent="ask_topic", confidence=0.9)
    said(console.store, "a", "hardly clear", intent="ask_topic", confidence=0.2)
    said(console.store, "a", "left open", intent="ask_topic", outcome="declined", confidence=0.8)
    transcript = console.store.run(read_transcript, one)
    by_text = {entry.message.text: f"m{entry.message.id}" for entry in transcript.said}
    assert starting_point(transcript, Filters()) == by_text["hardly clear"]
    assert starting_point(transcript, Filters(outcome="declined")) == by_text["left open"]
    assert starting_point(transcript, Filters(confidence="30")) == by_text["hardly clear"]
    calm = said(console.store, "b", "all is well", intent="ask_topic", confidence=0.9)
    assert starting_point(console.store.run(read_transcript, calm), Filters()) == ""


@pytest.mark.parametrize("size", [*SIZES.values(), {"width": 1100, "height": 700}], ids=str)
def test_everybody_can_read_the_inbox(browser, console, size) -> None:
    ids = fill(console.store)
    console.store.run(annotation.set_flag, ids["fees"], "ann", True)
    with signed_in_page(browser, console, "admin", viewport=size, bypass_csp=True) as page:
        paths = ["/staff/conversations", *(f"/staff/conversations/{one}" for one in ids.values())]
        look_over(page, *(console.url + path for path in paths))


def test_pages_are_small(browser, console) -> None:
    """A whole page with everything that it loads stays under 60 kB as it would be compressed."""
    ids = fill_many(console)
    with signed_in_page(browser, console, "admin") as page:
        bodies = []
        page.on("requestfinished", lambda request: bodies.append(request) if "/live" not in request.url else None)
        page.goto(f"{console.url}/staff/conversations/{ids[0]}")
        page.wait_for_load_state("load")
        assert sum(len(gzip.compress(request.response().body())) for request in bodies) < 60_000
