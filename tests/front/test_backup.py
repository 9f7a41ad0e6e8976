"""Backup and restore from the command line, with a real front running, and not."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.ops.backup import back_up, restore
from conversations.db import database_copy
from conversations.db.opening import open_store
from conversations.db.schema import message
from conversations.db.store import Store, sqlite_url
from conversations.errors import BackupError, StoreError
from conversations.models import Inbound
from conversations.pipeline import inbox
from core.settings import Settings
from own_programs.records import ProgramRecord
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME, writing
from tests.front.fork_server import run_command
from tests.front.processes import free_port

OURS = {"conversations.db", "conversations.db-wal", "conversations.db-shm", "conversations.db.lock"}


def advisor(front, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return run_command(*arguments, environment={**front.environment, **environment})


def one_line(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stdout + done.stderr
    return done.stderr


def said(front) -> list[str]:
    with contextlib.closing(sqlite3.connect(front.folder / "conversations.db")) as database:
        return [text for (text,) in database.execute("SELECT text FROM message WHERE author = 'visitor' ORDER BY id")]


def memory(front, *words: str) -> list[str]:
    """Return what the engine's own file holds, after these words are written to it."""
    with contextlib.closing(sqlite3.connect(front.folder / "engine.db")) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS said (word TEXT)")
        database.executemany("INSERT INTO said VALUES (?)", [(word,) for word in words])
        return [word for (word,) in database.execute("SELECT word FROM said")]


def test_each_guide_pack_is_in_the_backup(new_engine, new_front, tmp_path) -> None:
    (tmp_path / "school/knowledge/guide").mkdir(parents=True)
    (tmp_path / "packs.ini").write_text("[school]\nguide_dir = school\nengine_port = 9\n", encoding="utf-8")
    own = new_front(new_engine(), packs_file=tmp_path / "packs.ini")
    own.ask("first")
    folder = own.folder / "packs/school"
    (folder / "catalogue").mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(folder / "engine.db")) as database, database:
        database.execute("CREATE TABLE said AS SELECT 'then' AS word")
    with writing(folder / "catalogue" / FILE_NAME) as writer:
        writer.source("ours")
        writer.put(ProgramRecord("ours", "kilns", "Kiln Building"))
    settings = Settings(var_dir=own.folder, packs_file=tmp_path / "packs.ini", engine_port=9)
    own.end()
    back_up(settings, tmp_path / "all.tar.gz")
    for file in (folder / "engine.db", folder / "catalogue" / FILE_NAME):
        file.unlink()
    memory(own, "now")
    with contextlib.closing(sqlite3.connect(folder / "engine.db")) as database, database:
        database.execute("CREATE TABLE said AS SELECT 'now' AS word")
    kept = restore(settings, tmp_path / "all.tar.gz")
    assert any(file.name.startswith("packs-school-engine.db") for file in kept)
    with contextlib.closing(sqlite3.connect(folder / "engine.db")) as database:
        assert database.execute("SELECT word FROM said").fetchall() == [("then",)]
    with contextlib.closing(CatalogueReader(folder / "catalogue" / FILE_NAME)) as reader:
        assert [name for (name,) in reader.rows("SELECT name FROM program")] == ["Kiln Building"]


def test_restore_brings_back_what_was_said(new_engine, new_front, tmp_path) -> None:
    file, engine = tmp_path / "backup.tar.gz", new_engine()
    own = new_front(engine)
    own.ask("first")
    memory(own, "then")
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [own.ask(f"meanwhile {number}", "other") for number in range(20)])
        done = advisor(own, "backup", file)
        writing.result()
    assert done.returncode == 0 and "keep it safe" in done.stdout, done.stderr
    assert file.stat().st_mode & 0o077 == 0, "nobody else may read it"
    own.ask("later")
    memory(own, "now")
    assert "Stop it first" in one_line(advisor(own, "restore", file))
    own.end()
    assert "engine is running" in one_line(advisor(own, "restore", file))
    assert "later" in said(own), "nothing was changed"
    engine.end()
    done = advisor(own, "restore", file)
    assert done.returncode == 0 and done.stdout.count("is kept") == 2, done.stderr
    assert "after 7 days the advisor does" in done.stdout
    assert open_to_others(own.folder) == []
    assert "first" in said(own) and "later" not in said(own)
    assert memory(own) == ["then"]
    engine.start()
    own.start()
    assert own.ask("again")[0]["text"] == "You said: again"


def open_to_others(folder: Path) -> list[str]:
    """Return the names of files that other users of the machine could read, the lock of a database among them."""
    return [path.name for path in [folder, *folder.glob("*.db*"), *folder.glob("*.key")] if path.stat().st_mode & 0o077]


@pytest.fixture
def kept(tmp_path) -> Settings:
    """Return the settings of an advisor that is not running, in whose database one message stands."""
    settings = Settings(var_dir=tmp_path / "var", engine_port=free_port())
    _write(settings, "first")
    return settings


def _write(settings: Settings, text: str) -> None:
    store = open_store(settings)
    store.run(inbox.accept, Inbound("loop", "ann", text))
    store.close()


def test_engine_of_another_advisor_is_none_of_ours(kept, tmp_path, new_engine) -> None:
    file, engine = tmp_path / "backup.tar.gz", new_engine()
    back_up(kept, file)
    settings = replace(kept, engine_port=engine.port)
    with pytest.raises(BackupError, match="does not say whose"):
        restore(settings, file)
    engine.behave(installation=settings.installation)
    with pytest.raises(BackupError, match="engine is running"):
        restore(settings, file)
    engine.behave(installation=replace(kept, var_dir=tmp_path / "other").installation)
    assert restore(settings, file)


def _texts(settings: Settings) -> list[str]:
    with contextlib.closing(sqlite3.connect(settings.var_dir / "conversations.db")) as database:
        return [text for (text,) in database.execute("SELECT text FROM message ORDER BY id")]


@pytest.mark.parametrize("kind", ["no archive", "cut short", "empty archive", "damaged database", "newer", "missing"])
def test_unusable_backup_changes_nothing(kept, tmp_path, kind) -> None:
    file, bad = tmp_path / "backup.tar.gz", tmp_path / "conversations.db"
    back_up(kept, file)
    if kind == "missing":
        file.unlink()
    elif kind == "no archive":
        file.write_bytes(b"no backup")
    elif kind == "cut short":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif kind == "newer":
        shutil.copy(kept.var_dir / "conversations.db", bad)
        with contextlib.closing(sqlite3.connect(bad)) as database, database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
    elif kind == "damaged database":
        bad.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    if kind in ("empty archive", "damaged database", "newer"):
        with tarfile.open(file, "w:gz") as archive:
            if bad.exists():
                archive.add(bad, arcname=bad.name)
    with pytest.raises(BackupError, match="Nothing was changed") as refused:
        restore(kept, file)
    assert len(str(refused.value).splitlines()) == 1
    assert _texts(kept) == ["first"] and {path.name for path in kept.var_dir.iterdir()} <= OURS


def test_failing_swap_is_swapped_back(kept, tmp_path, monkeypatch) -> None:
    """The disk fails when the second database is put in place: both are as before."""
    (kept.var_dir / "engine.db").write_bytes(b"")
    back_up(kept, tmp_path / "backup.tar.gz")
    _write(kept, "second")
    replace = os.replace

    def failing(source, target) -> None:
        if Path(target) == kept.var_dir / "conversations.db" and ".restore-" in str(source):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(BackupError, match="No space left"):
        restore(kept, tmp_path / "backup.tar.gz")
    assert _texts(kept) == ["first", "second"]


def test_damaged_database_is_replaced(kept, tmp_path) -> None:
    back_up(kept, tmp_path / "backup.tar.gz")
    (kept.var_dir / "conversations.db").write_bytes(b"garbage" * 1000)
    (old,) = restore(kept, tmp_path / "backup.tar.gz")
    assert _texts(kept) == ["first"] and old.read_bytes().startswith(b"garbage")


def test_backup_overwrites_nothing(kept, tmp_path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(BackupError, match="there already"):
        back_up(kept, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "mine"
    with pytest.raises(BackupError, match="could not be written"):
        back_up(kept, tmp_path / "nowhere" / "file")


def _stored(url: str) -> list[str]:
    with contextlib.closing(Store(url)) as store:
        return list(
            store.run(lambda connection: connection.execute(select(message.c.text).order_by(message.c.id)).scalars())
        )


def test_postgresql_is_backed_up_and_restored(postgres_database, tmp_path) -> None:
    """While a front runs, and with what was there before kept; SQLite takes the same backup."""
    settings, file = Settings(var_dir=tmp_path / "var", database_url=postgres_database), tmp_path / "backup.tar.gz"
    front = open_store(settings)
    front.run(inbox.accept, Inbound("loop", "ann", "first"))
    assert back_up(settings, file) == []
    front.run(inbox.accept, Inbound("loop", "ann", "later"))
    with pytest.raises(BackupError, match="The advisor is running"):
        restore(settings, file)
    front.close()
    [kept] = restore(settings, file)
    assert _stored(postgres_database) == ["first"]
    assert _stored(sqlite_url(kept)) == ["first", "later"] and kept.stat().st_mode & 0o077 == 0
    restore(Settings(var_dir=tmp_path / "small"), file)
    assert _stored(sqlite_url(tmp_path / "small" / "conversations.db")) == ["first"]


def test_restore_into_postgresql_is_whole_or_not_at_all(postgres_database, tmp_path, monkeypatch) -> None:
    settings, file = Settings(var_dir=tmp_path / "var", database_url=postgres_database), tmp_path / "backup.tar.gz"
    with contextlib.closing(open_store(settings)) as front:
        front.run(inbox.accept, Inbound("loop", "ann", "first"))
        back_up(settings, file)
        front.run(inbox.accept, Inbound("loop", "ann", "later"))

    real = database_copy._finish

    def broken(connection, highest) -> None:
        if connection.dialect.name == "postgresql":
            raise StoreError("the disk is full")
        real(connection, highest)

    monkeypatch.setattr(database_copy, "_finish", broken)
    with pytest.raises(BackupError, match="disk is full"):
        restore(settings, file)
    assert _stored(postgres_database) == ["first", "later"]


def test_unreachable_postgresql_is_said(tmp_path) -> None:
    settings = Settings(var_dir=tmp_path, database_url="postgresql+psycopg://nobody@127.0.0.1:1/none")
    for work in (back_up, restore):
        with pytest.raises(BackupError) as refused:
            work(settings, tmp_path / "file")
        assert len(str(refused.value).splitlines()) == 1


def _damage(file: Path) -> None:
    """Pages in the middle are overwritten, as by a bad disk; the head says nothing of it."""
    pages = bytearray(file.read_bytes())
    for place in range(4096 * 5, len(pages) - 4096, 4096 * 2):
        pages[place : place + 2000] = b"\xa5" * 2000
    file.write_bytes(pages)


@pytest.mark.parametrize("how", ["pages", "garbage"])
def test_backup_of_damaged_database_is_refused(new_engine, new_front, tmp_path, how) -> None:
    front = new_front(new_engine())
    front.ask("hello")
    front.end()
    database = front.folder / "conversations.db"
    if how == "pages":
        _damage(database)
    else:
        database.write_bytes(b"no database at all" * 1000)
    said = one_line(advisor(front, "backup", tmp_path / "file.tar.gz"))
    assert "damaged" in said and "no backup was written" in said
    assert list(tmp_path.glob("*.gz")) == [] and list(tmp_path.glob(".backup*")) == []


def test_damaged_memory_is_left_out(kept, tmp_path) -> None:
    (kept.var_dir / "engine.db").write_bytes(b"no database at all" * 1000)
    assert back_up(kept, tmp_path / "file.tar.gz") == ["engine.db"]
    with tarfile.open(tmp_path / "file.tar.gz") as archive:
        assert archive.getnames() == ["conversations.db"]


def test_old_files_become_private(new_engine, new_front) -> None:
    front = new_front(new_engine(), started=False)
    names = ["conversations.db.before-restore-20260101-120000", "engine.db", "session.key", "old-backup.tar.gz"]
    for name in names:
        (front.folder / name).touch(mode=0o644)
    front.folder.chmod(0o755)
    (front.folder / "session.key").write_text("x" * 40)
    front.start()
    front.ask("hello")
    assert open_to_others(front.folder) == [] and (front.folder / "old-backup.tar.gz").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", [("front", "upgrade"), ("staff", "list"), ("privacy", "run", "--dry-run")])
def test_every_command_makes_private_files(new_engine, new_front, command) -> None:
    front = new_front(new_engine(), started=False)
    before = os.umask(0o022)
    try:
        assert advisor(front, *command).returncode == 0
    finally:
        os.umask(before)
    assert [name for name in open_to_others(front.folder) if name != front.folder.name] == []


def test_privacy_run_drops_what_a_restore_put_aside(new_engine, new_front) -> None:
    front = new_front(new_engine(), started=False)
    days = [datetime.now() - timedelta(days=ago) for ago in (1, 6, 8, 100)]
    names = [f"conversations.db.before-restore-{day:%Y%m%d-%H%M%S}" for day in days]
    for name in [*names, "conversations.db.before-restore-mine"]:
        (front.folder / name).touch()
    assert "put aside: 2 are due" in advisor(front, "privacy", "run", "--dry-run").stdout
    assert "put aside: 2 were deleted" in advisor(front, "privacy", "run").stdout
    left = {path.name for path in front.folder.glob("*before-restore*")}
    assert left == {*names[:2], "conversations.db.before-restore-mine"}
    done = advisor(front, "privacy", "run", ADVISOR_DELETE_AFTER_DAYS="3")
    assert "put aside: 1 were" in done.stdout, "never longer than conversations are kept"


def _programs(settings: Settings) -> list[str]:
    with contextlib.closing(CatalogueReader(settings.catalogue_dir / FILE_NAME)) as reader:
        return [program.name for program in reader.all_records()]


def _bring(settings: Settings, *names: str) -> None:
    with writing(settings.catalogue_dir / FILE_NAME) as catalogue:
        catalogue.source("ours")
        for name in names:
            catalogue.put(ProgramRecord("ours", name, name))


def test_own_programs_come_back(kept, tmp_path) -> None:
    settings = replace(kept, catalogue_dir=tmp_path / "elsewhere")
    _bring(settings, "Kilns")
    assert back_up(settings, tmp_path / "file.tar.gz") == []
    _bring(settings, "Glazing")
    replaced = restore(settings, tmp_path / "file.tar.gz")
    assert _programs(settings) == ["Kilns"] and _texts(settings) == ["first"]
    assert {path.parent for path in replaced} == {kept.var_dir}, "where old copies are dropped"


def test_backup_without_programs_leaves_those_there(kept, tmp_path) -> None:
    settings = replace(kept, catalogue_dir=tmp_path / "elsewhere")
    back_up(settings, tmp_path / "file.tar.gz")
    _bring(settings, "Kilns")
    restore(settings, tmp_path / "file.tar.gz")
    assert _programs(settings) == ["Kilns"]


def test_damaged_catalogue_is_left_out(kept, tmp_path) -> None:
    settings = replace(kept, catalogue_dir=tmp_path / "elsewhere")
    settings.catalogue_dir.mkdir()
    (settings.catalogue_dir / FILE_NAME).write_bytes(b"no database at all" * 1000)
    assert back_up(settings, tmp_path / "file.tar.gz") == [FILE_NAME]
