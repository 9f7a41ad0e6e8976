"""The advisor's version, which stands in pyproject.toml and nowhere else."""

from __future__ import annotations

import re

from core.settings import PROJECT_ROOT

LINE = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)


def version() -> str:
    """Return the version, e.g. 1.2.0."""
    return LINE.search((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")).group(1)
