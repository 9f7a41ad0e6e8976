"""The tests that decide on a release: the test phrasings and the kept conversations, asked of a project's own model.

Both are asked at the same time, each in a process of its own. What came of it is kept, so that a model is asked once: the
one in use was asked when it was released.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.fingerprint import fingerprint
from core.guide_pack import evaluation_dir
from core.processes import last_line, run_to_end
from core.served_model import served_model
from core.settings import Settings
from training.train import TRAINING_FILES, ReleaseRefused, places_of

RESULTS = "release-tests.json"  # in the project's var_dir
# What decides on the answers, beside what decides on the model.
ANSWERING = (
    *("actions/**/*.py", "core/**/*.py", "knowledge/**/*.py", "own_programs/**/*.py"),
    *("training/evaluation/**/*.py", "training/evaluation/**/*.yml"),
)


@dataclass(frozen=True)
class Tested:
    """What a model made of its tests: each phrasing with whether it was understood, each conversation with what went wrong."""

    scores: dict[str, bool]
    talks: dict[str, list[str]]


def run_tests(project: Settings) -> Tested:
    """Return what a project's trained model makes of its tests; raises ReleaseRefused if they cannot be run."""
    kept, made_from = project.var_dir / RESULTS, _made_from(project)
    if found := _read(kept, made_from):
        return found
    with ThreadPoolExecutor(2) as asking:
        scores = asking.submit(_asked, project, "scoring", "The quality tests could not be run")
        talks = asking.submit(_asked, project, "conversations", "The kept conversations could not be played")
        tested = Tested(scores.result(), talks.result())
    keep_results(project, tested)
    return tested


def keep_results(project: Settings, tested: Tested) -> None:
    """Keep what a project's present model made of its tests."""
    kept = project.var_dir / RESULTS
    kept.write_text(json.dumps({"made_from": _made_from(project), **asdict(tested)}), encoding="utf-8")


def _made_from(project: Settings) -> str:
    tests = sorted(evaluation_dir(project).rglob("*.yml"))
    return fingerprint(project.root, (*TRAINING_FILES, *ANSWERING), served_model(project), project.knowledge_db, *tests)


def _read(kept: Path, made_from: str) -> Tested | None:
    try:
        found = json.loads(kept.read_text(encoding="utf-8"))
        return Tested(found["scores"], found["talks"]) if found["made_from"] == made_from else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _asked(project: Settings, what: str, failure: str) -> Any:
    """Return the answers of one of the evaluations, python -m training.evaluation.WHAT."""
    out, log = (project.var_dir / f"{what}.{end}" for end in ("json", "log"))
    argv = [sys.executable, "-m", f"training.evaluation.{what}", "--json", str(out)]
    if run_to_end(argv, log, places_of(project), project.root):
        raise ReleaseRefused(f"{failure}: {last_line(log)} Nothing was changed.")
    return json.loads(out.read_text(encoding="utf-8"))
