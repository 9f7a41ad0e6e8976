"""Limits of time that the console sets, as the front's duties go by them."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import asyncio

from bot.front_duties import duties
from bot.retention import Retention
from console.limits_page import limits_of
from conversations import handoff, limits
from conversations.rows import find_conversation
from tests.front.console_fixtures import console, said
from tests.front.test_console_settings import FORM, noted, send


def test_retention_goes_by_the_console(console):
    old = said(console.store, "a", "hello", ago=24 * 20)
    environment = limits_of(console.front.settings)
    retention = Retention(console.store, environment)
    assert asyncio.run(retention.run()).delete == 0
    assert send(console, "/staff/limits", **FORM).status_code == 303
    assert "Saved" in console.signed_in("admin").get("/staff/limits?saved=yes").text
    assert asyncio.run(retention.run()).delete == 1
    assert console.store.run(find_conversation, old) is None
    assert ("admin", "set delete_after_days to 14", "") in noted(console)


def test_nobody_came_after_what_the_console_says(console):
    one = said(console.store, "a", "a person please")
    console.store.run(handoff.ask_for, one)
    with console.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE conversation SET state_since = datetime('now', '-6 minutes')")
    take_back = next(duty for duty, _ in duties(console.front.desk, console.front.teller, console.front.settings)
                     if duty.__name__ == "take_back_overdue")  # fmt: skip
    asyncio.run(take_back())
    assert console.store.run(find_conversation, one).state == "waiting"
    console.store.run(limits.keep, FORM, limits_of(console.front.settings), "admin")
    asyncio.run(take_back())
    assert console.store.run(find_conversation, one).state == "bot"
