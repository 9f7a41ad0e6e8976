"""Statements put together once do what SQLAlchemy's own do, on SQLite and on PostgreSQL; SQLite's one writer."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from conversations.db import schema
from conversations.db.compiled_statements import CompiledStatement
from conversations.db.schema import now
from conversations.db.store import Store, sqlite_url
from conversations.models import Inbound
from conversations.pipeline import inbox
from tests.front.stores import copy_tables

MESSAGES = schema.message
SECRET = "my number is 085 1234567"


@pytest.fixture
def conversation(store) -> str:
    return store.run(inbox.open_conversation, Inbound("loop", "ann")).id


def message(conversation: str, **more) -> dict:
    said = {"channel": "loop", "author": "visitor", "text": "Ünïcode? 'quoted' %s :x", "state": "received", "at": now()}
    return {"conversation_id": conversation, **said, **more}


# --- what they write --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "more", [{}, {"confidence": 0.5, "context": {"page": "é"}, "answered_at": now(), "topic": "a/b"}]
)
def test_writes_what_sqlalchemy_writes(store, conversation, more) -> None:
    values = message(conversation, **more)
    write = CompiledStatement(insert(MESSAGES).returning(MESSAGES.c.id))
    [(ours,)] = store.run(write, values)
    theirs = store.run(
        lambda connection: connection.execute(insert(MESSAGES).returning(MESSAGES.c.id), values).scalar_one()
    )
    columns = [column for column in MESSAGES.columns if column.name != "id"]
    wanted = select(*columns).where(MESSAGES.c.id.in_([ours, theirs]))
    first, second = store.run(lambda connection: connection.execute(wanted).all())
    assert first == second


def test_parameters_and_constants_are_kept_apart(store, conversation) -> None:
    [(number,)] = store.run(CompiledStatement(insert(MESSAGES).returning(MESSAGES.c.id)), message(conversation))
    settle = CompiledStatement(
        update(MESSAGES)
        .where(MESSAGES.c.id == bindparam("this"), MESSAGES.c.state == "received")
        .returning(MESSAGES.c.text, MESSAGES.c.state)
    )
    given = {"this": number, "text": "changed", "state": "left"}
    assert store.run(settle, given) == [("changed", "left")]
    assert store.run(settle, given) == [], "it is no longer received"
    assert store.run(settle, {"this": number + 1, "state": "left"}) == [], "other values, another text"


def test_many_are_written_at_once(store, conversation) -> None:
    write = CompiledStatement(insert(MESSAGES))
    store.run(write.many, [message(conversation, text=f"{number}") for number in range(3)])
    found = store.run(
        lambda connection: connection.execute(select(MESSAGES.c.text).order_by(MESSAGES.c.id)).scalars().all()
    )
    assert found == ["0", "1", "2"]


def test_time_must_be_given(store, conversation) -> None:
    values = message(conversation)
    del values["at"]
    with pytest.raises(ValueError, match="at must be given"):
        store.run(CompiledStatement(insert(MESSAGES)), values)


# --- what goes wrong --------------------------------------------------------------------------------------------------
def test_errors_are_sqlalchemys_and_hold_no_text(store, conversation) -> None:
    write = CompiledStatement(insert(MESSAGES).returning(MESSAGES.c.id))
    store.run(write, message(conversation, external_id="7", text=SECRET))
    with pytest.raises(IntegrityError) as caught:
        store.run(write, message(conversation, external_id="7", text=SECRET))
    assert SECRET not in str(caught.value)
    assert store.run(lambda connection: connection.execute(select(func.count(MESSAGES.c.id))).scalar_one()) == 1


def test_refused_value_is_an_error_of_the_database(store, conversation) -> None:
    with pytest.raises((DataError, IntegrityError, OperationalError)):
        store.run(CompiledStatement(insert(MESSAGES)), message("not there" * 10))


def test_lost_connection_is_an_error_and_the_next_one_works(postgres_database) -> None:
    """As the desk needs it: OperationalError is tried again, with a connection that works."""
    store = Store(postgres_database)
    look = CompiledStatement(select(schema.conversation.c.state).where(schema.conversation.c.id == bindparam("this")))

    def cut_off(connection) -> Any:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        store.run(lambda other: other.exec_driver_sql(f"SELECT pg_terminate_backend({number})"))
        return look(connection, {"this": "x"})

    with pytest.raises(OperationalError):
        store.run(cut_off)
    assert store.run(look, {"this": "x"}) == []
    store.close()


# --- SQLite's one writer ----------------------------------------------------------------------------------------------
@pytest.fixture
def sqlite(tmp_path) -> Iterator[Store]:
    store = Store(sqlite_url(tmp_path / "conversations.db"))
    store.upgrade()
    yield store
    store.close()


def accept(connection, text: str, wait: float = 0.0, fail: bool = False) -> int:
    accepted = inbox.accept(connection, Inbound("loop", "ann", text))
    time.sleep(wait)
    if fail:
        raise RuntimeError("stop")
    return accepted.message_id


def texts(store: Store) -> list[str]:
    return store.run(
        lambda connection: list(connection.execute(select(MESSAGES.c.text).order_by(MESSAGES.c.id)).scalars())
    )


def test_writes_come_one_after_another(sqlite) -> None:
    async def write() -> list[int]:
        return await asyncio.gather(*(sqlite.write(accept, f"{number}", wait=0.01) for number in range(10)))

    numbers = asyncio.run(write())
    assert numbers == sorted(numbers) and texts(sqlite) == [f"{number}" for number in range(10)]


def test_failing_write_leaves_nothing_and_the_next_goes_on(sqlite) -> None:
    async def write() -> list:
        jobs = (sqlite.write(accept, "lost", fail=True), sqlite.write(accept, "kept"))
        return await asyncio.gather(*jobs, return_exceptions=True)

    failed, kept = asyncio.run(write())
    assert isinstance(failed, RuntimeError) and isinstance(kept, int)
    assert texts(sqlite) == ["kept"]


def test_writer_lives_on_though_its_connection_cannot_be_closed(sqlite, monkeypatch) -> None:
    def refuse(connection) -> None:
        raise OperationalError("closing", {}, RuntimeError("disk"))

    async def write() -> list:
        first = await asyncio.gather(sqlite.write(accept, "lost", fail=True), return_exceptions=True)
        monkeypatch.undo()
        async with asyncio.timeout(10):
            return [*first, await sqlite.write(accept, "kept")]

    monkeypatch.setattr(Connection, "close", refuse)
    failed, kept = asyncio.run(write())
    assert isinstance(failed, RuntimeError) and isinstance(kept, int)


def test_write_is_done_though_nobody_waits(sqlite) -> None:
    async def write() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await sqlite.write(accept, "slow", wait=0.2)

    asyncio.run(write())  # its event loop is closed before the job ends
    sqlite.close()
    assert texts(sqlite) == ["slow"]


def test_closed_store_takes_no_more(sqlite) -> None:
    async def write() -> None:
        await sqlite.write(accept, "kept")
        sqlite.close()
        await sqlite.write(accept, "too late")

    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(write())
    assert texts(sqlite) == ["kept"]


def test_held_file_is_an_error_of_its_kind(tmp_path, monkeypatch) -> None:
    """A write that finds the file held by another process fails as one to a database that is away, and the next one works."""
    monkeypatch.setattr("conversations.db.store.BUSY_SECONDS", 0.1)
    store = Store(sqlite_url(copy_tables(tmp_path / "conversations.db")))
    with contextlib.closing(sqlite3.connect(tmp_path / "conversations.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(5):
            with pytest.raises(OperationalError, match="locked"):
                asyncio.run(store.write(inbox.accept, Inbound("loop", "ann", "visa?")))
        other.execute("ROLLBACK")
    assert store.trouble() == "5 of 5 writes failed"
    assert asyncio.run(store.write_within(5, inbox.accept, Inbound("loop", "ann", "visa?"))).message_id
    assert store.trouble() == "5 of 6 writes failed"
    store.close()
