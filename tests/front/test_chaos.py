"""Three fronts and two engines on one PostgreSQL database break at random while people write: nothing is lost or out of order.

Small here; `make chaos` sets more people, real engines and ten minutes. What counts is tried first.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, update

from bench.figures import table
from conversations.db import schema
from conversations.db.mappers import find_message
from conversations.db.store import Store, sqlite_url
from conversations.models import Inbound, Reply, Turn
from conversations.pipeline import inbox, message_store, outbox
from demo.stand_ins.telegram.world import World
from tests.chaos import tally as counted
from tests.chaos.breakages import KINDS
from tests.chaos.chaos import Options, run
from tests.chaos.people import Texter
from tests.chaos.tally import Tally, read_back
from tests.front.stores import copy_tables

QUESTIONS = (
    "What is a micro-credential?",
    "Do I need a visa for Canada?",
    "Show me free programs",
    "Is it recognised?",
)
# Of the small engine: one fails however often it is asked, so that somebody gets an apology in every run.
SMALL_QUESTIONS = ("one", "two", "three", "four", "five", "six", "a poison")
OPTIONS = Options(
    seed=int(os.environ.get("CHAOS_SEED", "1")),
    seconds=float(os.environ.get("CHAOS_SECONDS", "40")),
    pause=float(os.environ.get("CHAOS_PAUSE", "2.5")),
    conversations=int(os.environ.get("CHAOS_CONVERSATIONS", "12")),
    messages=int(os.environ.get("CHAOS_MESSAGES", "8")),
    with_real_engines=os.environ.get("CHAOS_ENGINES", "") == "real",
)


class Told:
    """Somebody on Telegram who wrote "a" and "b" and was answered, as it stands in the database and at the platform."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(sqlite_url(copy_tables(folder / "conversations.db")))
        self.person = Texter(0, 0, None, None, acknowledged=["a", "b"])
        self.world, self.turns, self.shown = World(), ["a", "b"], set[int]()
        self.asked, self.sent = [], []
        for text in "ab":
            accepted = self.store.run(inbox.accept, Inbound("telegram", "10000/10000", text))
            self.asked.append(accepted.message_id)
            message = self.store.run(find_message, accepted.message_id)
            turn = Turn((Reply(f"re: {text}", outcome="answered"),), {}, (), 1.0)
            self.store.run(message_store.record_turn, message, turn, True)
            self.sent.append(self.store.run(outbox.claim_next, accepted.conversation_id).delivery_id)
            self.store.run(outbox.mark_delivered, self.sent[-1], (self.take(f"re: {text}"),))

    def take(self, text: str) -> str:
        """Have the platform take a message; return its id."""
        message = self.world.message(self.person.chat, self.world.bot["id"])
        return str(self.world.keep({**message, "text": text})["message_id"])

    def set(self, table, row: int, **values) -> None:
        """Change a row of the database."""
        self.store.run(lambda connection: connection.execute(update(table).where(table.c.id == row).values(**values)))

    def tally(self) -> Tally:
        """Count what became of it."""
        around = SimpleNamespace(messenger=self.world, turns=lambda store: self.turns)
        return read_back(self.store, [self.person], around, self.shown)


@pytest.fixture
def told(tmp_path) -> Iterator[Told]:
    made = Told(tmp_path)
    yield made
    made.store.close()


def forget_a_message(told: Told) -> None:
    told.store.run(lambda connection: connection.execute(delete(schema.message).where(schema.message.c.text == "a")))


def send_the_first_reply_last(told: Told) -> None:
    chat = told.world.messages[told.person.chat]
    first = next(iter(chat))
    chat[first] = chat.pop(first)


# What is done to what was well, with what is counted then.
DAMAGE = {
    "a message is gone": (forget_a_message, counted.LOST),
    "one is open": (lambda told: told.set(schema.message, told.asked[1], state="received"), counted.LOST),
    "a reply never came": (lambda told: told.world.messages[10_000].popitem(), counted.LOST),
    "a reply is under way": (lambda told: told.set(schema.delivery, told.sent[0], state="pending"), counted.LOST),
    "one failed in silence": (lambda told: told.set(schema.message, told.asked[0], state="failed"), counted.HIDDEN),
    "they wrote it otherwise": (lambda told: told.person.acknowledged.reverse(), counted.DISORDER),
    "replies came otherwise": (send_the_first_reply_last, counted.DISORDER),
    "one went out twice": (lambda told: told.take("re: a"), counted.TWICE),
    "a turn ran twice": (lambda told: told.turns.append("b"), counted.RAN_TWICE),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_wrong_is_counted(told, damage) -> None:
    assert told.tally().wrong == []
    do, what = DAMAGE[damage]
    do(told)
    tally = told.tally()
    assert tally.counts["telegram"][what] >= 1 and len(tally.wrong) >= 1


def test_what_is_marked_may_come_twice(told) -> None:
    told.set(schema.delivery, told.sent[0], maybe_twice=True)
    told.take("re: a")
    told.set(schema.message, told.asked[1], state="failed")
    told.shown = {told.asked[1]}
    tally = told.tally()
    assert tally.wrong == []
    names = (counted.ACKNOWLEDGED, counted.ANSWERED, counted.FAILED, counted.REPEATED, counted.MARKED)
    assert [tally.counts["telegram"][name] for name in names] == [2, 1, 1, 1, 1]


@pytest.mark.kill
@pytest.mark.postgres
@pytest.mark.slow
def test_nothing_is_lost(tmp_path, capsys) -> None:
    log = Path(os.environ.get("CHAOS_LOG") or tmp_path / "chaos.log")
    log.parent.mkdir(exist_ok=True)
    log.write_text("", encoding="utf-8")
    questions = QUESTIONS if OPTIONS.with_real_engines else SMALL_QUESTIONS
    with capsys.disabled():
        print(f"\n{OPTIONS}, log: {log}")
        tally, broken = asyncio.run(run(OPTIONS, questions, tmp_path, log))
        print(f"{table(('what was broken', 'times'), sorted(broken.items()))}\n\n{tally.table()}")
    assert not os.environ.get("CI") or set(KINDS) <= set(broken), (
        "each is to be had in CI: see scripts/install-faketime"
    )
    assert tally.wrong == [], f"CHAOS_SEED={OPTIONS.seed} chooses the same again; what was done:\n{log.read_text()}"
