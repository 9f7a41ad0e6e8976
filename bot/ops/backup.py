"""Backup and restore of what people said, and of the organisation's own programs, in one file.

Three databases, and of each further guide pack the engine's memory and the own programs.

A backup is taken while everything runs. A restore needs all to be stopped, and is whole or not at all; what was there is kept
beside it. With PostgreSQL the rows of one moment are copied into a SQLite file, so that a backup can be put back into either.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from conversations.db.database_copy import copy_moment, replace_all
from conversations.db.store import Store, sqlite_url
from conversations.errors import BackupError, StoreError
from core.contract.turns import READY_PATH
from core.guide_pack import PACKS_FOLDER
from core.pack_registry import packs_of
from core.ports import Whose, whose
from core.settings import Settings
from own_programs.store.writer import FILE_NAME as CATALOGUE

MEMORY = "engine.db"
NEEDED = "conversations.db"
PUT_ASIDE, WHEN = ".before-restore-", "%Y%m%d-%H%M%S"  # what stands behind the name of what a restore replaced
COPIES_DAYS = 7  # long enough to see that a restore was right; what people said is in it
# The engines' memory in PostgreSQL: what it holds of conversations is not of the time to which they are put back.
FORGET_MEMORY = """DO $$ BEGIN IF to_regclass('engine_conversation') IS NOT NULL
    THEN DELETE FROM engine_conversation; DELETE FROM engine_reply; END IF; END $$"""


def back_up(settings: Settings, file: Path) -> list[str]:
    """Write a backup; the advisor may run meanwhile. Return the databases that are left out of it, as they are damaged.

    BackupError where the conversations cannot be read whole: a copy of a broken database could not be put back.
    """
    on_server = _is_on_server(settings)
    if file.exists():
        raise BackupError(f"{file} is there already. Give another name.")
    if not on_server and not (settings.var_dir / NEEDED).exists():
        raise BackupError(f"There is nothing to back up yet: {settings.var_dir / NEEDED} is missing.")
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            places = _places(settings)
            if on_server:
                places = _of_programs(places)
                _copy_from_server(settings, Path(folder) / NEEDED)
            left_out = _copy_all(places, Path(folder))
            packed = Path(folder) / "packed"
            _pack(Path(folder), packed, _places(settings))
            os.replace(packed, file)
    except (OSError, sqlite3.Error, SQLAlchemyError, StoreError) as error:
        raise BackupError(f"The backup could not be written to {file}: {_first_line(error)}.") from error
    return left_out


def restore(settings: Settings, file: Path) -> list[Path]:
    """Put a backup in place and return the paths to which the files there before were moved; the advisor must be stopped."""
    on_server = _is_on_server(settings)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.database_url or sqlite_url(settings.var_dir / NEEDED))
    try:
        _lock(store)
        _require_no_engine(settings)
        with _unpacked(file, settings.var_dir, _places(settings)) as folder:
            if on_server:
                return _put_on_server(folder, store, settings)
            return _put_in_place(folder, _places(settings), settings.var_dir)
    except (SQLAlchemyError, StoreError) as error:
        raise BackupError(
            f"The backup could not be put in place: {_first_line(error)}. Nothing was changed."
        ) from error
    except OSError as error:
        raise BackupError(f"The backup could not be put in place: {error}. Nothing was changed.") from error
    finally:
        store.close()


def _places(settings: Settings) -> dict[str, Path]:
    """Return where each database stands, by its name in a backup; those of further packs are named packs/NAME/...

    The engines' memory comes first: it may lack the last turn of a conversation, but not know one that was never said.
    """
    packs = {f"{PACKS_FOLDER}/{name}/" if name else "": pack.settings for name, pack in packs_of(settings).items()}
    memory = {f"{place}{MEMORY}": own.var_dir / MEMORY for place, own in packs.items()}
    programs = {f"{place}{CATALOGUE}": own.catalogue_dir / CATALOGUE for place, own in packs.items()}
    return {**memory, NEEDED: settings.var_dir / NEEDED, **programs}


def _of_programs(places: dict[str, Path]) -> dict[str, Path]:
    return {name: place for name, place in places.items() if _holds_programs(name)}


def _holds_programs(name: str) -> bool:
    return name.rpartition("/")[2] == CATALOGUE


def _require_no_engine(installation: Settings) -> None:
    """Raise BackupError if this advisor runs, or one that does not say whose it is."""
    for pack in packs_of(installation).values():
        _require_no_engine_of(pack.settings)


def _require_no_engine_of(settings: Settings) -> None:
    owner = whose(settings, settings.engine_url + READY_PATH)
    if owner is Whose.OURS:
        raise BackupError("The engine is running. Stop the advisor first, then restore.")
    if owner is Whose.UNNAMED:
        raise BackupError(
            f"An engine is running at {settings.engine_url} and does not say whose it is. Stop it first, then restore; "
            "if it belongs to another advisor, set ADVISOR_ENGINE_PORT to this one's port."
        )


def days_of_copies(delete_after_days: int) -> int:
    """Return for how many days the files that a restore replaced are kept: never longer than a conversation."""
    return min(COPIES_DAYS, delete_after_days) if delete_after_days else COPIES_DAYS


def old_copies(var_dir: Path, days: int, at: datetime) -> list[Path]:
    """Return the files that restores replaced `days` or more before `at`."""
    files = []
    for file in var_dir.glob(f"*{PUT_ASIDE}*"):
        with contextlib.suppress(ValueError):  # named by somebody else: not ours to judge
            made = datetime.strptime(file.name.rpartition(PUT_ASIDE)[2], WHEN)
            if at - made >= timedelta(days=days):
                files.append(file)
    return sorted(files)


def drop_old_copies(var_dir: Path, days: int) -> int:
    """Delete the files that restores replaced long enough ago; return how many."""
    old = old_copies(var_dir, days, datetime.now())
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _is_on_server(settings: Settings) -> bool:
    """Return True if conversations are in PostgreSQL; raises BackupError if they are in a file at an unusual place."""
    if settings.database_url.startswith("sqlite"):
        raise BackupError("Backup and restore know only the database's usual place; leave ADVISOR_DATABASE_URL empty.")
    return bool(settings.database_url)


def _lock(store: Store) -> None:
    try:
        store.lock(alone=True)
    except StoreError as error:
        raise BackupError(f"The advisor is running ({error}) Then restore.") from error


def _copy_from_server(settings: Settings, file: Path) -> None:
    """Copy the conversations of PostgreSQL into a SQLite file that only its owner may read."""
    file.touch(mode=0o600)
    with (
        contextlib.closing(Store(settings.database_url)) as source,
        contextlib.closing(Store(sqlite_url(file))) as copy,
    ):
        source.upgrade()
        copy_moment(source, copy)


def _put_on_server(folder: Path, store: Store, settings: Settings) -> list[Path]:
    """Put unpacked databases in place of what PostgreSQL holds, in one transaction; return the copy of that."""
    store.upgrade()
    kept = settings.var_dir / f"{NEEDED}{PUT_ASIDE}{datetime.now():{WHEN}}"
    _copy_from_server(settings, kept)
    with contextlib.closing(Store(sqlite_url(folder / NEEDED))) as unpacked:
        try:
            replace_all(unpacked, store)
        except (SQLAlchemyError, StoreError):
            kept.unlink()
            raise
    store.run(lambda connection: connection.exec_driver_sql(FORGET_MEMORY))
    programs = _of_programs(_places(settings))  # PostgreSQL takes them over if it has none
    return [kept, *_put_in_place(folder, programs, settings.var_dir)]


def _copy_all(places: dict[str, Path], folder: Path) -> list[str]:
    """Copy the databases and check each copy; return those that are damaged, and so left out."""
    left_out = []
    for name, place in places.items():
        if not place.exists():
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            _copy(place, folder / name)
            require_well(folder / name)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, no room: nothing is known of the database
                raise
            if name == NEEDED:
                raise BackupError(
                    f"{place} is damaged ({_first_line(error)}), so no backup was written. Keep the backups that "
                    "there are; stop the advisor and put the newest in its place (advisor restore)."
                ) from error
            (folder / name).unlink(missing_ok=True)
            left_out.append(name)
    return left_out


def _copy(source: Path, target: Path) -> None:
    """Copy a database by SQLite's online backup: whole, whatever is written meanwhile."""
    with contextlib.closing(sqlite3.connect(source)) as old, contextlib.closing(sqlite3.connect(target)) as new:
        old.backup(new)


def require_well(file: Path) -> None:
    """Raise sqlite3.DatabaseError unless every page, row and index of a database is well."""
    with contextlib.closing(sqlite3.connect(file)) as database:
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _pack(folder: Path, packed: Path, names: Iterable[str]) -> None:
    packed.touch(mode=0o600)
    with tarfile.open(packed, "w:gz") as archive:
        for name in names:
            if (folder / name).exists():
                archive.add(folder / name, arcname=name)


@contextlib.contextmanager
def _unpacked(file: Path, var_dir: Path, names: Collection[str]) -> Iterator[Path]:
    """Unpack and check the backup's databases in a folder beside their place, so that each move is one step; return it."""
    with tempfile.TemporaryDirectory(dir=var_dir, prefix=".restore-") as made:
        folder = Path(made)
        try:
            with tarfile.open(file) as archive:
                members = [member for member in archive.getmembers() if member.isfile() and member.name in names]
                for member in members:
                    content = archive.extractfile(member)
                    assert content  # a regular file
                    (folder / member.name).parent.mkdir(parents=True, exist_ok=True)
                    with (folder / member.name).open("xb") as out:
                        shutil.copyfileobj(content, out)
        except (tarfile.TarError, EOFError, OSError) as error:
            why = str(error).splitlines()[0].rstrip(":")
            raise BackupError(f"{file} cannot be read as a backup ({why}). Nothing was changed.") from error
        _check(folder, file, names)
        yield folder


def _check(folder: Path, file: Path, names: Iterable[str]) -> None:
    if not (folder / NEEDED).exists():
        raise BackupError(f"{file} holds no {NEEDED}, so it is no backup of the advisor. Nothing was changed.")
    try:
        for name in names:
            if (folder / name).exists():
                require_well(folder / name)
        brought_up = Store(sqlite_url(folder / NEEDED))
        brought_up.upgrade()
        brought_up.close()
    except (sqlite3.Error, StoreError) as error:
        raise BackupError(f"The backup {file} cannot be used: {_first_line(error)} Nothing was changed.") from error


def _put_in_place(folder: Path, places: dict[str, Path], aside: Path) -> list[Path]:
    """Swap the databases one by one; if one cannot be, those before it are swapped back. What was there goes to `aside`."""
    ending = f"{PUT_ASIDE}{datetime.now():{WHEN}}"
    kept: list[tuple[Path, Path]] = []
    try:
        for name, place in places.items():
            if _holds_programs(name) and not (folder / name).exists():
                continue  # an older backup knows of none; what people said has nothing to do with it
            if place.exists():
                flat = name.replace("/", "-")  # of a further pack
                old = aside / (flat + ending)
                _settle(place, aside / flat, ending)
                _move(place, old)
                kept.append((place, old))
            if (folder / name).exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                _move(folder / name, place)
    except OSError:
        for place, old in kept:
            _move(old, place)
        raise
    return [old for _, old in kept]


def _move(source: Path, target: Path) -> None:
    """Move a file to its place in one step, from another file system, too; only its owner may read it there."""
    source.chmod(0o600)
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        part = target.with_name(f".{target.name}.part")
        shutil.copy2(source, part)
        os.replace(part, target)
        source.unlink()


def _settle(place: Path, beside: Path, ending: str) -> None:
    """Write a database's journal into it, or put the journal aside, since it must not meet another database."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(place)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for journal in (place.with_name(f"{place.name}-wal"), place.with_name(f"{place.name}-shm")):
        if journal.exists():
            _move(journal, beside.with_name(f"{beside.name}{journal.name.removeprefix(place.name)}{ending}"))
