"""Fixtures of all rooms; each room keeps its own in a file of its own."""

import gc
import os
import sys
import tempfile
from pathlib import Path

import pytest

# A catalogue of own programs that lies in this installation is none of the tests' business; those about one bring it.
os.environ["ADVISOR_CATALOGUE_DIR"] = str(Path(tempfile.gettempdir()) / "advisor-tests-without-a-catalogue")

pytest_plugins = ["tests.knowledge_fixtures", "tests.engine_fixtures", "tests.patch_fixtures"]
# Each environment runs its own: ./advisor pytest the engine's, ./advisor front pytest the front's.
collect_ignore_glob = ["front"] if sys.version_info < (3, 11) else ["test_*.py"]

# Which marker a test gets by a fixture that it uses or by its file, so that none can be forgotten.
BY_FIXTURE = {
    "browser": "browser",
    "whole_browser": "browser",
    "postgres": "postgres",
    "postgres_database": "postgres",
    "postgres_url": "postgres",
    "own_project": "slow",
}
BY_FILE = {
    "test_kills.py": ("kill", "slow"),
    "test_openapi.py": ("slow",),
    "test_documented_day.py": ("slow",),
    "test_rolling_upgrade.py": ("slow",),
    "test_telegram_promises.py": ("slow",),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need: `-m "not browser"`, `-m postgres`. Files with slow ones go first.

    So no worker has one before it when the others have ended.
    """
    for item in items:
        names = {mark for fixture, mark in BY_FIXTURE.items() if fixture in getattr(item, "fixturenames", ())}
        if "[postgresql" in item.name or "-postgresql" in item.name:
            names.add("postgres")
        for name in (*names, *BY_FILE.get(item.path.name, ())):
            item.add_marker(name)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Have nothing of what is loaded looked through for garbage: models and thousands of tests, 7 % of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
