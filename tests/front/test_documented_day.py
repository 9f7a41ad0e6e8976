"""The day that docs/console.md describes, click by click in a browser, over what `advisor demo` shows."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator

# ruff: noqa: F401, F811 (fixtures are imported by name)
import pytest
from playwright.sync_api import Page, expect

from core.settings import PROJECT_ROOT, Settings
from tests.front.console_fixtures import browser
from tests.harness import PATIENCE

READY = "Ctrl-C stops it"
MESSAGES = 600


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[tuple[str, str]]:
    """Start the demo in a folder of its own, with the project's model; yield the console's address and the password."""
    own = Settings()
    kept = {"KNOWLEDGE_DB": own.knowledge_db, "ENCODER_DIR": own.encoder_dir, "VAR_DIR": tmp_path_factory.mktemp("var")}
    environment = {**os.environ, **{f"ADVISOR_{name}": str(value) for name, value in kept.items()}}
    argv = [str(PROJECT_ROOT / "advisor"), "demo", "--messages", str(MESSAGES)]
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if READY in line:
            break
    address, password = re.search(r"(http://\S+/staff)", said), re.search(r"password (\S+)", said)
    assert address and password, said
    yield address[1], password[1]
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0


@pytest.fixture(scope="module")
def page(browser, demo) -> Iterator[Page]:
    """Yield a page of somebody who has signed in, the same for the whole day."""
    address, password = demo
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.get_by_label("Name").fill("demo")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What needs attention")).to_be_visible()
    yield page
    assert complaints == []
    context.close()


def test_nine_somebody_waits(page) -> None:
    menu(page, "Home")
    page.get_by_role("link", name="people are waiting").click()
    waiting = page.get_by_role("button", name="Take over")
    expect(waiting).to_have_count(3)
    waiting.first.click()
    reply = page.get_by_label("Your reply, as demo")
    expect(reply).to_be_focused()
    known = page.get_by_text("What the advisor knows about it")
    if known.count():  # of some questions it knows nothing
        known.click()
        page.get_by_role("button", name="Put it into the reply").first.click()
        expect(reply).not_to_have_value("")
    reply.press("End")
    reply.press_sequentially("I look it up for you.")
    reply.press("Control+Enter")
    expect(page.locator("#talk").get_by_text("I look it up for you.")).to_be_visible()
    page.get_by_role("button", name="Give it back to the advisor").click()
    expect(page.get_by_label("Your reply, as demo")).to_have_count(0)


def test_nine_somebody_left_an_address(page) -> None:
    menu(page, "Contact requests")
    row = page.locator("[data-row]").first
    row.get_by_role("button", name="Show").click()
    row.get_by_role("button", name="Assign to me").click()
    expect(page.locator("#told")).to_contain_text("Undo")
    page.locator("[data-row]").first.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Open again")).to_have_count(1)
    expect(page.locator("#told")).to_contain_text("Undo")


def test_half_past_nine_messages_without_an_answer(page) -> None:
    page.goto(page.url.partition("/staff")[0] + "/staff/conversations?outcome=failed")
    expect(page.locator("#words")).to_have_value("outcome:failed")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.is-failed").first).to_be_visible()
    first = page.url
    page.get_by_label("New note").fill("The engine was away. Please look.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("The engine was away. Please look.")).to_be_visible()
    page.get_by_label("New tag").fill("engine")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#notes .tag")).to_contain_text(["engine"])
    page.locator("#talk-title").focus()
    page.keyboard.press("e")
    expect(page.locator("#told")).to_contain_text("Marked as reviewed.")
    assert page.url != first


def test_ten_what_was_not_answered(page) -> None:
    menu(page, "Unanswered")
    page.get_by_role("link", name="Most asked first").click()
    page.wait_for_url("**order=most")
    for button in ("Correctly declined", "Dismiss"):
        left = page.locator(".is-decided").count()
        page.locator("[data-row]").first.get_by_role("button", name=button).click()
        expect(page.locator(".is-decided")).to_have_count(left + 1)
        expect(page.locator("#told")).to_contain_text("Undo")
    row = page.locator("[data-row]").first
    row.get_by_label("What it means").fill("Visas and travel")
    row.get_by_label("What it means").press("Enter")
    expect(page.locator(".is-decided")).to_have_count(3)
    expect(page.locator("#told")).to_contain_text("Visas and travel")
    page.locator("[data-row]").last.get_by_role("button", name="New topic").click()
    page.wait_for_url("**/staff/drafts/*")
    expect(page.get_by_label("Title").first).to_be_visible()


def test_eleven_answers_are_checked(page) -> None:
    menu(page, "Corrections")
    before = page.locator("[data-row]").count()
    assert before > 1
    page.keyboard.press("j")
    chosen = page.locator("[data-row].is-chosen")
    expect(chosen.locator(".answer")).to_be_visible()
    page.keyboard.press("1" if chosen.locator('[data-key="1"]').count() else "r")
    expect(page.locator(".is-decided")).to_have_count(1)
    page.keyboard.press("r")
    expect(page.locator(".is-decided")).to_have_count(2)
    menu(page, "Try the advisor")
    page.get_by_placeholder("Write as a visitor would").fill("do I need a visa?")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("visa", timeout=PATIENCE * 1000)
    expect(page.get_by_text("Why").first).to_be_visible()


def test_before_lunch_somebody_asks_what_is_stored(page) -> None:
    menu(page, "Conversations")
    link = page.locator("a.line-link").last.get_attribute("href")
    menu(page, "People's data")
    page.get_by_label("An e-mail address").fill(str(link).partition("?")[0])
    page.get_by_role("button", name="Find").click()
    page.get_by_role("checkbox").first.check()
    with page.expect_download():
        page.get_by_role("button", name="Download as a file").click()
    page.get_by_text("Delete what is ticked").click()
    page.get_by_label("This deletes it permanently").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("1 conversation deleted everywhere.")).to_be_visible()
    menu(page, "Audit log")
    expect(page.get_by_text("deleted a conversation").first).to_be_visible()


def test_friday_how_things_went(page) -> None:
    menu(page, "Insights")
    page.get_by_label("Period").select_option(label="7 days")
    page.wait_for_url("**7*")
    expect(page.get_by_role("heading", name="Most asked, not answered")).to_be_visible()
    menu(page, "Knowledge")
    page.get_by_label("Only those to be reviewed").check()
    expect(page.locator("main")).to_contain_text(re.compile("Nothing is due|reviewed"))


def menu(page: Page, title: str) -> None:
    """Go to a page by the menu."""
    main = page.get_by_role("navigation", name="Main")
    link = main.get_by_role("link", name=re.compile(f"^{title}"))
    if not link.is_visible():
        main.get_by_text("Manage").click()
    link.click()
