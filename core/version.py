"""The advisor's version, as pyproject.toml has it."""

from __future__ import annotations

import re

from core.settings import PROJECT_ROOT

LINE = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)


def version() -> str:
    """Return the version, e.g. 1.2.0."""
    match = LINE.search((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert match, "pyproject.toml has no version"
    return match.group(1)
