"""`advisor db`: what the database is, and copies from SQLite to PostgreSQL and back, whole or not in use."""
# ruff: noqa: F811 (fixtures are imported by name)

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import Connection, func, select, text

from conversations.db import database_copy, schema
from conversations.db.database_copy import copy_database
from conversations.db.opening import open_store
from conversations.db.store import Store, sqlite_url
from conversations.errors import StoreError
from conversations.models import Button, Inbound, Reply, Turn
from conversations.pipeline import inbox, message_store
from core.settings import PROJECT_ROOT, Settings
from demo.generator import make_demo_file
from tests.front.console_fixtures import fill, hire
from tests.front.fork_server import run_command
from tests.front.stores import copy_tables


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> str:
    """Return the URL of a SQLite database in which every kind of thing was said and noted."""
    folder = tmp_path_factory.mktemp("filled")
    file, *_ = make_demo_file(Settings(var_dir=folder, knowledge_db=PROJECT_ROOT / "var" / "knowledge.db"), 600)
    with closing(Store(sqlite_url(file))) as store:
        fill(store)
        hire(store)
        asked = store.run(inbox.accept, Inbound("loop", "ann", "sch\u00f6n?", context={"thread": 5})).message
        reply = Reply(text="Yes", buttons=(Button("Visas", "/ask"),), cards=({"title": "A card", "lines": ["One"]},))
        store.run(message_store.record_turn, asked, Turn((reply,), {"confidence": 0.1 + 0.2}), delivery=True)
        last = store.run(inbox.accept, Inbound("loop", "gone", "\U0001f600 deleted again"))
        store.run(lambda connection: connection.execute(text(f"DELETE FROM message WHERE id = {last.message_id}")))
    return sqlite_url(file)


def db(*arguments: str | Path, url: str = "", folder: Path | None = None) -> CompletedProcess[str]:
    ours = {"ADVISOR_DATABASE_URL": url, "ADVISOR_VAR_DIR": str(folder or "/nowhere"), "PATH": "/usr/bin:/bin"}
    return run_command("db", *map(str, arguments), environment=ours)


def counted(url: str) -> dict[str, int]:
    def count(connection: Connection) -> dict[str, int]:
        tables = schema.metadata.sorted_tables
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }

    with closing(Store(url)) as store:
        return store.run(count)


def next_id(url: str) -> int:
    with closing(Store(url)) as store:
        return int(store.run(inbox.accept, Inbound("loop", "after", "one more")).message_id)


def test_copy_goes_to_postgresql_and_back(filled, postgres_database, tmp_path) -> None:
    there = db("copy", "--from", filled, "--to", postgres_database)
    assert there.returncode == 0 and "The copy is whole" in there.stdout, there.stdout + there.stderr
    back = sqlite_url(tmp_path / "back.db")
    again = db("copy", "--from", postgres_database, "--to", back)
    assert again.returncode == 0, again.stdout + again.stderr
    before = counted(filled)
    assert counted(postgres_database) == counted(back) == before
    assert min(before[name] for name in ("conversation", "message", "button", "delivery", "staff", "handoff")) > 0
    assert next_id(filled) == next_id(postgres_database) == next_id(back), "an id that was given is never given again"


def test_interrupted_copy_goes_on(filled, postgres_database, monkeypatch) -> None:
    real, written = database_copy._write, []

    def write(connection, table, rows, after) -> None:
        if len(written) == 5:
            raise StoreError("interrupted")
        written.append(table.name)
        real(connection, table, rows, after)

    monkeypatch.setattr(database_copy, "_write", write)
    with closing(Store(filled)) as source, closing(Store(postgres_database)) as target, pytest.raises(StoreError):
        copy_database(source, target)
    with pytest.raises(StoreError, match="unfinished copy"):
        open_store(Settings(database_url=postgres_database))
    assert "unfinished copy" in db("status", url=postgres_database).stdout
    monkeypatch.undo()
    done = db("copy", "--from", filled, "--to", postgres_database)
    assert done.returncode == 0 and written[0] not in done.stdout.splitlines()[0], done.stdout + done.stderr
    assert counted(postgres_database) == counted(filled)


def test_copy_that_differs_is_not_used(filled, postgres_database, monkeypatch) -> None:
    """A row of the target is changed behind the copy's back; copying anew makes it right."""
    real = database_copy._compare

    def spoil(read, write, table) -> object:
        if table is schema.message:
            write(lambda connection: connection.execute(text("UPDATE message SET text = 'spoilt' WHERE id = 1")))
        return real(read, write, table)

    monkeypatch.setattr(database_copy, "_compare", spoil)
    with (
        closing(Store(filled)) as source,
        closing(Store(postgres_database)) as target,
        pytest.raises(StoreError, match="differs from its source in table message"),
    ):
        copy_database(source, target)
    with pytest.raises(StoreError, match="unfinished copy"):
        open_store(Settings(database_url=postgres_database))
    monkeypatch.undo()
    done = db("copy", "--from", filled, "--to", postgres_database, "--anew")
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(open_store(Settings(database_url=postgres_database))):
        pass


def test_copy_goes_over_nothing(filled, tmp_path) -> None:
    file = copy_tables(tmp_path / "mine.db")
    with closing(Store(sqlite_url(file))) as store:
        store.run(inbox.accept, Inbound("loop", "ann", "mine"))
    refused = db("copy", "--from", filled, "--to", sqlite_url(file))
    assert refused.returncode == 1 and "not empty" in refused.stderr and len(refused.stderr.splitlines()) == 1
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT text FROM message").fetchall() == [("mine",)]


def test_running_front_is_not_copied(filled, tmp_path, store) -> None:
    store.lock()
    refused = db(
        "copy", "--from", store.url.render_as_string(hide_password=False), "--to", sqlite_url(tmp_path / "a.db")
    )
    assert refused.returncode == 1 and "Another front" in refused.stderr
    assert "Fronts that run: 1" in db("status", url=store.url.render_as_string(hide_password=False)).stdout


def test_status_and_migrate(tmp_path) -> None:
    missing = db("status", folder=tmp_path)
    assert missing.returncode == 0 and "not there yet" in missing.stdout
    assert db("migrate", folder=tmp_path).returncode == 0
    told = db("status", folder=tmp_path).stdout
    assert "up to date" in told and "0 conversations, 0 messages" in told and "Fronts that run: 0" in told
