"""What a visitor said of themselves: kept on their message, shown to staff, exported, covered and deleted with it."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import asyncio

from bot.ops.retention import Retention
from conversations.admin.timeouts import Timeouts
from conversations.data_rights import data_export
from conversations.db import schema
from conversations.review.transcript import read_transcript
from conversations.review.understanding import profile_of
from tests.front.console_fixtures import console, postgres_url, said, store

LINES = [{"label": "Work", "value": "a nurse"}, {"label": "From", "value": "Kenya"}]


def told(store, ago: float = 0) -> str:
    """Return a conversation whose first message told of the person."""
    one = said(store, f"told-{ago}", "I'm a nurse from Kenya", intent="ask_advice", ago=ago)
    message = schema.message
    with store.engine.begin() as connection:
        wanted = message.c.conversation_id == one, message.c.author == "visitor"
        row = connection.execute(message.select().where(*wanted)).one()
        understanding = {**row.understanding, "reasons": [{"profile": LINES}]}
        connection.execute(message.update().where(message.c.id == row.id).values(understanding=understanding))
    return one


def test_it_is_read_with_the_transcript(store) -> None:
    one = told(store)
    entries = store.run(read_transcript, one).profile
    assert [{"label": entry.label, "value": entry.value} for entry in entries] == LINES


def test_it_is_exported(store) -> None:
    [exported] = store.run(data_export.stored_data, [told(store)])
    assert exported["said_of_themselves"] == LINES


def test_it_is_covered_with_the_conversation(store) -> None:
    one = told(store, ago=40 * 24)
    asyncio.run(Retention(store, Timeouts(30, 90, 10.0, 30.0)).run(sure=True))
    assert store.run(profile_of, one) == ()
