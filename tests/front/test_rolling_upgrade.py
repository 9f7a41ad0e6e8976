"""An old release works on while today's migrates its database: both run for real, and messages come in all the time.

The old code is taken from this project's history, and runs in today's environment. 0.9.0 has the database to itself, so it goes
before today's front comes; the other one shares a PostgreSQL database with it, so that both serve at the same time.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tarfile
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from conversations.accounts import accounts, sessions
from conversations.db import schema
from conversations.db.opening import store_of
from conversations.db.store import sqlite_url
from core.settings import PROJECT_ROOT, Settings
from tests.front.processes import RunningFront, StandInEngine
from tests.harness import until

RELEASE = "bc2479862d81"  # 0.9.0
SHARING = "8a0f94136372"  # of 30 November 2026, whose migrations end at 0011
MODULES = {RELEASE: "bot.front", SHARING: "bot.front.app"}
LINK = re.compile(r'href="(/staff[^"#?]*)"')
# The last reads the knowledge base, a file that goes with the code: today's is not for the old one.
NOT_READ = ("/staff/static", "/staff/sign-out", "/staff/live", "/staff/knowledge")
VISITORS = 3


@pytest.fixture(scope="module")
def old_code(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that lays out the project as it was at a commit; skips the test if the history does not reach there."""

    def lay_out(commit: str) -> Path:
        packed = subprocess.run(["git", "archive", commit], cwd=PROJECT_ROOT, capture_output=True)
        if packed.returncode:
            pytest.skip(f"this copy has no history that reaches to {commit}: {packed.stderr.decode()[:200]}")
        folder = tmp_path_factory.mktemp(commit)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder)
        return folder

    return lay_out


class OldFront(RunningFront):
    """A front of an older commit."""

    def __init__(self, code: Path, commit: str, folder: Path, engine: StandInEngine, **settings: Any) -> None:
        super().__init__(folder, engine, **settings)
        self._code, self._module = code, MODULES[commit]

    def start(self, wait: bool = True) -> RunningFront:
        """Start the old code, with what the set-up made for today's."""
        place = {"ADVISOR_WORK_DIR": str(Settings.from_environment().work_dir), "PYTHONDONTWRITEBYTECODE": "1"}
        with self.log_file.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                cwd=self._code,
                env={**self.environment, **place},
                stdout=out,
                stderr=out,
            )
        if wait:
            until(self._up, f"the old front's start; its log: {self.log}")
        return self


class Traffic:
    """Visitors who write one message after the other, each anew until it is answered, at whichever front is told."""

    def __init__(self, *fronts: RunningFront) -> None:
        self.fronts = fronts
        self.answers: dict[str, list[str]] = {f"{number}-{uuid.uuid4().hex}": [] for number in range(VISITORS)}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(sender,)) for sender in self.answers]
        self.wrong: list[str] = []

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def go_on(self, more: int = 4) -> None:
        """Wait until each visitor has got this number of further answers."""
        before = {sender: len(got) for sender, got in self.answers.items()}
        until(
            lambda: all(len(got) >= before[sender] + more for sender, got in self.answers.items()) or self.wrong,
            "further answers",
        )
        assert self.wrong == []

    def _write(self, sender: str) -> None:
        while not self._over.is_set():
            number = len(self.answers[sender])
            front = self.fronts[number % len(self.fronts)]
            body = {"sender": sender, "message": f"number {number}", "message_id": f"{sender}-{number}"}
            try:
                answer = front.post(body)
            except httpx.HTTPError:
                self._over.wait(0.1)  # it is being replaced
                continue
            if answer.status_code == 503:
                self._over.wait(0.1)
                continue
            said = [each["text"] for each in answer.json()] if answer.status_code == 200 else [answer.text]
            if said != [f"You said: number {number}"]:
                self.wrong.append(f"{sender} {number}: {answer.status_code} {said}")
                return
            self.answers[sender].append(said[0])


def require_once_in_order(engine: StandInEngine, traffic: Traffic, url: str) -> None:
    """Assert that the engine ran each message once and in order, and that the database has each with its one reply."""
    by_conversation: dict[str, list[str]] = {}
    for turn in engine.ran:
        by_conversation.setdefault(turn["conversation"], []).append(turn["text"])
    counts = sorted(len(got) for got in traffic.answers.values())
    assert sorted(map(len, by_conversation.values())) == counts
    assert all(texts == [f"number {n}" for n in range(len(texts))] for texts in by_conversation.values())
    database = create_engine(url)
    with database.connect() as connection:
        said = connection.execute(text("SELECT author, count(*) FROM message GROUP BY author")).all()
        open_ones = connection.execute(
            text("SELECT count(*) FROM message WHERE state IN ('received', 'failed')")
        ).scalar()
    database.dispose()
    assert dict(map(tuple, said)) == {"visitor": sum(counts), "advisor": sum(counts)} and open_ones == 0


def require_old_pages(front: OldFront, settings: Settings) -> None:
    """Assert that each page of the old console that the menu leads to is shown, to somebody who may see all."""
    store = store_of(settings)
    name = f"admin-{uuid.uuid4().hex[:8]}"
    store.run(accounts.add, name, "admin", "correct horse battery staple")
    member = next(account for account in store.run(accounts.list_accounts) if account.name == name)
    cookie = store.run(sessions.open_session, member, "test", "")
    store.close()
    with httpx.Client(
        base_url=front.url, timeout=60, cookies={"advisor_staff": cookie}, follow_redirects=True
    ) as client:
        to_read, read = {"/staff"}, dict[str, int]()
        while to_read:
            path = to_read.pop()
            page = client.get(path)
            read[path] = page.status_code
            found = set(LINK.findall(page.text)) if page.headers["content-type"].startswith("text/html") else set()
            to_read |= {link for link in found if not link.startswith(NOT_READ) and link.count("/") < 4} - read.keys()
    assert {path: status for path, status in read.items() if status != 200} == {}
    assert len(read) > 12, "the menu was not seen"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database that is empty yet; "" for a file in the test's folder."""
    if request.param == "sqlite":
        yield ""
        return
    postgres = request.getfixturevalue("postgres")
    name = f"rolling_{uuid.uuid4().hex}"
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


def migrate(settings: Settings) -> None:
    """Run `advisor db migrate`, as it is run beside fronts."""
    given = {"ADVISOR_VAR_DIR": str(settings.var_dir), "ADVISOR_DATABASE_URL": settings.database_url}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli.main", "db", "migrate"],
        cwd=PROJECT_ROOT,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    url = settings.database_url or sqlite_url(settings.var_dir / "conversations.db")
    engine = create_engine(url)
    assert set(schema.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_release_works_on_while_today_migrates(old_code, database, new_engine, programs, tmp_path) -> None:
    engine = new_engine()
    old = OldFront(old_code(RELEASE), RELEASE, tmp_path / "data", engine, database_url=database)
    today = RunningFront(tmp_path / "data", engine, database_url=database)
    programs += [old, today]
    settings = Settings(var_dir=tmp_path / "data", database_url=database)
    old.start()
    with Traffic(old) as traffic:
        traffic.go_on()
        migrate(settings)
        traffic.go_on()
        require_old_pages(old, settings)
        assert old.end() == 0, old.log
        traffic.fronts = (today,)
        today.start()
        traffic.go_on()
    require_once_in_order(engine, traffic, database or sqlite_url(settings.var_dir / "conversations.db"))
    assert '"level": "error"' not in old.log and '"level": "error"' not in today.log


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_both_serve_at_the_same_time(old_code, database, new_engine, programs, tmp_path) -> None:
    engine = new_engine()
    old = OldFront(old_code(SHARING), SHARING, tmp_path / "old", engine, database_url=database)
    today = RunningFront(tmp_path / "today", engine, database_url=database)
    programs += [old, today]
    settings = Settings(var_dir=tmp_path / "today", database_url=database)
    old.start()
    with Traffic(old) as traffic:
        traffic.go_on()
        today.start()  # which migrates
        traffic.go_on()
        traffic.fronts = (old, today)  # by turns, in the same conversations
        traffic.go_on(8)
        require_old_pages(old, settings)
        traffic.fronts = (today,)
        assert old.end() == 0, old.log
        traffic.go_on()
    require_once_in_order(engine, traffic, database)
    assert '"level": "error"' not in old.log and '"level": "error"' not in today.log
