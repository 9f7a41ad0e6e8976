"""Operators in the search field become filters, which stand in the address and above the list."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from console.views.inbox.search_operators import read_operators
from conversations.local_days import today
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
        ("since:7d until:yesterday", "", {"since": 6, "until": 1}),
        ("since:2026-11-02 status:waiting", "", {"since": "2026-11-02", "state": "waiting"}),
        ("topic:visa* topic:fees/*", "", {"topic": "challenges/visa,faq/visa,fees/*"}),
        ("thumb:sideways since:7 topic:rice is:odd", "thumb:sideways since:7 topic:rice is:odd", {}),
        ("it costs:5 and https://example.org/a", "it costs:5 and https://example.org/a", {}),
        ("", "", {}),
    ],
)
def test_operators_are_read(typed, words, filters) -> None:
    rest, found = read_operators(typed, topics)
    days = {name: ago(told) if isinstance(told, int) else told for name, told in filters.items()}
    assert (rest, found) == (words, days)


def test_address_and_list_are_those_of_the_filters(console) -> None:
    ids = fill(console.store)
    client = console.signed_in("viewer")
    typed = "channel:telegram outcome:answered since:7d visa"
    answer = client.get("/staff/conversations", params={"words": typed})
    assert answer.status_code == 303
    query = {name: value for name, [value] in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert query == {"words": "visa", "channel": "telegram", "outcome": "answered", "since": ago(6)}
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
        assert page.locator("#words").input_value() == ""
        assert page.complaints == []
