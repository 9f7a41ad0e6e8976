"""The list of conversations at scale: saved views, and many conversations changed at once."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from conversations.review import annotation, together
from conversations.review.filters import Filters
from tests.front.console_fixtures import Running, browser, console, fill, look_over, said, signed_in_page

SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 390, "height": 844}}


@pytest.fixture
def page(browser, console) -> Iterator[Page]:
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as opened:
        yield opened
        assert opened.complaints == []


def many(console: Running, number: int, **facts: str) -> list[str]:
    return [said(console.store, f"many{each}", f"question {each}", ago=each / 60, **facts) for each in range(number)]


def sent(console: Running, client: httpx.Client, path: str, **form: str) -> httpx.Response:
    """Send a form as a page's script does."""
    fields = {"csrf": console.token(client), **form}
    return client.post(path, data=fields, headers={**console.origin, "HX-Request": "true"})


def noted(console: Running, conversation_id: str) -> annotation.Annotations:
    return console.store.run(annotation.annotations_of, conversation_id)


def test_ticked_ones_are_changed_and_taken_back(page, console) -> None:
    ids = fill(console.store)
    page.goto(f"{console.url}/staff/conversations")
    for key in ("j", "s", "j", "s"):
        page.keyboard.press(key)
    bar = page.locator("#selected")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Change 2 conversations")
    expect(dialog).to_contain_text("what are the fees")
    dialog.get_by_label("Tag").fill("  Follow  UP ")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("2 conversations tagged “follow up”.")
    expect(page.locator(f"#line-{ids['fees']} .tag")).to_have_text("follow up")
    expect(bar).to_be_hidden()
    assert [noted(console, ids[name]).tags for name in ("lost", "fees", "visa")] == [("follow up",), ("follow up",), ()]
    page.keyboard.press("z")
    expect(page.locator(".in-list .tag")).to_have_count(0)
    assert noted(console, ids["fees"]).tags == ()


def test_all_that_match_are_changed_beyond_the_page(page, console) -> None:
    ids = many(console, 45, outcome="declined")
    other = said(console.store, "other", "hello", ago=2)
    console.store.run(annotation.set_reviewed, ids[0], "viewer", True)
    page.goto(f"{console.url}/staff/conversations?outcome=declined")
    expect(page.locator("#how-many")).to_have_text("45 conversations")
    page.get_by_role("button", name="Select several").click()
    page.get_by_role("button", name="All results").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Change 45 conversations")
    expect(dialog).to_contain_text("And 40 others")
    look_over(page)
    dialog.get_by_role("button", name="Mark reviewed").click()
    expect(page.locator("#told")).to_contain_text("44 conversations marked as reviewed.")
    expect(page.locator(".in-list.is-reviewed")).to_have_count(40)
    assert all(noted(console, each).review for each in ids) and noted(console, other).review is None
    page.locator("#told").get_by_role("button", name="Undo").click()
    expect(page.locator(".in-list.is-reviewed")).to_have_count(1)
    assert [noted(console, each).review is None for each in ids] == [False] + [True] * 44
    assert noted(console, ids[0]).review.by == "viewer"


def test_rows_between_two_ticks_are_ticked_with_shift(page, console) -> None:
    many(console, 6)
    page.goto(f"{console.url}/staff/conversations")
    page.get_by_role("button", name="Select several").click()
    page.locator(".picker").nth(1).click()
    page.locator(".picker").nth(4).click(modifiers=["Shift"])
    expect(page.locator("#selected output")).to_have_text("4 selected")
    page.locator("#selected").get_by_role("button", name="Close").click()
    expect(page.locator(".picker:visible")).to_have_count(0)


def test_words_and_filters_find_the_same_as_the_list(console) -> None:
    ids = fill(console.store)
    found = console.store.run(together.matching, Filters(words="fees", outcome="declined"))
    assert found == together.Matching((ids["fees"],))
    assert console.store.run(together.matching, Filters(words="fees", outcome="failed")).ids == ()
    assert console.store.run(together.matching, Filters(words="the fees a")).ids == (ids["fees"],)  # while it is typed
    assert console.store.run(together.matching, Filters(), 2) == together.Matching((ids["lost"], ids["fees"]), True)


def test_only_what_was_changed_is_taken_back(console) -> None:
    ids = fill(console.store)
    console.store.run(annotation.set_flag, ids["visa"], "trainer", True)
    client, fields = console.signed_in("adviser"), {"ids": ",".join([*ids.values(), "nobody"]), "what": "flag"}
    assert "2 conversations flagged." in sent(console, client, "/staff/together/change", **fields).text
    sent(console, client, "/staff/together/undo", **fields)
    assert [bool(noted(console, each).flag) for each in ids.values()] == [True, False, False]
    wrong = sent(console, client, "/staff/together/change", **{**fields, "what": "delete"})
    long = sent(console, client, "/staff/together/change", **{**fields, "what": "tag", "tag": "x" * 41})
    assert (wrong.status_code, long.status_code) == (400, 400)
    assert client.post("/staff/together/change", data=fields).status_code == 403
    viewer = console.signed_in("viewer")
    assert sent(console, viewer, "/staff/together/change", **fields).status_code == 403
    assert 'id="select"' not in viewer.get("/staff/conversations").text


def test_views_of_ones_own_and_of_the_team(browser, console) -> None:
    ids = fill(console.store)
    with signed_in_page(browser, console, "adviser", viewport=SIZES["narrow"]) as page:
        page.goto(f"{console.url}/staff/conversations?outcome=declined&since=7d")
        page.locator("#views summary").click()
        for title, is_team in (("Mine", False), ("Declined this week", True)):
            page.get_by_label("Save this search as").fill(title)
            page.get_by_label("For the team").set_checked(is_team)
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("link", name=title)).to_be_visible()
        look_over(page)
        assert page.complaints == []
    with signed_in_page(browser, console, "viewer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations")
        page.locator("#views summary").click()
        expect(page.locator("#views a")).to_have_count(1)
        page.get_by_role("link", name="Declined this week").click()
        expect(page.locator("[data-row]")).to_have_count(1)
        expect(page.locator("#words")).to_have_value("outcome:declined since:7d")
        expect(page).to_have_url(f"{console.url}/staff/conversations?since=7d&outcome=declined")
        assert ids["fees"] in page.locator("[data-row] a").first.get_attribute("href")
        expect(page.locator("#views button.bare")).to_have_count(0)  # it is the adviser's
        expect(page.get_by_label("For the team")).to_have_count(0)
        page.get_by_label("Save this search as").fill("Week")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_role("button", name="Remove the view Week").click()
        expect(page.get_by_role("link", name="Week", exact=True)).to_have_count(0)
        assert page.complaints == []


def test_view_needs_a_name_and_a_search(console) -> None:
    client = console.signed_in("adviser")

    def save(**fields: str) -> str:
        return sent(console, client, "/staff/views", **fields).text

    assert "Search for something or choose filters first" in save(title="All", search=" ")
    assert "1 to 60 characters" in save(title="x" * 61, search="visa")
    assert "Visa only" in save(title="Visa  only", search="topic:challenges/visa")
    assert save(title="Visa only", search="visa").count("<li>") == 1  # replaced
