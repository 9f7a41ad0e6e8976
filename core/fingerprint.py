"""Fingerprints of files, to tell whether something that was made from them is still up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def fingerprint(root: Path, patterns: Iterable[str], *more: Path) -> str:
    """Return the SHA-256 over names and contents of the files that match the patterns, and of `more` files from anywhere."""
    sha = hashlib.sha256()
    matching = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    for path in [*sorted(matching), *more]:
        name = path.relative_to(root) if path in matching else path.name
        content = path.read_bytes() if path.is_file() else b"absent"
        sha.update(f"{name}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()


def recorded(record: Path) -> str:
    """Return the fingerprint that a file records, or "" if it records none."""
    try:
        return record.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def keep(record: Path, value: str) -> None:
    """Write a fingerprint into a file."""
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(value + "\n", encoding="ascii")


def content_fingerprint(content: Any) -> str:
    """Return a hash of a value of JSON that is the same in whatever order its keys are; "" for None."""
    if content is None:
        return ""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
