"""Corrections between the console and a release: exported before it, settled after it.

Runs in the front's environment; a release calls it through `./advisor corrections` (corrections_export.py).
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from conversations.db.opening import open_store
from conversations.db.store import Store
from conversations.editing import publications
from conversations.errors import StoreError
from conversations.learning import corrections, regression_conversations
from conversations.learning.corrections import COLLECTED
from core.pack_registry import pack_scope
from core.settings import Settings
from training.corrections import to_json_lines
from training.corrections_export import LESSONS, SETTLED, TALKS


@dataclass(frozen=True)
class ReleaseOutcome:
    """Result of a release: messages `learned`, messages `left` with the reason, regression conversations `kept`.

    `report` says how the new model compares with the one before, for the page of the release.
    """

    release: str
    learned: list[int]
    left: dict[str, str]
    kept: list[int]
    report: dict[str, Any] = field(default_factory=dict)


def export(settings: Settings, folder: Path) -> tuple[int, int]:
    """Write the collected corrections into a folder: a file of lessons, and one for each regression conversation.

    Returns how many there are of both.
    """
    with closing(open_store(settings, alone=False)) as store:  # beside a running front
        return write_collected(store, folder, pack_scope(settings))


def write_collected(store: Store, folder: Path, pack: str | None = None) -> tuple[int, int]:
    """Write what a store has collected (of a guide pack) into a folder, as `export` does."""
    collected = store.run(corrections.list_by_state, COLLECTED, None, pack)
    conversations = store.run(regression_conversations.list_unreleased, pack)
    (folder / TALKS).mkdir(parents=True, exist_ok=True)
    (folder / LESSONS).write_text("".join(map(to_json_lines, collected)), encoding="utf-8")
    yaml = YAML()
    yaml.width = 120
    for conversation in conversations:
        with (folder / TALKS / f"console-{conversation.id}.yml").open("w", encoding="utf-8") as file:
            yaml.dump(regression_conversations.to_file_content(conversation), file)
    return len(collected), len(conversations)


def record_release(settings: Settings, folder: Path) -> None:
    """Note the result of a release, which it wrote into the folder; raises StoreError if it is not there."""
    try:
        outcome = ReleaseOutcome(**json.loads((folder / SETTLED).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{folder / SETTLED} does not say what a release did ({type(error).__name__}).") from None
    with closing(open_store(settings, alone=False)) as store:
        mark_released(store, outcome)
        store.run(publications.record_release, outcome.release, len(outcome.learned), outcome.report, settings.pack)


def mark_released(store: Store, outcome: ReleaseOutcome) -> None:
    """Note which corrections a release or a publication has learned, and why the others were left."""
    left = {int(number): why for number, why in outcome.left.items()}
    store.run(corrections.mark_released, outcome.release, outcome.learned, left)
    store.run(regression_conversations.mark_released, outcome.release, outcome.kept)


def reopen_released(settings: Settings, release: str) -> int:
    """Collect the corrections of a release that was rolled back again; return how many."""
    with closing(open_store(settings, alone=False)) as store:
        store.run(publications.record_release_back, release)
        return reopen_in(store, release)


def reopen_in(store: Store, release: str) -> int:
    """Collect the corrections of a release or a publication that was taken back again; return how many."""
    store.run(regression_conversations.reopen_released, release)
    return store.run(corrections.reopen_released, release)
