"""The daily counts, and the page that shows them."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import asyncio
import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import httpx
import pytest
from playwright.sync_api import expect

from console.web import charts
from conversations import erasure
from conversations.analytics import daily_counts, queries
from conversations.analytics.jobs import DailyCountJob
from conversations.analytics.queries import DateRange, Scope
from conversations.db import schema
from conversations.db.schema import now
from conversations.db.store import Store
from conversations.handoff import states
from conversations.learning import feedback, unanswered
from conversations.models import PERSON, TRY, Reply
from conversations.pipeline import message_store
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

DAY = timedelta(days=1)
VISA = "challenges/visa"


def this_day() -> date:
    """Return the day in UTC, which may end while tests run."""
    return now().date()


@pytest.fixture
def console(tmp_path) -> Iterator[Running]:
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db) as running:
        hire(running.store)
        yield running


@pytest.fixture
def filled(tmp_path) -> Iterator[Running]:
    with counted_console(tmp_path, fill) as running:
        yield running


@contextmanager
def counted_console(tmp_path, what: Callable[[Store], None]) -> Iterator[Running]:
    """Serve a console in which all was said and counted before: its own job counts at the start, and tests' counts with it."""

    def said_and_counted(store: Store) -> None:
        what(store)
        count(store)

    with running_console(tmp_path, holding=said_and_counted, knowledge_db=Settings().knowledge_db) as running:
        hire(running.store)
        yield running


def repeat(store, count: int, days: int) -> None:
    """Have something said `count` times, `days` ago, in a conversation each."""
    for number in range(count):
        said(store, f"{number} of {days}", "hello", ago=24 * days)


def move(store, conversation: str, days: int) -> None:
    """Move all that happened in a conversation back by days."""
    with store.engine.begin() as connection:
        for table, column in (("conversation", "created_at"), ("message", "at"), ("handoff", "at"), ("feedback", "at")):
            held = schema.metadata.tables[table]
            key = held.c.id if table == "conversation" else held.c.conversation_id
            for row in connection.execute(held.select().where(key == conversation)).mappings().all():
                own = held.c.id if "id" in held.c else held.c.message_id
                moved = {column: row[column] - days * DAY}
                connection.execute(held.update().where(own == row[own.name]).values(moved))


def count(store, first=None, last=None) -> None:
    first, last = first or this_day() - 400 * DAY, last or this_day()
    store.run(daily_counts.store_counts, first, last, store.run(daily_counts.count, first, last))


def sums(store, days=1, where=Scope()) -> queries.Totals:
    return store.run(queries.totals, DateRange(this_day() - (days - 1) * DAY, this_day()), where)


def fill(store) -> None:
    """Today: two answered on the web, one declined in Telegram, one not understood; yesterday one failed."""
    one = said(store, "a", "do I need a visa", intent="ask_topic", topic=VISA, site="main")
    said(store, "a", "and in canada", intent="ask_topic", topic=VISA, site="main")
    said(store, "b", "scholarships", outcome="declined", intent="ask_topic", channel="telegram")
    said(store, "c", "asdf", outcome="clarify", intent="nlu_fallback", channel="telegram")
    move(store, said(store, "d", "hello?", outcome="failed"), 1)
    said(store, "t", "tried by staff", channel=TRY)
    reply = store.run(messages_after, one)[1].id
    store.run(feedback.record_feedback, one, reply, feedback.UP)


# --- counting ---------------------------------------------------------------------------------------------------------
def test_day_is_counted(store) -> None:
    fill(store)
    count(store)
    found = sums(store)
    assert found.counts[daily_counts.BEGUN] == {"": 3} and found.counts[daily_counts.ASKED] == {"": 4}
    assert found.counts[daily_counts.OUTCOME] == {"answered": 2, "declined": 1, "not_understood": 1}
    assert found.counts[daily_counts.TOPIC] == {VISA: 2} and found.satisfaction == 1.0
    assert sum(map(sum, store.run(queries.by_hour, DateRange(this_day(), this_day()), Scope()))) == 4
    assert sums(store, 2).of(daily_counts.OUTCOME, "failed") == 1


def test_counts_are_told_apart_by_channel_and_site(store) -> None:
    fill(store)
    count(store)
    assert sums(store, where=Scope("telegram")).of(daily_counts.ASKED) == 2
    assert sums(store, where=Scope("web", "main")).of(daily_counts.ASKED) == 2
    assert sums(store, where=Scope(site="elsewhere")).of(daily_counts.ASKED) == 0
    by_channel = store.run(queries.by_place, DateRange(this_day(), this_day()), Scope(), "channel")
    assert {name: one.of(daily_counts.ASKED) for name, one in by_channel.items()} == {"web": 2, "telegram": 2}


@pytest.mark.parametrize("days", [1, 6, 7, 8, 13, 14, 15, 20, 21])
def test_topics_of_weeks_and_days_add_up(store, days) -> None:
    """Whichever weekday today is: whole weeks from their own sums, the days around them one by one."""
    for ago in range(21):
        move(store, said(store, f"{ago}", "visa?", intent="ask_topic", topic=VISA), ago)
    count(store)
    for end in range(7):
        last = this_day() - end * DAY
        found = store.run(queries.totals, DateRange(last - (days - 1) * DAY, last), Scope())
        assert found.of(daily_counts.TOPIC, VISA) == min(days, 21 - end)


def test_counting_twice_counts_once(store) -> None:
    fill(store)
    count(store)
    before = sums(store, 2)
    count(store)
    assert sums(store, 2) == before


def test_hours_are_those_of_utc(store) -> None:
    said(store, "a", "late")
    at = now().replace(hour=23, minute=59)
    with store.engine.begin() as connection:
        connection.execute(schema.message.update().values(at=at))
    count(store)
    hours = store.run(queries.by_hour, DateRange(this_day(), this_day()), Scope())
    assert hours[this_day().weekday()][23] == 1 and sum(map(sum, hours)) == 1


def reply_after(store, address: str, reply: float | None, done: float | None) -> None:
    """Store a conversation with a person, who replies and is done these seconds after being asked for."""
    one = said(store, address, "a person please")
    store.run(states.request_person, one)
    if reply is not None:
        store.run(states.take, one, "ann")
        store.run(message_store.add_message, one, "web", Reply("Good day", author=PERSON, author_name="ann"), False)
    if done is not None:
        store.run(states.give_back, one, "ann")
    with store.engine.begin() as connection:
        start = connection.execute(
            schema.handoff.select().where(schema.handoff.c.conversation_id == one).order_by(schema.handoff.c.id)
        ).first().at  # fmt: skip
        ours = schema.message.c.conversation_id == one, schema.message.c.author == PERSON
        if reply is not None:
            connection.execute(schema.message.update().where(*ours).values(at=start + timedelta(seconds=reply)))
        if done is not None:
            ended = schema.handoff.c.conversation_id == one, schema.handoff.c.after == "bot"
            connection.execute(schema.handoff.update().where(*ended).values(at=start + timedelta(seconds=done)))


def test_waiting_is_measured(store) -> None:
    for number, (reply, done) in enumerate([(60, 300), (120, 600), (1200, 4000), (None, 600), (None, None)]):
        reply_after(store, str(number), reply, done)
    count(store)
    found = sums(store)
    assert found.of(daily_counts.WAITED) == 5 and found.of(daily_counts.TAKEN) == 3
    assert found.of(daily_counts.FIRST_REPLY) == 3 and found.of(daily_counts.RESOLVED) == 3
    assert found.median_seconds(daily_counts.FIRST_REPLY) == pytest.approx(120, rel=0.08)
    assert found.median_seconds(daily_counts.RESOLVED) == pytest.approx(600, rel=0.08)


@pytest.mark.parametrize("seconds", [0, 0.4, 1, 7, 59, 3600, 86_400, 10**6])
def test_step_is_near_the_length(seconds) -> None:
    assert daily_counts.seconds_of(daily_counts.step_of(seconds)) == pytest.approx(max(seconds, 1), rel=0.08)


def test_missed_days_are_caught_up_with(store) -> None:
    for days in (20, 3, 0):
        move(store, said(store, str(days), "hello"), days)
    counting = DailyCountJob(store)
    asyncio.run(counting.go_on())
    assert sums(store, 30).of(daily_counts.ASKED) == 3
    said(store, "late", "hello")
    asyncio.run(counting.go_on())
    assert sums(store, 30).of(daily_counts.ASKED) == 4


def test_counts_outlive_what_they_were_counted_from(store) -> None:
    old = said(store, "old", "hello")
    said(store, "new", "hello")
    move(store, old, 95)
    counting = DailyCountJob(store)
    asyncio.run(counting.go_on())
    store.run(erasure.erase_conversation, old, "retention")
    assert asyncio.run(counting.rebuild(kept_days=90)) == (this_day(), this_day())
    assert sums(store, 120).of(daily_counts.ASKED) == 2


def test_rebuild_of_nothing(store) -> None:
    assert asyncio.run(DailyCountJob(store).rebuild(90)) is None


# --- charts -----------------------------------------------------------------------------------------------------------
def days_of(*counts) -> dict[date, queries.Totals]:
    first = date(2026, 11, 1)
    return {first + number * DAY: queries.Totals({"outcome": {"answered": one}}) for number, one in enumerate(counts)}


def test_bars_are_as_high_as_their_counts() -> None:
    found = charts.buckets(days_of(5, 10, 0), "outcome", ("answered", "failed"))
    bars = charts.stacked_bars(found, {"answered": "Answered", "failed": "Failed"})
    assert bars.highest == 10 and [sum(part.height for part in bar.parts) for bar in bars.bars] == [50, 100, 0]
    assert bars.bars[0].words == "1 Nov 2026: Answered 5" and bars.bars[2].words.endswith("none")


def test_many_days_are_drawn_as_weeks() -> None:
    found = charts.buckets(days_of(*[1] * 70), "outcome", ("answered",))
    assert [one.total for one in found] == [7] * 10 and found[0].when == "1 Nov to 7 Nov 2026"


def test_release_stands_at_its_day() -> None:
    found = charts.buckets(days_of(1, 1, 1), "outcome", ("answered",))
    bars = charts.stacked_bars(found, {"answered": "Answered"}, [date(2026, 11, 2), date(2025, 1, 1)])
    assert bars.marks == ((1.0, "Release of 2 Nov 2026"),)


@pytest.mark.parametrize(
    ("count", "top"), [(0, 1), (1, 1), (5, 5), (7, 8), (11, 12), (22, 25), (101, 120), (570, 600), (900, 1000)]
)
def test_top_of_a_chart_reads_well(count, top) -> None:
    assert charts.stacked_bars([charts.Bucket(this_day(), this_day(), {"a": count})], {"a": "A"}).highest == top


# --- the page ---------------------------------------------------------------------------------------------------------
def test_page_shows_what_happened(filled) -> None:
    page = " ".join(filled.signed_in("viewer").get("/staff/insights").text.split())
    assert '<dt>Messages</dt><dd><a class="tile-value" href="/staff/conversations?since=' in page and ">5</a>" in page
    assert "Visa" in page and "Thumbs up, of 1" in page


def test_page_compares_with_the_days_before(tmp_path) -> None:
    def greetings(store: Store) -> None:
        repeat(store, 30, 1)
        repeat(store, 20, 7)
        repeat(store, 5, 0)

    with counted_console(tmp_path, greetings) as console:
        page = " ".join(console.signed_in("viewer").get("/staff/insights?period=7").text.split())
        today = " ".join(console.signed_in("viewer").get("/staff/insights?period=own").text.split())
    assert "Changes leave today out and are against the 6 days before these" in page and "+50 %" in page
    assert "Today is not over and is compared with nothing" in today and "tile-change" not in today


def test_few_are_not_compared(tmp_path) -> None:
    def greetings(store: Store) -> None:
        repeat(store, 19, 1)
        repeat(store, 40, 7)

    with counted_console(tmp_path, greetings) as console:
        assert "tile-change" not in console.signed_in("viewer").get("/staff/insights?period=7").text


@pytest.mark.parametrize(
    ("title", "found"),
    [("Messages", 4), ("Declined", 1), ("Thumbs up", 1), ("Solved", 1), ("Left", 3), ("Came back", 0)],
)
def test_figure_leads_to_what_it_counts(filled, title, found) -> None:
    client = filled.signed_in("viewer")
    page = client.get("/staff/insights?period=own").text
    link = re.search(rf'href="([^"]*)" aria-label="{title}', page)
    assert link
    listed = client.get(html.unescape(link[1])).text
    assert listed.count('class="line ') == found


def test_release_divides_before_from_after(tmp_path) -> None:
    day = this_day() - 3 * DAY
    folder = tmp_path / "releases" / f"{day}_101010_000001"
    folder.mkdir(parents=True)
    (folder / "whole").touch()

    def greetings(store: Store) -> None:
        repeat(store, 20, 1)
        repeat(store, 40, 5)

    with counted_console(tmp_path, greetings) as console:
        page = console.signed_in("viewer").get(f"/staff/insights?release={folder.name}").text
    assert "the 3 days before the release" in page and "-50 %" in page and "Release of" in page


@pytest.mark.parametrize(
    "query", ["since=2026-11-25&until=2026-11-01", "since=x", "since=1990-01-01&until=2026-01-01", "since=2026-02-31"]
)
def test_odd_span_is_said(console, query) -> None:
    answer = console.signed_in("viewer").get(f"/staff/insights?period=own&{query}")
    assert answer.status_code == 400 and "day" in answer.text


@pytest.mark.parametrize("query", ["period=xx", "channel=nope&site=%00'", "release=../../etc"])
def test_odd_choice_shows_what_there_is(console, query) -> None:
    assert console.signed_in("viewer").get(f"/staff/insights?{query}").status_code == 200


def test_tables_come_as_csv(tmp_path) -> None:
    def hostile(store: Store) -> None:
        fill(store)
        said(store, "e", "hello", site="=cmd()")

    with counted_console(tmp_path, hostile) as console:
        client = console.signed_in("viewer")
        read = {what: _table(client, what) for what in ("days", "hours", "topics", "places")}
        assert client.get("/staff/insights/table?what=nothing").status_code == 404
    today = dict(zip(read["days"][0], read["days"][-1], strict=True))
    assert (today["day"], today["messages"], today["answered"], today["thumbs_up"]) == (str(this_day()), "5", "3", "1")
    assert read["topics"][1][0] == VISA and read["topics"][1][2] == "2"
    assert len(read["hours"]) == 8 and ["", "'=cmd()", "1", "1"] in [row[:4] for row in read["places"]]


def _table(client: httpx.Client, what: str) -> list[list[str]]:
    written = client.get(f"/staff/insights/table?what={what}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(written)))


def test_open_questions_are_those_of_the_period_channel_and_site(store) -> None:
    said(store, "a", "rice recipes", outcome="declined", site="main")
    said(store, "b", "the weather", outcome="declined", channel="telegram")
    move(store, said(store, "c", "long ago", outcome="declined", site="main"), 9)
    while store.run(unanswered.scan):
        pass

    def texts(days=7, where=Scope()) -> set[str]:
        span = DateRange(this_day() - (days - 1) * DAY, this_day())
        return {one.unmasked_text for one in store.run(queries.unanswered_questions, span, where)}

    assert texts() == {"rice recipes", "the weather"} and len(texts(30)) == 3
    assert texts(where=Scope("telegram")) == {"the weather"} and texts(30, Scope(site="main")) == {
        "rice recipes",
        "long ago",
    }


def test_nothing_said_is_said(console) -> None:
    assert "Nothing was said" in console.signed_in("viewer").get("/staff/insights").text


def test_choice_changes_the_figures(browser, filled) -> None:
    with signed_in_page(browser, filled, "viewer", viewport=SIZES["wide"]) as page:
        page.goto(f"{filled.url}/staff/insights")
        messages = page.locator(".tile", has_text="Messages").locator(".tile-value").first
        expect(messages).to_have_text("5")
        page.locator("select[name=channel]").select_option("telegram")
        expect(messages).to_have_text("2")
        expect(page).to_have_url(re.compile("channel=telegram"))
        page.get_by_text("The numbers").first.click()
        expect(page.get_by_role("columnheader", name="Declined")).to_be_visible()
        assert page.complaints == []


@pytest.mark.parametrize("size", SIZES)
def test_insights_are_accessible(browser, filled, size) -> None:
    with signed_in_page(browser, filled, "viewer", viewport=SIZES[size]) as page:
        look_over(page, f"{filled.url}/staff/insights", f"{filled.url}/staff/insights?period=365")
