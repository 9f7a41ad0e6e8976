"""What a visitor said of themselves: kept on their message, shown to staff, exported, covered and deleted with it."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import asyncio

import pytest

from bot.ops.retention import Retention
from conversations.admin.timeouts import Timeouts
from conversations.data_rights import data_export
from conversations.db import schema
from conversations.pipeline.engine_client import _profile
from conversations.review.transcript import read_transcript, told_of_themselves
from tests.front.console_fixtures import console, postgres_url, said, store

LINES = [{"label": "Work", "value": "a nurse"}, {"label": "From", "value": "Kenya"}]


def told(store, ago: float = 0) -> str:
    """A conversation whose first message told of the person."""
    one = said(store, f"told-{ago}", "I'm a nurse from Kenya", intent="ask_advice", ago=ago)
    message = schema.message
    with store.engine.begin() as connection:
        wanted = message.c.conversation_id == one, message.c.author == "visitor"
        row = connection.execute(message.select().where(*wanted)).one()
        understanding = {**row.understanding, "profile": LINES}
        connection.execute(message.update().where(message.c.id == row.id).values(understanding=understanding))
    return one


def test_the_last_reply_that_tells_it_counts():
    messages = [{"text": "a"}, {"text": "b", "metadata": {"profile": LINES}}]
    assert _profile(messages) == {"profile": LINES}
    assert _profile([{"text": "a", "metadata": {"outcome": "answered"}}]) == {}


def test_it_is_read_with_the_transcript(store):
    one = told(store)
    assert store.run(read_transcript, one).profile == tuple(LINES)


def test_it_is_exported(store):
    [exported] = store.run(data_export.stored_data, [told(store)])
    assert exported["said_of_themselves"] == LINES


def test_it_is_covered_with_the_conversation(store):
    one = told(store, ago=40 * 24)
    asyncio.run(Retention(store, Timeouts(30, 90, 10.0, 30.0)).run(sure=True))
    assert store.run(told_of_themselves, one) == ()


@pytest.mark.parametrize(("role", "shown"), [("adviser", True), ("viewer", False)])
def test_it_is_shown_to_who_advises(console, role, shown):
    page = console.signed_in(role).get(f"/staff/conversations/{told(console.store)}").text
    assert ("<dd>a nurse</dd>" in page) is shown
    assert ("What the visitor said of themselves" in page) is shown
