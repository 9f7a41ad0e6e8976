"""A working advisor upgrades: a database that an older release wrote is opened, migrated and restored, and loses nothing.

tests/old_release/ holds what the release of 26 November 2026 wrote, as SQL, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tarfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import column, create_engine, inspect, make_url, select, table

from bot.ops.backup import restore
from conversations.accounts.login_attempts import find_attempt, password_matches
from conversations.accounts.sessions import open_session
from conversations.admin import canned_replies, sites
from conversations.admin.timeouts import effective, from_settings
from conversations.data_rights.data_export import stored_data
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.db.opening import open_store
from conversations.db.store import Store, sqlite_url
from conversations.editing import entry_drafts
from conversations.learning import corrections, regression_conversations, unanswered
from conversations.models import Inbound
from conversations.pipeline import inbox
from conversations.review.search import search_messages
from core.settings import PROJECT_ROOT, Settings
from tests.front.console_fixtures import running_console
from tests.harness import free_port

OLD = PROJECT_ROOT / "tests/old_release"
WEB, TELEGRAM = "03409d14fd22496cbd1bd27667239dff", "38ddef838a6c40eab08e7a28e5bc8f9f"
KEPT_BY_OTHERS = ("sqlite_", "message_words", "alembic_")  # by migrations, and by the search index
MOVED = {"draft", "daily"}  # tables whose rows stand elsewhere now


def still_there(tables: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept by the names of tables, without those that are gone."""
    return {name: of_table for name, of_table in tables.items() if name not in MOVED}


def write_old(name: str, file: Path) -> Path:
    """Write a database of the old release to a file."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript((OLD / f"{name}.sql").read_text(encoding="utf-8"))
    return file


@dataclass(frozen=True)
class Content:
    """The columns of each table of a database, and the rows in them: the tables named, or all that hold what was written."""

    columns: dict[str, list[str]]
    rows: dict[str, list[str]]

    @classmethod
    def of(cls, url: str, columns: dict[str, list[str]] | None = None) -> Content:
        engine = create_engine(url)
        found = inspect(engine)
        names = [name for name in found.get_table_names() if not name.startswith(KEPT_BY_OTHERS)]
        columns = columns or {name: [column["name"] for column in found.get_columns(name)] for name in names}
        with engine.connect() as connection:
            rows = {
                name: sorted(
                    map(repr, connection.execute(select(*map(column, columns[name])).select_from(table(name))))
                )
                for name in columns
            }
        engine.dispose()
        return cls(columns, rows)


@pytest.fixture(scope="module")
def old_server(postgres: str) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a copy of the old database on PostgreSQL under a name and returns its URL."""
    server, made = create_engine(postgres, isolation_level="AUTOCOMMIT"), ["old_release"]
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE old_release")
        with psycopg.connect(_named(postgres, "old_release").replace("+psycopg", "")) as database:
            database.execute((OLD / "conversations.postgresql.sql").read_text(encoding="utf-8"))

        def copy(name: str) -> str:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE old_release")
            made.append(name)
            return _named(postgres, name)

        yield copy
        for name in reversed(made):
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Return settings of an installation that holds what the old release left, on each database."""
    write_old("engine", tmp_path / "engine.db")
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("old_server")(f"old_{uuid.uuid4().hex}")
    else:
        write_old("conversations", tmp_path / "conversations.db")
    return Settings(var_dir=tmp_path, engine_port=free_port(), front_port=free_port(), database_url=url)


@pytest.fixture
def old(settings: Settings) -> Content:
    """Return what the old database held before today's code opened it."""
    return Content.of(url_of(settings))


def url_of(settings: Settings) -> str:
    return settings.database_url or sqlite_url(settings.var_dir / "conversations.db")


@pytest.fixture
def upgraded(settings: Settings, old: Content) -> Iterator[Store]:
    """Open the old database with today's code."""
    store = open_store(settings)
    yield store
    store.close()


def test_old_database_says_something_in_every_table(old) -> None:
    assert len(old.rows) > 30 and all(old.rows.values())
    assert set(old.columns) - MOVED <= set(schema.metadata.tables)


def test_no_row_and_no_value_is_lost(old, settings, upgraded) -> None:
    now = Content.of(url_of(settings), still_there(old.columns)).rows
    works_here = [row for row in now["about_database"] if row.startswith("('front', ")]  # kept on PostgreSQL
    without = {**now, "about_database": [row for row in now["about_database"] if row not in works_here]}
    assert without == still_there(old.rows)


def test_old_counts_stand_with_the_first_guide_pack(old, upgraded) -> None:
    with upgraded.engine.connect() as connection:
        counts = connection.execute(select(schema.daily)).all()
    assert len(counts) == len(old.rows["daily"]) > 0 and {one.pack for one in counts} == {""}


def test_old_drafts_are_drafts_of_topics(upgraded) -> None:
    [draft] = upgraded.run(entry_drafts.list_all)
    asked = ["do you have courses in Zürich"]
    assert (draft.kind, draft.key, draft.by) == ("topic", "", "ann")
    assert draft.content == {"title": "Courses in Zürich", "ask": asked}


@pytest.mark.parametrize(
    ("words", "found"), [("recognised", {WEB}), ("Zurich", {TELEGRAM}), ("文", {TELEGRAM}), ("nowhere", set())]
)
def test_old_words_are_found(upgraded, words, found) -> None:
    assert set(upgraded.run(search_messages, words).by_conversation) == found


@pytest.mark.parametrize(("name", "role"), [("ann", "trainer"), ("bashir", "adviser"), ("root", "admin")])
def test_staff_sign_in_as_before(upgraded, name, role) -> None:
    attempt = upgraded.run(find_attempt, name)
    assert password_matches(attempt, f"correct horse battery {name}") and attempt.member.role == role
    assert not password_matches(attempt, "correct horse battery")
    assert upgraded.run(open_session, attempt.member, "Firefox", "192.0.2.1")


def test_what_staff_did_is_there(upgraded) -> None:
    [correction] = upgraded.run(corrections.list_by_state, "collected")
    assert (correction.topic, correction.by, correction.thing) == ("recognition/overview", "ann", "")
    [talk] = upgraded.run(regression_conversations.list_all)
    assert [turn["say"] for turn in talk.turns] == ["are micro-credentials recognised in Canada?"]
    assert [question.text for question in upgraded.run(unanswered.list_newest)] == [
        "quite another thing that nobody knows"
    ]
    assert [reply.text for reply in upgraded.run(canned_replies.list_canned_replies)] == ["Good day!"]
    assert upgraded.run(sites.list_sites)["main site"]["origins"] == ["https://www.example.org"]
    assert upgraded.run(effective, from_settings(Settings())).delete_after_days == 60


def test_conversation_goes_on(upgraded) -> None:
    """The same visitor's next message joins the old conversation, and what was not answered yet still waits."""
    accepted = upgraded.run(inbox.accept, Inbound("web", "session-1", "and in Ireland?"))
    assert accepted.conversation_id == WEB and not accepted.again
    assert upgraded.run(inbox.accept, Inbound("web", "session-1", "again", external_id="w-1")).again
    waiting = upgraded.run(inbox.open_everywhere)
    assert "eb00bc0b184f49ef926d1e8b6e0b99dc" in {conversation for _, conversation, _ in waiting}
    assert upgraded.run(find_conversation, "5d2a5cc0994d47e3bb8874e7ad32c639").held_by == "bashir"


def test_visitor_gets_all_of_it(upgraded) -> None:
    [data] = upgraded.run(stored_data, [WEB])
    told = repr(data)
    for word in ("are micro-credentials recognised in Canada?", "not what I asked", "2026-10"):
        assert word in told


def test_old_conversation_is_served(settings, old) -> None:
    with running_console(settings.var_dir, database_url=settings.database_url) as console:
        page = console.signed_in("bashir").get(f"/staff/conversations/{WEB}").text
    assert "are micro-credentials recognised in Canada?" in page and "not what I asked" in page


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_old_backup_is_restored(old, settings, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("backup")
    with tarfile.open(folder / "backup.tar.gz", "w:gz") as archive:
        for name in ("engine", "conversations"):
            archive.add(write_old(name, folder / f"{name}.db"), arcname=f"{name}.db")
    for name in ("conversations.db", "engine.db"):
        (settings.var_dir / name).unlink()
    restore(settings, folder / "backup.tar.gz")
    open_store(settings).close()
    assert Content.of(url_of(settings), still_there(old.columns)).rows == still_there(old.rows)
    with contextlib.closing(sqlite3.connect(settings.var_dir / "engine.db")) as memory:
        assert memory.execute("SELECT id FROM conversation").fetchall() == [(WEB,)]
