"""What is written, found again and deleted, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from conversations import erasure
from conversations.analytics import daily_counts
from conversations.data_rights import consent
from conversations.db import schema
from conversations.db.mappers import find_conversation, find_message
from conversations.db.schema import now
from conversations.db.store import Store, sqlite_url
from conversations.errors import StoreError
from conversations.handoff import alerts, contact_requests, states
from conversations.learning import feedback
from conversations.models import Button, Inbound, Message, Reply, Turn
from conversations.pipeline import inbox, message_store, outbox
from tests.front.stores import copy_tables

HOUR = timedelta(hours=1)
REPLIES = (Reply("Three.", buttons=(Button("Fees", "/fees"),), outcome="answered", topic="a/b"), Reply("And more."))
TURN = Turn(REPLIES, {"intent": "ask_topic", "topic": "a/b", "confidence": 0.9, "ranking": [1]}, ("action_a",), 12.5)


def accept(store: Store, text: str = "visa?", address: str = "ann", **more) -> Message:
    accepted = store.run(inbox.accept, Inbound("loop", address, text, **more))
    return store.run(find_message, accepted.message_id)


def answered(store: Store, turn: Turn = TURN, **more) -> tuple[Message, list[Message]]:
    message = accept(store, **more)
    return message, store.run(message_store.record_turn, message, turn, True)


def at_once(job, many: int = 8) -> list:
    """Run a job in `many` threads at once and return its results; an exception is a result, too."""

    def caught(number: int) -> Any:
        try:
            return job(number)
        except Exception as error:
            return error

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(caught, range(many)))


# --- tables -----------------------------------------------------------------------------------------------------------
def test_migrations_make_the_tables(store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": schema.is_ours})
        assert compare_metadata(context, schema.metadata) == []


def test_upgrading_again_changes_nothing(store) -> None:
    message = accept(store)
    store.upgrade()
    assert store.run(find_message, message.id) == message


def test_second_front_is_refused_on_sqlite(tmp_path) -> None:
    store, other = (Store(sqlite_url(copy_tables(tmp_path / "conversations.db"))) for _ in range(2))
    store.lock()
    with pytest.raises(StoreError, match="Another front"):
        other.lock()
    store.close()
    other.lock()
    other.close()


def test_newer_database_is_refused(store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="9999"):
        store.upgrade()


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/db", "postgresql+psycopg://127.0.0.1:1/none"])
def test_unusable_address_is_one_line(url) -> None:
    with pytest.raises(StoreError) as refused:
        Store(url).lock()
    assert len(str(refused.value).splitlines()) == 1


def test_a_day_is_counted_by_several_at_once(store) -> None:
    """A front counts when it starts, while the one before may be at it still, and so may `advisor insights rebuild`."""
    answered(store)
    today = now().date()
    rows = store.run(daily_counts.count, today, today)
    for _ in range(5):
        assert at_once(lambda number: store.run(daily_counts.store_counts, today, today, rows), 4) == [None] * 4
    assert store.run(daily_counts.last_counted_day) == today


# --- inbox ------------------------------------------------------------------------------------------------------------
def test_message_is_kept_whole(store) -> None:
    message = accept(
        store, "schön \U0001f600", external_id="u1", context={"thread": 5}, person_name="Ann", language="de"
    )
    assert (message.text, message.state, message.context) == ("schön \U0001f600", "received", {"thread": 5})
    conversation = store.run(find_conversation, message.conversation_id)
    assert (conversation.person_name, conversation.language, conversation.state) == ("Ann", "de", "bot")


def test_conversation_is_kept_whole(store) -> None:
    """A new conversation is told without being read back, and is what stands in the database."""
    more = {"site": "s", "page": "https://a.example/", "person_name": "Ann", "language": "de", "pack": "school"}
    begun = store.run(inbox.open_conversation, Inbound("loop", "ann", reach={"chat": 7}, **more))
    assert store.run(find_conversation, begun.id) == begun and begun.reach == {"chat": 7} and begun.pack == "school"


def test_same_platform_id_is_one_message(store) -> None:
    first = store.run(inbox.accept, Inbound("loop", "ann", "visa?", external_id="u1"))
    again = store.run(inbox.accept, Inbound("loop", "ann", "visa?", external_id="u1"))
    assert again.again and again.message_id == first.message_id
    assert len(store.run(inbox.open_messages, first.conversation_id)) == 1


def test_what_no_database_takes_is_left_out(store) -> None:
    message = accept(store, "a\0b\ud800c", person_name="N" * 300, language="x" * 99)
    assert message.text == "ab?c" and len(message.author_name) == 120


def test_closed_conversation_opens_again(store) -> None:
    message = accept(store)
    store.run(states.close, message.conversation_id, "Ada")
    again = accept(store, "one more")
    assert again.conversation_id == message.conversation_id
    assert store.run(find_conversation, message.conversation_id).state == "bot"


def test_first_messages_at_once_share_conversation(store) -> None:
    def write(number: int) -> Message:
        try:
            return accept(store, f"{number}")
        except IntegrityError:  # as the desk does
            return accept(store, f"{number}")

    written = at_once(write)
    assert len({message.conversation_id for message in written}) == 1
    opened = store.run(inbox.open_messages, written[0].conversation_id)
    assert len(opened) == 8 and [one.id for one in opened] == sorted(one.id for one in opened)


def test_ids_appear_in_order(store) -> None:
    """Whoever reads on from the last id that they saw misses none, though many write in one conversation."""
    conversation = accept(store, "first").conversation_id
    seen: list[int] = []

    def write_or_watch(number: int) -> None:
        for _ in range(15):
            if number == 0:
                seen.extend(
                    one.id for one in store.run(message_store.messages_after, conversation, max(seen, default=0))
                )
            elif number % 2:
                accept(store, "more")
            else:
                store.run(message_store.add_message, conversation, "loop", Reply("said"), False)

    assert at_once(write_or_watch) == [None] * 8
    seen.extend(one.id for one in store.run(message_store.messages_after, conversation, max(seen), limit=1000))
    assert (
        seen == [one.id for one in store.run(message_store.messages_after, conversation, 0, limit=1000)]
        and len(seen) > 100
    )


# --- turns ------------------------------------------------------------------------------------------------------------
def test_turn_is_stored_with_replies(store) -> None:
    message, replies = answered(store)
    asked = store.run(find_message, message.id)
    assert (asked.state, asked.outcome, asked.topic) == ("answered", "answered", "a/b")
    assert [one.text for one in store.run(message_store.replies_to, message.id)] == ["Three.", "And more."]
    assert store.run(inbox.open_messages, message.conversation_id) == []
    assert replies[0].buttons[0].token and replies[0].topic == "a/b"


def test_button_works_in_its_conversation_only(store) -> None:
    _, replies = answered(store)
    token = replies[0].buttons[0].token
    elsewhere = accept(store, address="bob").conversation_id
    assert store.run(message_store.button_by_token, replies[0].conversation_id, token).payload == "/fees"
    assert store.run(message_store.button_by_payload, replies[0].conversation_id, "/fees").title == "Fees"
    assert store.run(message_store.button_by_token, elsewhere, token) is None
    assert store.run(message_store.button_by_payload, elsewhere, "/fees") is None


def test_failed_message_can_be_retried(store) -> None:
    message = accept(store)
    store.run(message_store.record_failure, message, "engine away", Reply("Sorry.", outcome="failed"), False)
    assert [one.failure for one in store.run(message_store.failed_messages)] == ["engine away"]
    assert store.run(message_store.reopen_failed, message.id).state == "received"
    assert store.run(message_store.reopen_failed, message.id) is None
    store.run(message_store.record_turn, message, TURN, False)
    assert [one.text for one in store.run(message_store.replies_to, message.id)] == ["Sorry.", "Three.", "And more."]


def test_late_answer_is_something_new(store) -> None:
    """Tried again the day after, say: the conversation comes first in the list once more."""
    message = accept(store)
    for table, column in ((schema.message, "at"), (schema.conversation, "last_at")):
        store.run(lambda connection, t=table, c=column: connection.execute(update(t).values({c: now() - 24 * HOUR})))
    late = store.run(find_message, message.id)
    assert store.run(message_store.lock_conversation, late).state == "bot"
    assert now() - store.run(find_conversation, message.conversation_id).last_at < HOUR
    store.run(lambda connection: connection.execute(update(schema.conversation).values(last_at=now() - HOUR)))
    store.run(message_store.lock_conversation, message)
    assert now() - store.run(find_conversation, message.conversation_id).last_at >= HOUR, (
        "at once: nothing more is written"
    )


def test_failing_job_writes_nothing(store) -> None:
    def write_and_fail(connection) -> NoReturn:
        inbox.accept(connection, Inbound("loop", "ann", "lost"))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        store.run(write_and_fail)
    assert store.run(inbox.open_everywhere) == []


# --- outbox -----------------------------------------------------------------------------------------------------------
def test_deliveries_go_in_order(store) -> None:
    message, _ = answered(store)
    first = store.run(outbox.claim_next, message.conversation_id)
    assert (first.message.text, first.maybe_twice, first.attempts) == ("Three.", False, 1)
    store.run(outbox.mark_delivered, first.delivery_id, ("p1",))
    second = store.run(outbox.claim_next, message.conversation_id)
    assert second.message.text == "And more."
    store.run(outbox.mark_delivered, second.delivery_id, ("p2",))
    assert store.run(outbox.claim_next, message.conversation_id) is None
    assert store.run(outbox.delivery_of, first.message.id)["platform_ids"] == ["p1"]


def test_interrupted_delivery_is_marked(store) -> None:
    message, _ = answered(store)
    store.run(outbox.claim_next, message.conversation_id)
    assert store.run(outbox.conversations_with_open_deliveries) == [message.conversation_id]
    assert store.run(outbox.claim_next, message.conversation_id).maybe_twice


def test_refused_delivery_is_not_marked(store) -> None:
    message, _ = answered(store)
    first = store.run(outbox.claim_next, message.conversation_id)
    store.run(outbox.schedule_retry, first, "429", False)
    again = store.run(outbox.claim_next, message.conversation_id)
    assert (again.delivery_id, again.attempts, again.maybe_twice) == (first.delivery_id, 2, False)


def test_parts_go_on_where_they_were(store) -> None:
    message, _ = answered(store)
    first = store.run(outbox.claim_next, message.conversation_id)
    store.run(outbox.record_part_delivered, first, 2, ("p1", "p2"))
    again = store.run(outbox.claim_next, message.conversation_id)
    assert (again.part, again.platform_ids) == (2, ("p1", "p2"))


def test_given_up_delivery_lets_next_go(store) -> None:
    message, _ = answered(store)
    first = store.run(outbox.claim_next, message.conversation_id)
    store.run(outbox.mark_failed, first, "blocked")
    assert store.run(outbox.claim_next, message.conversation_id).message.text == "And more."
    assert store.run(outbox.delivery_of, first.message.id)["failure"] == "blocked"


# --- hand-off ---------------------------------------------------------------------------------------------------------
def test_two_cannot_take_one(store) -> None:
    conversation = accept(store).conversation_id
    taken = at_once(lambda number: store.run(states.take, conversation, f"staff {number}"))
    winners = [one for one in taken if not isinstance(one, Exception)]
    assert len(winners) == 1 and winners[0].state == "person"
    assert all(isinstance(one, states.HandoffRefused) for one in taken if one not in winners)
    assert store.run(find_conversation, conversation).held_by == winners[0].held_by


def test_every_change_is_noted(store) -> None:
    conversation = accept(store).conversation_id
    for change in (states.take, states.give_back, states.close):
        store.run(change, conversation, "Ada")
    changes = [(one.before, one.after, one.by) for one in store.run(states.history, conversation)]
    assert changes == [("bot", "person", "Ada"), ("person", "bot", "Ada"), ("bot", "closed", "Ada")]


def test_overdue_are_found(store) -> None:
    def waits(connection, conversation_id, state) -> None:
        values = {"state": state, "state_since": now() - HOUR, "held_by": "Ada" if state == "person" else ""}
        connection.execute(
            update(schema.conversation).where(schema.conversation.c.id == conversation_id).values(values)
        )

    waiting, silent, speaking = (accept(store, address=name).conversation_id for name in "abc")
    store.run(waits, waiting, "waiting")
    store.run(waits, silent, "person")
    store.run(waits, speaking, "person")
    store.run(message_store.add_message, speaking, "loop", Reply("I am here", author="person"), False)
    found = store.run(states.overdue, HOUR / 2, HOUR / 2)
    assert [one.id for one in found] == [waiting, silent]
    assert store.run(states.overdue, 2 * HOUR, 2 * HOUR) == []


# --- alerts, asides, privacy ------------------------------------------------------------------------------------------
def test_alert_is_raised_once(store) -> None:
    conversation = accept(store).conversation_id
    assert store.run(alerts.raise_alert, alerts.FAILED, conversation)
    assert not store.run(alerts.raise_alert, alerts.FAILED, conversation)
    assert store.run(alerts.raise_alert, alerts.WAITING, conversation)


def test_untold_alert_waits_longer(store) -> None:
    store.run(alerts.raise_alert, alerts.FAILED, accept(store).conversation_id)
    (alert,) = store.run(alerts.alerts_due)
    store.run(alerts.record_attempt, alert, ("mail",), False)
    assert store.run(alerts.alerts_due) == []

    def as_if_later(connection) -> None:
        connection.execute(update(schema.alert).values(at=now() - HOUR))

    store.run(as_if_later)
    (again,) = store.run(alerts.alerts_due)
    assert (again.told, again.attempts) == (("mail",), 1)
    store.run(alerts.record_attempt, again, ("mail", "webhook"), True)
    assert store.run(alerts.alerts_due) == []


def test_later_feedback_replaces_earlier(store) -> None:
    message, (reply, _) = answered(store)
    store.run(feedback.record_feedback, message.conversation_id, reply.id, feedback.UP)
    store.run(feedback.record_feedback, message.conversation_id, reply.id, feedback.DOWN, "wrong")
    assert store.run(feedback.feedback_by_message, message.conversation_id) == {reply.id: feedback.DOWN}
    store.run(feedback.record_feedback, message.conversation_id, reply.id, feedback.NONE)
    assert store.run(feedback.feedback_by_message, message.conversation_id) == {}


def test_consent_is_kept_by_version(store) -> None:
    conversation = accept(store).conversation_id
    store.run(consent.record_consent, conversation, "2")
    store.run(consent.record_consent, conversation, "2")
    assert store.run(consent.has_consented, conversation, "2") and not store.run(
        consent.has_consented, conversation, "3"
    )


def test_contact_tells_staff(store) -> None:
    store.run(contact_requests.add_contact_request, accept(store).conversation_id, "ann@example.org", "Ann")
    assert [one.kind for one in store.run(alerts.alerts_due)] == [alerts.CONTACT]


def test_forgetting_leaves_no_trace(store) -> None:
    message, (reply, _) = answered(store)
    conversation = message.conversation_id
    other, _ = answered(store, address="bob")
    store.run(feedback.record_feedback, conversation, reply.id, feedback.UP)
    store.run(consent.record_consent, conversation, "1")
    store.run(contact_requests.add_contact_request, conversation, "ann@example.org")
    store.run(states.take, conversation, "Ada")
    assert store.run(erasure.erase_conversation, conversation, "visitor")
    assert not store.run(erasure.erase_conversation, conversation, "visitor")

    def rows(connection) -> dict[str, int]:
        counts = {
            table.name: select(func.count()).where(table.c.conversation_id == conversation)
            for table in schema.metadata.tables.values()
            if "conversation_id" in table.c
        }
        return {name: found for name, count in counts.items() if (found := connection.execute(count).scalar_one())}

    assert store.run(rows) == {"erasure": 1}, "only that the engine is still to be asked"
    assert store.run(erasure.pending_engine_erasures) == [conversation]
    assert store.run(find_message, other.id) is not None
    store.run(erasure.mark_erased_in_engine, conversation)
    assert store.run(erasure.pending_engine_erasures) == []


def test_forgetting_while_others_write(store) -> None:
    """Deleting never hangs and never leaves half a conversation behind, whatever is written at the moment."""
    for _ in range(5):
        message, (reply, _) = answered(store)
        jobs = [
            lambda c=message.conversation_id: store.run(erasure.erase_conversation, c, "visitor"),
            lambda c=message.conversation_id: store.run(message_store.add_message, c, "loop", Reply("late"), True),
            lambda c=message.conversation_id, r=reply.id: store.run(feedback.record_feedback, c, r, feedback.UP),
            lambda m=message: store.run(message_store.record_turn, m, TURN, True),
        ]
        results = at_once(lambda number, jobs=jobs: jobs[number](), len(jobs))
        assert results[0] is True
        assert store.run(message_store.messages_after, message.conversation_id) == []
