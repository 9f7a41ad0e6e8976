"""Operators in the search field become filters, which stand in the address and above the list."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from console.views.inbox.search_operators import read_operators, written
from conversations.local_days import today
from conversations.review.filters import FilterError, Filters, told_day
from tests.front.console_fixtures import Running, browser, console, fill, signed_in_page


def topics(word: str) -> list[str]:
    return {"visa": ["challenges/visa", "faq/visa"]}.get(word.lower(), [])


def ago(days: int) -> str:
    return (today() - timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("typed", "words", "filters"),
    [
        ("channel:telegram visa fees", "visa fees", {"channel": "telegram"}),
        (
            'thumb:down IS:unreviewed under:50% tag:"good example"',
            "",
            {"feedback": "down", "mark": "unreviewed", "confidence": "50", "tag": "good example"},
        ),
        ("since:7d until:yesterday", "", {"since": "7d", "until": "yesterday"}),
        ("since:2026-11-02 status:waiting", "", {"since": "2026-11-02", "state": "waiting"}),
        ("topic:visa* topic:fees/*", "", {"topic": "challenges/visa,faq/visa,fees/*"}),
        ("thumb:sideways since:7 topic:rice is:odd", "thumb:sideways since:7 topic:rice is:odd", {}),
        ("it costs:5 and https://example.org/a", "it costs:5 and https://example.org/a", {}),
        ("", "", {}),
    ],
)
def test_operators_are_read(typed, words, filters) -> None:
    assert read_operators(typed, topics) == (words, filters)


@pytest.mark.parametrize(
    "typed", ["channel:telegram under:50 visa fees", 'tag:"good example" is:flagged since:7d', "visa"]
)
def test_filters_are_written_as_they_are_read(typed) -> None:
    words, found = read_operators(typed, topics)
    assert sorted(written(Filters.from_query({"words": words, **found})).split()) == sorted(typed.split())


def test_days_that_move_with_the_time() -> None:
    filters = Filters.from_query({"since": "2W", "until": "yesterday"})
    assert (str(filters.first_day), str(filters.last_day)) == (ago(13), ago(1))
    assert filters.start < filters.end and told_day("9x") is None
    assert told_day("7d", is_end=True) == today() - timedelta(days=7)
    with pytest.raises(FilterError):
        Filters.from_query({"since": "last week"})


def test_address_and_list_are_those_of_the_filters(console) -> None:
    ids = fill(console.store)
    client = console.signed_in("viewer")
    typed = "channel:telegram outcome:answered since:7d visa"
    answer = client.get("/staff/conversations", params={"words": typed})
    assert answer.status_code == 303
    query = {name: value for name, [value] in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert query == {"words": "visa", "channel": "telegram", "outcome": "answered", "since": "7d"}
    page = client.get(answer.headers["location"]).text
    assert ids["visa"] in page and ids["fees"] not in page


def test_operators_work_as_one_types(browser, console) -> None:
    ids = fill(console.store)
    with signed_in_page(browser, console, "viewer", viewport={"width": 1280, "height": 800}) as page:
        page.goto(f"{console.url}/staff/conversations")
        page.locator("#words").fill("outcome:declined")
        expect(page.locator("[data-row]")).to_have_count(1)
        assert ids["fees"] in page.locator("[data-row] a").first.get_attribute("href")
        page.wait_for_url("**/staff/conversations?outcome=declined")
        page.reload()
        expect(page.locator("[data-row]")).to_have_count(1)
        assert page.locator("#words").input_value() == "outcome:declined"
        assert page.complaints == []


def test_field_and_menus_write_into_each_other(browser, console) -> None:
    fill(console.store)
    with signed_in_page(browser, console, "viewer", viewport={"width": 1280, "height": 800}) as page:
        field, rows = page.locator("#words"), page.locator("[data-row]")
        page.goto(f"{console.url}/staff/conversations?since=7d")
        page.locator("#more-filters summary").click()
        page.get_by_label("Outcome").select_option("failed")
        expect(rows).to_have_count(1)
        expect(field).to_have_value("outcome:failed since:7d")  # the time goes on moving
        expect(page.get_by_label("From")).to_have_value(ago(6))
        field.fill("outcome:declined fees")
        expect(page.get_by_label("Outcome")).to_have_value("declined")
        expect(page.get_by_label("From")).to_have_value("")
        expect(page).to_have_url(f"{console.url}/staff/conversations?words=fees&outcome=declined")
        page.get_by_label("Outcome").select_option("")
        expect(field).to_have_value("fees")
        page.get_by_role("link", name="Clear all").click()
        expect(field).to_have_value("")
        expect(rows).to_have_count(3)
        expect(page.locator("#how-many")).to_have_text("3 conversations")
        assert page.complaints == []


def test_what_is_typed_while_results_are_coming_is_kept(browser, console) -> None:
    fill(console.store)
    with signed_in_page(browser, console, "viewer") as page:
        field, held = page.locator("#words"), []
        page.goto(f"{console.url}/staff/conversations")
        page.route(lambda address: "words=fee&" in address, lambda route: held.append(route))
        with page.expect_request(lambda request: "words=fee&" in request.url):
            field.fill("fee")
        field.press_sequentially("s")
        field.blur()
        held[0].continue_()
        expect(page).to_have_url(f"{console.url}/staff/conversations?words=fees")
        expect(field).to_have_value("fees")


def test_form_without_scripts_goes_by_what_was_changed(console) -> None:
    fill(console.store)
    client = console.signed_in("viewer")

    def asked(**fields: str) -> str:
        return client.get("/staff/conversations", params=fields).headers["location"].partition("?")[2]

    before = "outcome:failed"
    assert asked(words=before, told=before, outcome="declined") == "outcome=declined"
    assert asked(words="fees", told=before, outcome="failed") == "words=fees"
    assert asked(words=f"{before} fees", told=before, outcome="failed") == "words=fees&outcome=failed"
