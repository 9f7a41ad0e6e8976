"""How long what people said is kept, on both databases."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import asyncio
import time
from datetime import timedelta

import pytest

from bot.counting import Counting
from bot.retention import Retention
from conversations import asides, handoff, insights, privacy, retention, review, rollup, tables
from conversations.demo import mark_as_demo
from conversations.insights import Span, Where
from conversations.limits import Limits
from conversations.retention import Due, Periods
from conversations.searching import search
from conversations.tables import now
from conversations.turns import said_since
from tests.front.console_fixtures import postgres_url, said, store

DAYS, PERIODS = 24, Periods(mask=30, delete=90)
SECRET = "write to mira@example.org, born 12.03.1998"


def old(store, days: float, address: str = "a", text: str = SECRET) -> str:
    return said(store, address, text, intent="ask_topic", topic="challenges/visa", ago=days * DAYS)


def run(store, periods: Periods = PERIODS) -> Due:
    limits = Limits(periods.mask, periods.delete, 10.0, 30.0)
    return asyncio.run(Retention(store, limits).run(sure=True))


def everything(store) -> str:
    """All that the database holds, as text."""
    with store.engine.connect() as connection:
        rows = [row for table in tables.metadata.sorted_tables for row in connection.execute(table.select())]
    return "\n".join(map(str, rows))


def test_old_ones_are_covered_and_older_ones_go(store):
    young, middle, oldest = old(store, 29, "a"), old(store, 31, "b"), old(store, 91, "c")
    assert store.run(retention.due, PERIODS) == Due(mask=2, delete=1)
    assert run(store) == Due(mask=1, delete=1)
    assert store.run(said_since, young)[0].text == SECRET
    assert store.run(said_since, middle)[0].text == "write to [e-mail], born [date of birth]"
    assert store.run(said_since, oldest) == [] and store.run(privacy.to_be_forgotten) == [oldest]
    assert run(store) == Due(0, 0)


def test_nothing_personal_is_left(store):
    one = old(store, 40)
    store.run(review.add_note, one, "ann", "she is mira@example.org")
    reply = store.run(said_since, one)[-1].id
    store.run(asides.give_feedback, one, reply, asides.DOWN, "call 020 7946 0958")
    store.run(asides.leave_contact, one, "mira@example.org", "Mira", "please")
    with store.engine.begin() as connection:
        connection.execute(tables.contact_request.update().values(state="done"))
        connection.execute(tables.conversation.update().values(person_name="Mira"))
    run(store)
    left = everything(store).lower()
    assert not any(one in left for one in ("mira", "7946", "1998", "canada")), "the entity that was found, too"
    assert not store.run(search, "mira").by_conversation


def test_open_contact_is_kept_until_it_is_done(store):
    one = old(store, 40)
    store.run(asides.leave_contact, one, "mira@example.org")
    run(store)
    assert [each.contact for each in store.run(asides.open_contacts)] == ["mira@example.org"]


def test_who_waits_or_is_talked_with_is_left_alone(store):
    waiting, taken = old(store, 100, "a"), old(store, 100, "b")
    store.run(handoff.ask_for, waiting)
    store.run(handoff.take, taken, "ann")
    with store.engine.begin() as connection:
        connection.execute(tables.conversation.update().values(last_at=now() - timedelta(days=100)))
    assert run(store) == Due(0, 0)


def test_what_is_said_later_is_covered_later(store):
    one = old(store, 40)
    run(store)
    said(store, "a", "again: mira@example.org", ago=31 * DAYS)
    with store.engine.begin() as connection:
        connection.execute(tables.masked.update().values(at=now() - timedelta(days=35)))
    assert run(store).mask == 1
    assert "mira@example.org" not in everything(store) and store.run(said_since, one)


@pytest.mark.parametrize(
    ("periods", "done"), [(Periods(0, 0), Due(0, 0)), (Periods(0, 90), Due(0, 1)), (Periods(30, 0), Due(1, 0))]
)
def test_nought_means_never(store, periods, done):
    old(store, 400)
    assert run(store, periods) == done


def test_demo_data_stays(store):
    store.run(mark_as_demo)
    one = old(store, 400)
    assert run(store) == Due(0, 0) and store.run(said_since, one)


def unsure_run(store) -> None:
    asyncio.run(Retention(store, Limits(30, 90, 10.0, 30.0), told_of(store)).run_daily())


TOLD: list[str] = []


def told_of(store):
    async def tell(words: str) -> None:
        TOLD.append(words)

    return tell


@pytest.mark.parametrize(("days", "verb"), [(100, "delete"), (40, "cover")])
def test_clock_ahead_deletes_nothing(store, days, verb):
    TOLD.clear()
    before = [old(store, days, str(number)) for number in range(retention.FEW + 1)]
    unsure_run(store)
    unsure_run(store)
    assert all(store.run(said_since, one)[0].text == SECRET for one in before)
    (words,) = TOLD
    assert f"this would {verb} nearly everything ({len(before)} of {len(before)})" in words and "--yes" in words
    assert run(store) != Due(0, 0), "somebody who is sure gets it done"
    unsure_run(store)
    assert len(TOLD) == 1


def test_usual_run_is_not_held_back(store):
    for number in range(retention.FEW + 1):
        old(store, 100, f"old {number}")
        old(store, 1, f"new {number}")
    unsure_run(store)
    assert store.run(retention.due, PERIODS) == Due(0, 0)


def test_more_than_a_batch_is_done(store):
    for number in range(retention.BATCH + 3):
        old(store, 100, str(number), "hello")
    assert run(store).delete == retention.BATCH + 3


def test_deletion_is_noted_without_content(store):
    one = old(store, 100)
    run(store)
    with store.engine.connect() as connection:
        [row] = connection.execute(tables.audit.select())
    assert (row.who, row.what, row.about) == ("retention", "deleted a conversation", one)
    assert "mira" not in everything(store)


@pytest.mark.parametrize("table", [one for one in tables.metadata.sorted_tables if "conversation_id" in one.c], ids=str)
def test_everything_of_a_conversation_goes_with_it(table):
    """Whatever hangs on a conversation or a message is deleted with it; `erasure` alone outlives it, for the engine."""
    held = [key for column in table.c for key in column.foreign_keys]
    assert table is tables.erasure or any(key.column.table is tables.conversation for key in held)
    assert all(key.ondelete == "CASCADE" for key in held)


def test_what_is_deleted_was_counted_before(store):
    one = old(store, 100)
    with store.engine.begin() as connection:
        connection.execute(tables.message.update().values(at=now() - timedelta(days=100)))
    assert run(store) == Due(mask=0, delete=1) and store.run(said_since, one) == []
    day = (now() - timedelta(days=100)).date()
    assert store.run(insights.sums, Span(day, day), Where()).of(rollup.ASKED) == 1


def test_looking_back_forgets_no_day_that_is_deleted(store):
    """Conversations that are kept for three days: of older days, only the counts are left."""
    one = old(store, 5)
    with store.engine.begin() as connection:
        connection.execute(tables.message.update().values(at=now() - timedelta(days=5)))
    assert run(store, Periods(0, 3)) == Due(mask=0, delete=1) and store.run(said_since, one) == []
    asyncio.run(Counting(store).look_back(kept_days=3))
    day = (now() - timedelta(days=5)).date()
    assert store.run(insights.sums, Span(day, day), Where()).of(rollup.ASKED) == 1


def test_last_day_before_a_long_silence_is_not_forgotten(store):
    """Counting goes on from where it ended, and not from the last day on which something was said: that one is deleted."""
    old(store, 100)
    with store.engine.begin() as connection:
        connection.execute(tables.message.update().values(at=now() - timedelta(days=100)))
    assert run(store) == Due(mask=0, delete=1)
    asyncio.run(Counting(store).go_on())
    day = (now() - timedelta(days=100)).date()
    assert store.run(insights.sums, Span(day, day), Where()).of(rollup.ASKED) == 1


def test_long_texts_hold_nobody_up(store):
    """What was stored before texts were cut: it is covered outside of any transaction, while others write."""
    one = old(store, 40, text="@" + "a" * 60_000 + " mira@example.org")
    longest = 0.0

    async def write_meanwhile() -> None:
        nonlocal longest
        while True:
            start = time.monotonic()
            await store.write(privacy.note, "ann", "wrote")
            longest = max(longest, time.monotonic() - start)
            await asyncio.sleep(0.01)

    async def both():
        writing = asyncio.create_task(write_meanwhile())
        await Retention(store, Limits(PERIODS.mask, PERIODS.delete, 10.0, 30.0)).run()
        writing.cancel()

    asyncio.run(both())
    assert store.run(said_since, one)[0].text.endswith(" [e-mail]") and longest < 1.5
