"""The console in a real browser: it works by keyboard and by itself, and everybody can read it."""

from collections.abc import Iterator

# ruff: noqa: F401, F811 (fixtures are imported by name)
import httpx
import pytest
from playwright.sync_api import Page, expect

from conversations.db.demo_marker import mark_as_demo
from conversations.db.opening import open_store
from conversations.review import annotation
from core.settings import Settings
from tests.front.console_fixtures import (
    browser,
    console,
    fill,
    look_over,
    running_console,
    signed_in_page,
    talked,
    wrong_on,
)
from tests.harness import PATIENCE

SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}


@pytest.fixture
def page(browser, console) -> Iterator[Page]:
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as opened:
        yield opened
        assert opened.complaints == []


def test_signing_in_by_hand(browser, talked) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{talked.url}/staff/conversations/{talked.ids['visa']}")
    page.get_by_label("Name").fill("viewer")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Telegram conversation")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def test_new_conversation_shows_by_itself(page, console) -> None:
    page.goto(f"{console.url}/staff/conversations")
    expect(page.get_by_text("No conversations yet")).to_be_visible()
    httpx.post(
        f"{console.url}/webhooks/rest/webhook", json={"sender": "live", "message": "is anybody there"}, timeout=20
    )
    expect(page.get_by_role("link", name="is anybody there")).to_be_visible()


def test_what_came_before_the_stream_was_open_shows_by_itself(page, console) -> None:
    held = []
    page.route("**/staff/live*", lambda route: held.append(route))
    page.goto(f"{console.url}/staff/conversations")
    expect(page.get_by_text("No conversations yet")).to_be_visible()
    httpx.post(
        f"{console.url}/webhooks/rest/webhook", json={"sender": "live", "message": "am I seen"}, timeout=PATIENCE
    )
    for route in held:
        route.continue_()
    assert held
    expect(page.get_by_role("link", name="am I seen")).to_be_visible()


def test_open_transcript_grows_by_itself(page, console) -> None:
    httpx.post(
        f"{console.url}/webhooks/rest/webhook", json={"sender": "live", "message": "first words"}, timeout=PATIENCE
    )
    page.goto(f"{console.url}/staff/conversations")
    page.get_by_role("link", name="first words").click()
    said = page.get_by_role("region", name="What was said")
    expect(said.get_by_text("first words")).to_be_visible()
    httpx.post(
        f"{console.url}/webhooks/rest/webhook", json={"sender": "live", "message": "second words"}, timeout=PATIENCE
    )
    expect(said.get_by_text("second words")).to_be_visible()


def test_search_finds_while_typing(page, console) -> None:
    fill(console.store)
    page.goto(f"{console.url}/staff/conversations")
    page.keyboard.press("/")
    page.keyboard.type("fees")
    expect(page.locator(".line")).to_have_count(1)
    expect(page.locator("mark").first).to_have_text("fees")
    expect(page).to_have_url(f"{console.url}/staff/conversations?words=fees")


def test_filter_and_its_chip(page, console) -> None:
    fill(console.store)
    page.goto(f"{console.url}/staff/conversations")
    page.locator("#more-filters summary").click()
    page.get_by_label("Outcome").select_option("failed")
    expect(page.locator(".line")).to_have_count(1)
    page.get_by_role("link", name="Outcome Failed").click()
    expect(page.locator(".line")).to_have_count(3)
    expect(page.get_by_label("Outcome")).to_have_value("")


def test_keys_walk_and_open(page, console) -> None:
    ids = fill(console.store)
    page.goto(f"{console.url}/staff/conversations")
    for key in ("j", "j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url(f"**/{ids['fees']}")
    page.keyboard.press("j")
    expect(page.locator(".turn.is-chosen")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator(f"#line-{ids['fees']} a.line-link")).to_be_focused()
    page.wait_for_url(f"**/{ids['fees']}")


def test_key_marks_reviewed(page, console) -> None:
    ids = fill(console.store)
    page.goto(f"{console.url}/staff/conversations")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_role("status")).to_contain_text("Marked as reviewed.")
    assert console.store.run(annotation.annotations_of, ids["lost"]).review.by == "adviser"
    page.goto(f"{console.url}/staff/conversations/{ids['fees']}")
    page.keyboard.press("e")
    page.wait_for_url(f"**/{ids['visa']}*")


def test_keys_type_in_fields(page, console) -> None:
    fill(console.store)
    page.goto(f"{console.url}/staff/conversations")
    page.keyboard.press("/")
    page.keyboard.type("jek?")
    assert page.locator("#words").input_value() == "jek?"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_note_and_tag_without_reload(page, console) -> None:
    one = fill(console.store)["visa"]
    page.goto(f"{console.url}/staff/conversations/{one}")
    page.evaluate("window.stayed = true")
    page.get_by_label("New tag").fill("visa")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".tags .tag")).to_have_text("visa")
    page.get_by_label("New note").fill("All right")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".note")).to_contain_text("All right")
    page.get_by_role("button", name="Flag").click()
    expect(page.get_by_text("Flagged by adviser")).to_be_visible()
    page.get_by_role("button", name="Remove the tag visa").click()
    expect(page.locator(".tags .tag")).to_have_count(0)
    assert page.evaluate("window.stayed")


def test_refusal_is_said_beside_the_page(browser, console) -> None:
    one = fill(console.store)["visa"]
    with signed_in_page(browser, console, "adviser") as page:
        page.goto(f"{console.url}/staff/conversations/{one}")
        page.get_by_label("New note").fill("   ")
        page.get_by_role("button", name="Add the note").click()
        expect(page.get_by_role("status")).to_contain_text("A note has 1 to 4000 characters.")
        expect(page.get_by_label("New note")).to_be_visible()


def test_reveal_by_hand(page, console) -> None:
    one = fill(console.store)["visa"]
    page.goto(f"{console.url}/staff/conversations/{one}")
    expect(page.locator(".covered")).to_have_text("e-mail")
    page.get_by_role("button", name="Reveal").click()
    expect(page.get_by_text("mira@example.org")).to_be_visible()
    page.get_by_role("link", name="Cover it again").click()
    expect(page.locator(".covered")).to_have_count(1)


def test_why_opens(page, console) -> None:
    one = fill(console.store)["visa"]
    page.goto(f"{console.url}/staff/conversations/{one}")
    page.get_by_text("Why").click()
    expect(page.get_by_text("action_answer_topic")).to_be_visible()


def test_export_downloads(browser, talked) -> None:
    with signed_in_page(browser, talked, "trainer") as page:
        page.goto(f"{talked.url}/staff/conversations?outcome=declined")
        page.get_by_role("link", name="Export").last.click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        text = download.value.path().read_text(encoding="utf-8-sig")
        assert download.value.suggested_filename.endswith(".csv") and len(text.splitlines()) == 2


@pytest.mark.parametrize("size", SIZES)
def test_everybody_can_read_every_page(browser, console, size) -> None:
    ids = fill(console.store)
    console.store.run(annotation.add_tag, ids["visa"], "ann", "visa")
    console.store.run(annotation.add_note, ids["visa"], "admin", "A note")
    console.store.run(annotation.set_flag, ids["visa"], "ann", True)
    one = f"/staff/conversations/{ids['visa']}"
    paths = [
        "/staff/conversations",
        "/staff/conversations?words=visa&outcome=answered",
        "/staff/conversations?words=zzz",
        one,
        f"/staff/conversations/{ids['lost']}",
        f"{one}/print",
        "/staff/export?outcome=failed",
        "/staff/account",
        "/staff/audit",
        "/staff/conversations/nothing",
    ]
    with signed_in_page(browser, console, "admin", viewport=SIZES[size], bypass_csp=True) as page:
        look_over(page, *(console.url + path for path in paths))
        page.goto(console.url + one)
        page.get_by_role("button", name="Reveal").click()
        assert wrong_on(page) == []
        page.context.clear_cookies()
        page.goto(f"{console.url}/staff/sign-in")
        assert wrong_on(page) == []


def test_everybody_can_read_the_demo_banner(browser, tmp_path) -> None:
    store = open_store(Settings(var_dir=tmp_path))
    store.run(mark_as_demo)
    store.close()
    with running_console(tmp_path) as demo:
        page = browser.new_page(bypass_csp=True)
        page.goto(f"{demo.url}/staff/sign-in")
        expect(page.get_by_text("Demo data.")).to_be_visible()
        assert wrong_on(page) == []
        page.close()


def test_nothing_comes_from_elsewhere(browser, talked) -> None:
    with signed_in_page(browser, talked, "admin") as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{talked.url}/staff/conversations")
        page.goto(f"{talked.url}/staff/conversations/{talked.ids['visa']}")
        assert asked and all(url.startswith(talked.url) for url in asked) and page.complaints == []
