"""File permissions: whatever holds people's words, or a key, is readable by its owner alone."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from core.settings import Settings

# In ADVISOR_VAR_DIR. Databases with their journals, copies that a restore put aside, keys, backups.
PRIVATE_FILES = ("*.db", "*.db-wal", "*.db-shm", "*.db.lock", "*.db*.before-restore-*", "*.key", "*.tar.gz")


def restrict_new_files() -> None:
    """Make new files of this process and its children readable by their owner alone."""
    os.umask(0o077)


def restrict_existing_files(settings: Settings) -> None:
    """Take all permissions of other users from the files and the folder that exist already."""
    folder = settings.var_dir
    folder.mkdir(parents=True, exist_ok=True)
    for file in _private_files(settings):
        _restrict(file, 0o600)
    if not folder.stat().st_mode & stat.S_ISVTX:  # a folder that is everybody's, as /tmp is, stays so
        _restrict(folder, 0o700)


def _private_files(settings: Settings) -> Iterator[Path]:
    for pattern in PRIVATE_FILES:
        yield from settings.var_dir.glob(pattern)
    if settings.database_url.startswith("sqlite:///"):
        database = Path(settings.database_url.removeprefix("sqlite:///"))
        yield from (database.with_name(database.name + ending) for ending in ("", "-wal", "-shm", ".lock"))


def _restrict(path: Path, mode: int) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError):  # somebody else's is theirs to change
        if path.stat().st_uid == os.getuid() and path.stat().st_mode & 0o077:
            path.chmod(mode)
