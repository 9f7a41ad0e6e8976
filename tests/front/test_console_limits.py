"""Limits of time that the console sets, as the front's duties go by them."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import asyncio

from bot.front.jobs import Job, background_jobs
from bot.ops.retention import Retention
from conversations.admin import timeouts
from conversations.db.demo_marker import mark_as_demo
from conversations.db.mappers import find_conversation
from conversations.handoff import states
from tests.front.console_fixtures import console, said
from tests.front.test_console_settings import FORM, noted, send


def take_back_duty(console) -> Job:
    """Return the duty that ends hand-overs that nobody takes."""
    duties = background_jobs(console.front.service, console.front.notifier, console.front.settings)
    return next(duty for duty, _ in duties if duty.__name__ == "take_back_overdue")


def test_retention_goes_by_the_console(console) -> None:
    old = said(console.store, "a", "hello", ago=24 * 20)
    environment = timeouts.from_settings(console.front.settings)
    retention = Retention(console.store, environment)
    asyncio.run(retention.run())
    assert console.store.run(find_conversation, old)
    assert send(console, "/staff/limits", **FORM).status_code == 303
    assert "Saved" in console.signed_in("admin").get("/staff/limits?saved=yes").text
    asyncio.run(retention.run())  # or the front's own, if it began this late
    assert console.store.run(find_conversation, old) is None
    assert ("admin", "set delete_after_days to 14", "") in noted(console)


def test_nobody_came_after_what_the_console_says(console) -> None:
    one = said(console.store, "a", "a person please")
    console.store.run(states.request_person, one)
    with console.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE conversation SET state_since = datetime('now', '-6 minutes')")
    take_back = take_back_duty(console)
    asyncio.run(take_back())
    assert console.store.run(find_conversation, one).state == "waiting"
    console.store.run(timeouts.save, FORM, timeouts.from_settings(console.front.settings), "admin")
    asyncio.run(take_back())
    assert console.store.run(find_conversation, one).state == "bot"


def test_made_up_visitors_wait_for_whoever_looks(console) -> None:
    console.store.run(mark_as_demo)
    one = said(console.store, "a", "a person please")
    console.store.run(states.request_person, one)
    with console.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE conversation SET state_since = datetime('now', '-2 days')")
    asyncio.run(take_back_duty(console)())
    assert console.store.run(find_conversation, one).state == "waiting"
