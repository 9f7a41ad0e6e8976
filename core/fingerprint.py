"""Tells whether something that was made from files is still up to date with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(root: Path, patterns: Iterable[str], *more: Path) -> str:
    """SHA-256 over names and contents of the files that match, and of `more` files from anywhere."""
    sha = hashlib.sha256()
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    for path in [*sorted(found), *more]:
        name = path.relative_to(root) if path in found else path.name
        content = path.read_bytes() if path.is_file() else b"absent"
        sha.update(f"{name}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()


def recorded(record: Path) -> str:
    """What was kept last time; empty where nothing was."""
    try:
        return record.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def keep(record: Path, value: str) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(value + "\n", encoding="ascii")
