"""Two fronts never work on one PostgreSQL database, nor answer a message twice, even where the lock between them is lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from conversations.db import schema
from conversations.db.store import Store
from conversations.errors import StoreError
from conversations.models import Inbound, Message, Reply, Turn
from conversations.pipeline import inbox, message_store, outbox
from core.settings import PROJECT_ROOT
from tests.front.processes import until

CUT = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"

HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def opened(postgres_database) -> Iterator[Callable[..., Store]]:
    """Open a front's store, which holds the lock; closed at the end."""
    stores: list[Store] = []

    def make(locked: bool = True) -> Store:
        store = Store(postgres_database)
        stores.append(store)
        if locked:
            store.lock()
            store.upgrade()
        return store

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def cut(opened) -> Callable[[], None]:
    """End the connection that holds the lock, as a restarted server does."""
    other = opened(locked=False)

    def end() -> None:
        other.run(lambda connection: connection.execute(text(CUT)).all())
        until(lambda: not other.run(lambda connection: connection.execute(text(CUT)).all()), "the end of the lock")

    return end


def write(store: Store, *about) -> Any:
    return asyncio.run(store.write(*about))


def test_lost_lock_is_taken_again(opened, cut) -> None:
    store = opened()
    cut()
    asyncio.run(store.keep_lock())
    with pytest.raises(StoreError, match="Another front"):
        opened(locked=False).lock()
    assert write(store, inbox.accept, Inbound("loop", "ann", "visa?")).message_id == 1


def test_front_without_its_lock_writes_nothing(opened, cut) -> None:
    first = opened()
    cut()
    second = opened()
    with pytest.raises(OperationalError, match="does not hold the lock"):
        write(first, inbox.accept, Inbound("loop", "ann", "visa?"))
    write(second, inbox.accept, Inbound("loop", "bob", "visa?"))
    with pytest.raises(StoreError, match="taken over"):
        asyncio.run(first.keep_lock())
    with pytest.raises(OperationalError):
        write(first, inbox.accept, Inbound("loop", "ann", "visa?"))
    assert len(second.run(inbox.open_everywhere)) == 1


def test_front_that_was_replaced_ends(new_engine, new_front, opened, cut, postgres_database) -> None:
    """Two real fronts: the first loses its lock, the second takes it, the first ends and says why."""
    front = new_front(new_engine(), database_url=postgres_database)
    front.ask("before")
    refused = subprocess.run(
        [sys.executable, "-m", "bot.front.app"], cwd=PROJECT_ROOT, env=front.environment, capture_output=True, text=True
    )
    assert refused.returncode == 1 and "Another front" in refused.stderr
    cut()
    opened()
    assert front.process.wait(30) == 1
    assert "taken over" in front.log and "Traceback" not in front.log


def test_front_goes_on_after_a_cut(new_engine, new_front, opened, cut, postgres_database) -> None:
    front = new_front(new_engine(), database_url=postgres_database)
    front.ask("before")
    cut()
    until(lambda: front.post({"sender": "me", "message": "after"}).status_code == 200, "an answer after the cut")
    looking = opened(locked=False)
    until(
        lambda: looking.run(lambda connection: connection.execute(text(HELD)).scalar()), "the lock's being taken again"
    )
    refused = subprocess.run(
        [sys.executable, "-m", "bot.front.app"], cwd=PROJECT_ROOT, env=front.environment, capture_output=True, text=True
    )
    assert refused.returncode == 1 and "Another front" in refused.stderr, "the lock is held again"


# --- on both databases: what is settled is not settled again ----------------------------------------------------------
def settle_again(how: str, connection, message) -> list[Message]:
    reply = Reply(text="Second")
    message_store.lock_conversation(connection, message)
    return {
        "answered": lambda: message_store.record_turn(connection, message, Turn((reply,)), delivery=True),
        "failed": lambda: message_store.record_failure(connection, message, "late", reply, delivery=True),
        "left": lambda: message_store.record_for_person(connection, message, [reply], delivery=True),
    }[how]()


@pytest.mark.parametrize("how", ["answered", "failed", "left"])
def test_message_is_answered_once(store, how) -> None:
    accepted = store.run(inbox.accept, Inbound("loop", "ann", "visa?"))
    store.run(message_store.record_turn, accepted.message, Turn((Reply(text="First"),)), delivery=True)
    said = store.run(lambda connection: settle_again(how, connection, accepted.message))
    assert [one.text for one in said] == ["First"]
    assert len(store.run(message_store.messages_after, accepted.conversation_id)) == 2
    assert len(store.run(lambda connection: connection.execute(schema.delivery.select()).all())) == 1


def test_delivery_is_begun_by_one(opened) -> None:
    """Two fronts look at the same delivery at once; the later one finds that it is taken."""
    one, other = opened(), opened(locked=False)
    accepted = one.run(inbox.accept, Inbound("loop", "ann", "visa?"))
    one.run(message_store.record_turn, accepted.message, Turn((Reply(text="First"),)), delivery=True)
    with ThreadPoolExecutor(1) as pool:
        with one.engine.begin() as first:
            assert outbox.claim_next(first, accepted.conversation_id).attempts == 1
            later = pool.submit(other.run, outbox.claim_next, accepted.conversation_id)
            until(
                lambda: one.run(lambda connection: connection.execute(text(WAITS)).scalar()), "the later one's waiting"
            )
        assert later.result() is None
