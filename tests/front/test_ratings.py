"""Satisfaction asked at the end of a conversation with a person: widget, Telegram, Slack, and what staff see."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from conversations.admin import settings_store
from conversations.analytics.jobs import DailyCountJob
from conversations.data_rights.data_export import stored_data
from conversations.db import schema
from conversations.db.store import Store
from conversations.handoff import ratings
from tests.front.console_fixtures import Running, hire, postgres_url, store
from tests.front.slack_fixtures import shared_slack, slack, web_api
from tests.front.telegram_fixtures import bot_api, shared_telegram, telegram, wait_for
from tests.front.test_hand_over_platforms import act, asked_for, console_of, visitor
from tests.front.web_fixtures import WebFront, web, well_again

CLOSED = "This conversation is closed"


def ask(store: Store, scale: int | None) -> None:
    store.run(settings_store.save_setting, ratings.SETTING, scale, "admin")


class Widget:
    """A visitor of the website who waits for a person."""

    def __init__(self, web: WebFront) -> None:
        self._web, self._token = web, web.session()
        web.post("messages", {"id": "1", "text": "hello"}, self._token)
        web.post("person", token=self._token)
        self.conversation = web.waiting()

    def said(self) -> list[dict[str, Any]]:
        return self._web.post("history", token=self._token).json()["messages"]

    def press(self, title: str, number: int = 2) -> None:
        found = next(one for one in self.said() if CLOSED in one["text"])
        token = next(each["token"] for each in found["buttons"] if each["title"] == title)
        assert self._web.post("messages", {"id": str(number), "button": token}, self._token).status_code == 202


@pytest.fixture(scope="module")
def office(web) -> Running:
    """Return the console of the front with the widget."""
    hire(web.front.store)
    return Running(web.front, web.url)


def closed(office: Running, one: str, role: str = "adviser") -> None:
    for what in ("take", "close"):
        act(office, role, one, what)


def test_nothing_is_asked_unless_it_is_set(web, office) -> None:
    ask(office.store, None)
    visitor = Widget(web)
    closed(office, visitor.conversation)
    [last] = [one for one in visitor.said() if CLOSED in one["text"]]
    assert not last.get("buttons") and office.store.run(ratings.ratings_of, visitor.conversation) == ()


def test_answer_in_the_widget_is_stored_and_shown(web, office) -> None:
    ask(office.store, 5)
    visitor = Widget(web)
    closed(office, visitor.conversation)
    asked = len(web.engine.asked)
    visitor.press("Good")
    wait_for(lambda: "Thank you for telling us." in [one["text"] for one in visitor.said()])
    assert len(web.engine.asked) == asked, "the engine is not asked"
    page = office.signed_in("viewer").get(f"/staff/conversations/{visitor.conversation}").text
    assert "Satisfaction with adviser: Good" in page and 'class="state is-closed"' in page, "it is not opened again"
    visitor.press("Very poor", 3)  # thought better of it
    wait_for(lambda: office.store.run(ratings.ratings_of, visitor.conversation)[0].value == 1)
    [data] = office.store.run(stored_data, [visitor.conversation])
    assert [(each["person"], each["scale"], each["value"]) for each in data["ratings"]] == [("adviser", 5, 1)]
    assert (
        office.send(
            office.signed_in("admin"), f"/staff/conversations/{visitor.conversation}/forget", sure="yes"
        ).status_code
        == 303
    )
    assert office.store.run(ratings.ratings_of, visitor.conversation) == ()


def test_nobody_is_asked_about_a_conversation_without_a_person(web, office) -> None:
    ask(office.store, 2)
    visitor = Widget(web)
    act(office, "adviser", visitor.conversation, "close")
    assert not next(one for one in visitor.said() if CLOSED in one["text"]).get("buttons")


def test_insights_count_by_member_of_staff(web, office) -> None:
    ask(office.store, 2)
    for role, title in (("trainer", "Yes"), ("trainer", "No"), ("editor", "")):
        visitor = Widget(web)
        closed(office, visitor.conversation, role if role == "trainer" else "admin")
        if title:
            visitor.press(title)
            one = visitor.conversation
            wait_for(lambda one=one: office.store.run(ratings.ratings_of, one)[0].value)
    asyncio.run(DailyCountJob(office.store).rebuild(0))
    client = office.signed_in("viewer")
    page = client.get("/staff/insights?period=7").text
    link, _, rest = page.partition("rated=trainer")[0].rpartition('href="')[2], *page.partition("rated=trainer")[1:]
    assert "50 %" in rest[:400] and "rated=admin" not in page, "who was not answered about is not counted"
    table = client.get("/staff/insights/table?what=staff&period=7").text
    assert "trainer,2,2,1" in table and "admin,1,0,0" in table
    found = client.get(f"{link}rated=trainer".replace("&amp;", "&")).text
    assert found.count('class="line in-list') == 2


def test_admin_sets_how_it_is_asked(office) -> None:
    client = office.signed_in("admin")
    page = client.get("/staff/limits").text
    assert "visitors are asked how it was" in page
    numbers = {
        "mask_after_days": "30",
        "delete_after_days": "90",
        "handoff_wait_minutes": "10",
        "person_silent_minutes": "30",
    }
    assert office.send(client, "/staff/limits", **numbers, ask_satisfaction="5").status_code == 303
    assert office.store.run(ratings.scale_asked) == 5
    assert office.send(client, "/staff/limits", **numbers, ask_satisfaction="3").status_code == 400
    assert office.send(client, "/staff/limits", **numbers, ask_satisfaction="0").status_code == 303
    assert office.store.run(ratings.scale_asked) == 0


@pytest.mark.parametrize("payload", ["/front_rate_", "/front_rate_6", "/front_rate_12", "/front_rate_x", "5", ""])
def test_other_payloads_are_no_answer(payload) -> None:
    assert ratings.value_in(payload) is None


def test_platforms_ask_by_their_own_buttons(visitor) -> None:
    console = console_of(visitor.front)
    ask(console.store, 5)
    one = asked_for(visitor)
    closed(console, one)
    wait_for(lambda: "How was talking with adviser?" in visitor.seen())
    told = next(each for each in visitor.front.answers() if CLOSED in str(each))
    visitor.front.press(told, "Very good")
    wait_for(lambda: "Thank you for telling us." in visitor.seen())
    [rating] = console.store.run(ratings.ratings_of, one)
    assert (rating.person, rating.scale, rating.value) == ("adviser", 5, 5) and rating.is_good
    assert visitor.conversation().state == "closed"
