"""A working advisor upgrades: a database that an older release wrote is opened, migrated and restored, and loses nothing.

tests/old_release/ holds what the release of 26 November 2026 wrote, as SQL.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ops.backup import restore
from conversations.accounts.login_attempts import find_attempt, password_matches
from conversations.accounts.sessions import open_session
from conversations.admin import canned_replies, sites
from conversations.admin.timeouts import effective, from_settings
from conversations.data_rights.data_export import stored_data
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.db.opening import open_store
from conversations.db.store import Store
from conversations.editing import entry_drafts
from conversations.learning import corrections, regression_conversations, unanswered
from conversations.models import Inbound
from conversations.pipeline import inbox
from conversations.review.search import search_messages
from core.settings import PROJECT_ROOT, Settings
from tests.harness import free_port

OLD = PROJECT_ROOT / "tests/old_release"
WEB, TELEGRAM = "03409d14fd22496cbd1bd27667239dff", "38ddef838a6c40eab08e7a28e5bc8f9f"
MOVED = {"draft"}  # tables whose rows stand elsewhere now
Rows = dict[str, list[str]]


def write_old(name: str, file: Path) -> Path:
    """Write a database of the old release to a file."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript((OLD / f"{name}.sql").read_text(encoding="utf-8"))
    return file


def rows_of(file: Path, columns: dict[str, list[str]]) -> Rows:
    with contextlib.closing(sqlite3.connect(file)) as database:
        return {
            table: sorted(map(repr, database.execute(f"SELECT {', '.join(names)} FROM {table}")))
            for table, names in columns.items()
        }


def columns_of(file: Path) -> dict[str, list[str]]:
    """Return the columns of each table, without those that migrations and the search index keep for themselves."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = [name for name in names if not name.startswith(("sqlite_", "message_words", "alembic_"))]
        return {name: [f'"{row[1]}"' for row in database.execute(f"PRAGMA table_info({name})")] for name in ours}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the old database as it was."""
    return write_old("conversations", tmp_path_factory.mktemp("old") / "conversations.db")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of an installation whose folder holds what the old release left."""
    write_old("conversations", tmp_path / "conversations.db")
    write_old("engine", tmp_path / "engine.db")
    return Settings(var_dir=tmp_path, engine_port=free_port(), front_port=free_port())


@pytest.fixture
def upgraded(settings: Settings) -> Iterator[Store]:
    """Open the old database with today's code."""
    store = open_store(settings)
    yield store
    store.close()


def test_old_database_says_something_in_every_table(old) -> None:
    assert all(rows_of(old, columns_of(old)).values())
    assert set(columns_of(old)) - MOVED <= set(schema.metadata.tables)


def test_no_row_and_no_value_is_lost(old, settings, upgraded) -> None:
    columns = {table: names for table, names in columns_of(old).items() if table not in MOVED}
    assert rows_of(settings.var_dir / "conversations.db", columns) == rows_of(old, columns)


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


def test_old_backup_is_restored(old, settings, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("backup")
    with tarfile.open(folder / "backup.tar.gz", "w:gz") as archive:
        for name in ("engine", "conversations"):
            archive.add(write_old(name, folder / f"{name}.db"), arcname=f"{name}.db")
    for name in ("conversations.db", "engine.db"):
        (settings.var_dir / name).unlink()
    restore(settings, folder / "backup.tar.gz")
    open_store(settings).close()
    columns = {table: names for table, names in columns_of(old).items() if table not in MOVED}
    assert rows_of(settings.var_dir / "conversations.db", columns) == rows_of(old, columns)
    with contextlib.closing(sqlite3.connect(settings.var_dir / "engine.db")) as memory:
        assert memory.execute("SELECT id FROM conversation").fetchall() == [(WEB,)]
