"""What staff corrected, handed to a release and settled after it. Runs in the front's environment; a release calls it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from console.views.learning.corrections import lesson_line
from conversations.db.opening import open_store
from conversations.errors import StoreError
from conversations.learning import corrections, regression_conversations
from conversations.learning.corrections import COLLECTED
from core.settings import Settings
from training.corrections_export import LESSONS, SETTLED, TALKS


@dataclass(frozen=True)
class ReleaseOutcome:
    """What a release did with what it was given: `learned` and `left` by message, `kept` by the number of a talk."""

    release: str
    learned: list[int]
    left: dict[str, str]
    kept: list[int]


def export(settings: Settings, folder: Path) -> tuple[int, int]:
    """Write what is collected into a folder: a file of lessons, and one of each talk. How many of both."""
    store = open_store(settings, alone=False)  # beside a running front
    try:
        collected, kept = (
            store.run(corrections.list_by_state, COLLECTED, None),
            store.run(regression_conversations.list_unreleased),
        )
    finally:
        store.close()
    (folder / TALKS).mkdir(parents=True, exist_ok=True)
    (folder / LESSONS).write_text("".join(map(lesson_line, collected)), encoding="utf-8")
    yaml = YAML()
    yaml.width = 120
    for talk in kept:
        with (folder / TALKS / f"console-{talk.id}.yml").open("w", encoding="utf-8") as file:
            yaml.dump(regression_conversations.to_file_content(talk), file)
    return len(collected), len(kept)


def record_release(settings: Settings, folder: Path) -> None:
    """Note what a release did with them."""
    try:
        done = ReleaseOutcome(**json.loads((folder / SETTLED).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{folder / SETTLED} does not say what a release did ({type(error).__name__}).") from None
    left = {int(number): why for number, why in done.left.items()}
    store = open_store(settings, alone=False)
    try:
        store.run(corrections.mark_released, done.release, done.learned, left)
        store.run(regression_conversations.mark_released, done.release, done.kept)
    finally:
        store.close()


def reopen_released(settings: Settings, release: str) -> int:
    """A release was gone back from: its corrections are collected again. How many."""
    store = open_store(settings, alone=False)
    try:
        store.run(regression_conversations.reopen_released, release)
        return store.run(corrections.reopen_released, release)
    finally:
        store.close()
