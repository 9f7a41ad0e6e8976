"""How long what people said is kept, on both databases."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.ops.retention import Retention
from conversations import erasure
from conversations.admin.timeouts import Timeouts
from conversations.analytics import daily_counts, queries
from conversations.analytics.jobs import DailyCountJob
from conversations.analytics.queries import DateRange, Scope
from conversations.data_rights import retention
from conversations.data_rights.retention import DueCounts, RetentionPeriods
from conversations.db import schema
from conversations.db.demo_marker import mark_as_demo
from conversations.db.schema import now
from conversations.handoff import contact_requests, states
from conversations.learning import feedback
from conversations.pipeline.message_store import messages_after
from conversations.review import annotation
from conversations.review.search import search_messages
from tests.front.console_fixtures import postgres_url, said, store

DAYS, PERIODS = 24, RetentionPeriods(mask=30, delete=90)
SECRET = "write to mira@example.org, born 12.03.1998"


def old(store, days: float, address: str = "a", text: str = SECRET) -> str:
    return said(store, address, text, intent="ask_topic", topic="challenges/visa", ago=days * DAYS)


def run(store, periods: RetentionPeriods = PERIODS) -> DueCounts:
    limits = Timeouts(periods.mask, periods.delete, 10.0, 30.0)
    return asyncio.run(Retention(store, limits).run(sure=True))


def everything(store) -> str:
    """All that the database holds, as text."""
    with store.engine.connect() as connection:
        rows = [row for table in schema.metadata.sorted_tables for row in connection.execute(table.select())]
    return "\n".join(map(str, rows))


def test_old_ones_are_covered_and_older_ones_go(store) -> None:
    young, middle, oldest = old(store, 29, "a"), old(store, 31, "b"), old(store, 91, "c")
    assert store.run(retention.count_due, PERIODS) == DueCounts(mask=2, delete=1)
    assert run(store) == DueCounts(mask=1, delete=1)
    assert store.run(messages_after, young)[0].text == SECRET
    assert store.run(messages_after, middle)[0].text == "write to [e-mail], born [date of birth]"
    assert store.run(messages_after, oldest) == [] and store.run(erasure.pending_engine_erasures) == [oldest]
    assert run(store) == DueCounts(0, 0)


def test_nothing_personal_is_left(store) -> None:
    one = old(store, 40)
    store.run(annotation.add_note, one, "ann", "she is mira@example.org")
    reply = store.run(messages_after, one)[-1].id
    store.run(feedback.record_feedback, one, reply, feedback.DOWN, "call 020 7946 0958")
    store.run(contact_requests.add_contact_request, one, "mira@example.org", "Mira", "please")
    with store.engine.begin() as connection:
        connection.execute(schema.contact_request.update().values(state="done"))
        connection.execute(schema.conversation.update().values(person_name="Mira"))
    run(store)
    left = everything(store).lower()
    said_words = ("mira", "7946 0958", "03.1998", "canada")  # digits alone are in an id or a time now and then
    assert not any(one in left for one in said_words), "the entity that was found, too"
    assert not store.run(search_messages, "mira").by_conversation


def test_open_contact_is_kept_until_it_is_done(store) -> None:
    one = old(store, 40)
    store.run(contact_requests.add_contact_request, one, "mira@example.org")
    run(store)
    assert [each.contact for each in store.run(contact_requests.open_contact_requests)] == ["mira@example.org"]


def test_who_waits_or_is_talked_with_is_left_alone(store) -> None:
    waiting, taken = old(store, 100, "a"), old(store, 100, "b")
    store.run(states.request_person, waiting)
    store.run(states.take, taken, "ann")
    with store.engine.begin() as connection:
        connection.execute(schema.conversation.update().values(last_at=now() - timedelta(days=100)))
    assert run(store) == DueCounts(0, 0)


def test_what_is_said_later_is_covered_later(store) -> None:
    one = old(store, 40)
    run(store)
    said(store, "a", "again: mira@example.org", ago=31 * DAYS)
    with store.engine.begin() as connection:
        connection.execute(schema.masked.update().values(at=now() - timedelta(days=35)))
    assert run(store).mask == 1
    assert "mira@example.org" not in everything(store) and store.run(messages_after, one)


@pytest.mark.parametrize(
    ("periods", "done"),
    [
        (RetentionPeriods(0, 0), DueCounts(0, 0)),
        (RetentionPeriods(0, 90), DueCounts(0, 1)),
        (RetentionPeriods(30, 0), DueCounts(1, 0)),
    ],
)
def test_nought_means_never(store, periods, done) -> None:
    old(store, 400)
    assert run(store, periods) == done


def test_demo_data_stays(store) -> None:
    store.run(mark_as_demo)
    one = old(store, 400)
    assert run(store) == DueCounts(0, 0) and store.run(messages_after, one)


def unsure_run(store) -> None:
    asyncio.run(Retention(store, Timeouts(30, 90, 10.0, 30.0), told_of(store)).run_daily())


TOLD: list[str] = []


def told_of(store) -> Callable[[str], Awaitable[None]]:
    async def tell(words: str) -> None:
        TOLD.append(words)

    return tell


@pytest.mark.parametrize(("days", "verb"), [(100, "delete"), (40, "cover")])
def test_clock_ahead_deletes_nothing(store, days, verb) -> None:
    TOLD.clear()
    before = [old(store, days, str(number)) for number in range(retention.FEW + 1)]
    unsure_run(store)
    unsure_run(store)
    assert all(store.run(messages_after, one)[0].text == SECRET for one in before)
    (words,) = TOLD
    assert f"this would {verb} nearly everything ({len(before)} of {len(before)})" in words and "--yes" in words
    assert run(store) != DueCounts(0, 0), "somebody who is sure gets it done"
    unsure_run(store)
    assert len(TOLD) == 1


def test_usual_run_is_not_held_back(store) -> None:
    for number in range(retention.FEW + 1):
        old(store, 100, f"old {number}")
        old(store, 1, f"new {number}")
    unsure_run(store)
    assert store.run(retention.count_due, PERIODS) == DueCounts(0, 0)


def test_more_than_a_batch_is_done(store) -> None:
    for number in range(retention.BATCH + 3):
        old(store, 100, str(number), "hello")
    assert run(store).delete == retention.BATCH + 3


def test_deletion_is_noted_without_content(store) -> None:
    one = old(store, 100)
    run(store)
    with store.engine.connect() as connection:
        [row] = connection.execute(schema.audit.select())
    assert (row.who, row.what, row.about) == ("retention", "deleted a conversation", one)
    assert "mira" not in everything(store)


@pytest.mark.parametrize("table", [one for one in schema.metadata.sorted_tables if "conversation_id" in one.c], ids=str)
def test_everything_of_a_conversation_goes_with_it(table) -> None:
    """Whatever hangs on a conversation or a message is deleted with it; `erasure` alone outlives it, for the engine."""
    held = [key for column in table.c for key in column.foreign_keys]
    assert table is schema.erasure or any(key.column.table is schema.conversation for key in held)
    assert all(key.ondelete == "CASCADE" for key in held)


def test_what_is_deleted_was_counted_before(store) -> None:
    one = old(store, 100)
    with store.engine.begin() as connection:
        connection.execute(schema.message.update().values(at=now() - timedelta(days=100)))
    assert run(store) == DueCounts(mask=0, delete=1) and store.run(messages_after, one) == []
    day = (now() - timedelta(days=100)).date()
    assert store.run(queries.totals, DateRange(day, day), Scope()).of(daily_counts.ASKED) == 1


def test_looking_back_forgets_no_day_that_is_deleted(store) -> None:
    """Conversations that are kept for three days: of older days, only the counts are left."""
    one = old(store, 5)
    with store.engine.begin() as connection:
        connection.execute(schema.message.update().values(at=now() - timedelta(days=5)))
    assert run(store, RetentionPeriods(0, 3)) == DueCounts(mask=0, delete=1) and store.run(messages_after, one) == []
    asyncio.run(DailyCountJob(store).recount_recent(kept_days=3))
    day = (now() - timedelta(days=5)).date()
    assert store.run(queries.totals, DateRange(day, day), Scope()).of(daily_counts.ASKED) == 1


def test_last_day_before_a_long_silence_is_not_forgotten(store) -> None:
    """Counting goes on from where it ended, and not from the last day on which something was said: that one is deleted."""
    old(store, 100)
    with store.engine.begin() as connection:
        connection.execute(schema.message.update().values(at=now() - timedelta(days=100)))
    assert run(store) == DueCounts(mask=0, delete=1)
    asyncio.run(DailyCountJob(store).go_on())
    day = (now() - timedelta(days=100)).date()
    assert store.run(queries.totals, DateRange(day, day), Scope()).of(daily_counts.ASKED) == 1


def test_long_texts_hold_nobody_up(store) -> None:
    """Texts stored before texts were cut are masked outside of any transaction, while others write."""
    one = old(store, 40, text="@" + "a" * 60_000 + " mira@example.org")
    longest = 0.0

    async def write_meanwhile() -> None:
        nonlocal longest
        while True:
            start = time.monotonic()
            await store.write(erasure.record_audit, "ann", "wrote")
            longest = max(longest, time.monotonic() - start)
            await asyncio.sleep(0.01)

    async def both() -> None:
        writing = asyncio.create_task(write_meanwhile())
        await Retention(store, Timeouts(PERIODS.mask, PERIODS.delete, 10.0, 30.0)).run()
        writing.cancel()

    asyncio.run(both())
    assert store.run(messages_after, one)[0].text.endswith(" [e-mail]") and longest < 1.5
