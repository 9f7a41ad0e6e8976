"""Days and hours by the clock of the office, through changes of the clock, on SQLite and PostgreSQL."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import asyncio
import re
from collections.abc import Iterator
from datetime import date, datetime, timezone

import pytest
from sqlalchemy import func, select

from conversations import local_days
from conversations.analytics import daily_counts, queries
from conversations.analytics.jobs import DailyCountJob
from conversations.analytics.queries import DateRange, Scope
from conversations.db import schema
from conversations.db.store import Store
from conversations.review.filters import Filters
from core.settings import Settings, SettingsError
from tests.front.console_fixtures import hire, postgres_url, running_console, said, store
from tests.front.test_console_insights import count

SPRING, AUTUMN = (
    date(2026, 3, 29),
    date(2026, 10, 25),
)  # on which clocks are changed in Europe, at one in the morning of UTC


@pytest.fixture(autouse=True)
def usual_zone() -> Iterator[None]:
    yield
    local_days.use_zone("UTC")


def at(store, conversation: str, *moments: datetime) -> None:
    """Have something said in a conversation at each of these moments, and nothing else."""
    for number, moment in enumerate(moments):
        one = said(store, f"{conversation}-{number}", "hello")
        with store.engine.begin() as connection:
            for table, column, key in (
                (schema.message, "at", schema.message.c.conversation_id),
                (schema.conversation, "created_at", schema.conversation.c.id),
                (schema.conversation, "last_at", schema.conversation.c.id),
            ):
                connection.execute(table.update().where(key == one).values({column: moment}))


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone.utc)


def asked_by_day(store, first: date, last: date) -> dict[date, int]:
    store.run(daily_counts.store_counts, first, last, store.run(daily_counts.count, first, last))
    found = store.run(queries.by_day, DateRange(first, last), Scope())
    return {day: totals.of(daily_counts.ASKED) for day, totals in found.items() if totals.of(daily_counts.ASKED)}


def test_message_before_midnight_in_utc_is_of_the_next_day_in_dublin(store) -> None:
    at(store, "a", utc(date(2026, 6, 30), 23, 30))
    assert asked_by_day(store, date(2026, 6, 30), date(2026, 7, 1)) == {date(2026, 6, 30): 1}
    local_days.use_zone("Europe/Dublin")
    assert asked_by_day(store, date(2026, 6, 30), date(2026, 7, 1)) == {date(2026, 7, 1): 1}


@pytest.mark.parametrize(
    ("day", "moments", "hours"),
    [
        (SPRING, (utc(SPRING, 0, 30), utc(SPRING, 1, 30)), {0: 1, 2: 1}),  # the hour from one to two is left out
        (AUTUMN, (utc(AUTUMN, 0, 30), utc(AUTUMN, 1, 30)), {1: 2}),  # it comes twice
    ],
    ids=["spring", "autumn"],
)
def test_hours_through_a_change_of_the_clock(store, day, moments, hours) -> None:
    local_days.use_zone("Europe/Dublin")
    at(store, "a", *moments)
    assert asked_by_day(store, day, day) == {day: 2}
    found = store.run(queries.by_hour, DateRange(day, day), Scope())
    assert {hour: count for hour, count in enumerate(found[day.weekday()]) if count} == hours


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Kolkata", 17), ("America/St_Johns", 8)])
def test_zones_with_half_hours(store, zone, hour) -> None:
    local_days.use_zone(zone)
    day = date(2026, 2, 10)
    at(store, "a", utc(day, 12, 15))
    assert asked_by_day(store, day, day) == {day: 1}
    assert store.run(queries.by_hour, DateRange(day, day), Scope())[day.weekday()][hour] == 1


def test_filter_of_days_is_by_the_clock_of_the_office() -> None:
    local_days.use_zone("America/New_York")
    filters = Filters(since="2026-03-08", until="2026-03-08")  # a day of 23 hours there
    assert filters.start == utc(date(2026, 3, 8), 5) and filters.end == utc(date(2026, 3, 9), 4)


def test_console_tells_the_time_of_the_office(tmp_path) -> None:
    def spoken(store: Store) -> None:
        at(store, "a", utc(date(2026, 7, 14), 23, 5))
        asked_by_day(store, date(2026, 7, 1), date(2026, 7, 31))

    with running_console(tmp_path, holding=spoken, time_zone="Europe/Dublin", delete_after_days=0) as console:
        hire(console.store)
        client = console.signed_in("viewer")
        with console.store.engine.connect() as connection:
            one = connection.execute(schema.conversation.select()).one().id
        page = client.get(f"/staff/conversations/{one}").text
        insights = client.get("/staff/insights?period=own&since=2026-07-01&until=2026-07-31").text
    assert "15 July 2026, 00:05 IST" in page and ">00:05</time>" in page and "Wednesday, 15 July 2026" in page
    assert "Days and hours are those of Europe/Dublin" in insights


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "Europe", "CET+1"])
def test_zone_that_there_is_not_is_refused(zone) -> None:
    with pytest.raises(SettingsError, match="ADVISOR_TIME_ZONE must be a zone"):
        Settings(time_zone=zone)


# --- an account's own clock -------------------------------------------------------------------------------------------
def test_account_has_a_clock_of_its_own(tmp_path) -> None:
    with running_console(tmp_path, time_zone="Europe/Dublin", delete_after_days=0, mask_after_days=0) as console:
        hire(console.store)
        at(console.store, "a", utc(date(2026, 6, 30), 20, 30))  # 21:30 in Dublin, 2:00 on the next day in Kolkata
        office, away = console.signed_in("adviser"), console.signed_in("viewer")
        assert console.send(away, "/staff/account/zone", zone="Asia/Kolkatta").status_code == 400
        assert console.send(away, "/staff/account/zone", zone="Asia/Kolkata").status_code == 303
        july = "since=2026-07-01&until=2026-07-01"
        found = [client.get(f"/staff/conversations?{july}").text.count("line in-list") for client in (office, away)]
        assert found == [0, 1]
        link = re.search(r"/staff/conversations/\w{32}", away.get("/staff/conversations").text)
        assert link and ">21:30<" in office.get(link[0]).text and ">02:00<" in away.get(link[0]).text
        insights = f"/staff/insights/table?what=days&period=own&{july}"
        assert "2026-07-01,0,0" in away.get(insights).text, "the office's days, until the zone is counted"
        asyncio.run(DailyCountJob(console.store).go_on())
        assert ["2026-07-01,1,1" in client.get(insights).text for client in (office, away)] == [False, True]
        assert "those of Asia/Kolkata" in away.get(f"/staff/insights?period=own&{july}").text
        console.send(away, "/staff/account/zone", zone="")
        # The console's own job may have counted the days before there was a message.
        count(console.store, date(2026, 6, 30), date(2026, 6, 30))
        asyncio.run(DailyCountJob(console.store).recount_recent(0))
        with console.store.engine.connect() as connection:
            assert connection.execute(select(func.count()).select_from(schema.zone_daily)).scalar_one() == 0
            assert connection.execute(select(func.count()).select_from(schema.daily)).scalar_one() > 0


def test_hour_that_comes_twice_is_one_by_an_own_clock(store) -> None:
    back = date(2026, 11, 1)  # at six of UTC, two in the morning becomes one in New York
    at(store, "a", utc(back, 3, 30), utc(back, 5, 30), utc(back, 6, 30), utc(back, 7, 30))
    with local_days.by_clock_of("America/New_York"):
        assert asked_by_day(store, date(2026, 10, 31), back) == {date(2026, 10, 31): 1, back: 3}
        hours = store.run(queries.by_hour, DateRange(back, back), Scope())[back.weekday()]
        assert {hour: count for hour, count in enumerate(hours) if count} == {1: 2, 2: 1}
    assert store.run(queries.by_day, DateRange(back, back), Scope())[back].of(daily_counts.ASKED) == 0, "stored apart"
    assert local_days.zone_name() == "UTC"


def test_zone_that_is_not_known_here_is_the_offices() -> None:
    with local_days.by_clock_of("Mars/Olympus"):
        assert local_days.zone_name() == "UTC" and local_days.own_zone() == ""
