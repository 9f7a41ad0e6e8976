"""Keeps files that staff upload until they have decided about them, beside the catalogue."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from pathlib import Path

from catalogue.errors import UploadGone

FOLDER = "uploads"
KEPT_SECONDS = 24 * 3600
MAPPING = "mapping.yml"
_ID = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w. -]+")


def keep_upload(catalogue_dir: Path, name: str, content: bytes) -> str:
    """Keep a file and return the number of its upload; uploads of a day ago and more are dropped."""
    _drop_old(catalogue_dir / FOLDER)
    upload = secrets.token_hex(16)
    folder = catalogue_dir / FOLDER / upload
    folder.mkdir(parents=True)
    (folder / _safe_name(name)).write_bytes(content)
    return upload


def uploaded_file(catalogue_dir: Path, upload: str) -> Path:
    """Return the file of an upload; raises UploadGone."""
    return next(path for path in _folder(catalogue_dir, upload).iterdir() if path.name != MAPPING)


def keep_uploaded_mapping(catalogue_dir: Path, upload: str, text: str) -> Path:
    """Write the mapping that staff made for an upload beside it and return its place; raises UploadGone."""
    file = _folder(catalogue_dir, upload) / MAPPING
    file.write_text(text.replace("\r\n", "\n"), encoding="utf-8")
    return file


def drop_upload(catalogue_dir: Path, upload: str) -> None:
    """Delete an upload; raises UploadGone."""
    shutil.rmtree(_folder(catalogue_dir, upload))


def _folder(catalogue_dir: Path, upload: str) -> Path:
    folder = catalogue_dir / FOLDER / upload
    if not _ID.fullmatch(upload) or not folder.is_dir():
        raise UploadGone("This file is no longer kept. Choose it again.")
    return folder


def _safe_name(name: str) -> str:
    """Return a file's name without folders and signs that mean something to a file system."""
    last = _UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .")[-100:]
    return f"file-{last}" if last in ("", MAPPING) else last


def _drop_old(uploads: Path) -> None:
    for folder in uploads.iterdir() if uploads.is_dir() else ():
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
