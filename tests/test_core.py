"""What the advisor does next: Rasa's conversation tests pass on the trained model, and no story is there without need.

`rasa test core` is run once. To ask whether a story is needed, the policies are trained anew without it, with Rasa's own
trainer and tester but in this process, which spares its start-up of several seconds each time.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from core.served_model import trained_model
from core.settings import PROJECT_ROOT, Settings, process_environment

CONVERSATIONS = str(PROJECT_ROOT / "tests/conversations")
STORIES_FILE = PROJECT_ROOT / "data/stories.yml"
STORIES = YAML(typ="safe").load(STORIES_FILE)["stories"]


@pytest.fixture(scope="module", autouse=True)
def quiet_rasa(tmp_path_factory) -> Iterator[None]:
    """Rasa as the advisor starts it: no telemetry, no debug lines, and a cache of its own.

    Nothing here is trained twice, so that trackers are told apart by a number: their real fingerprints are what the cache
    compares, and are half the time of a training as small as these. And the files that are alike in all trainings, the domain
    above all, are held against Rasa's schemas once: that is a third of what then remains.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name, value in process_environment({}, {}).items():
            patch.setenv(name, value)
        patch.setenv("RASA_CACHE_DIRECTORY", str(tmp_path_factory.mktemp("cache")))
        from rasa.shared.core.domain import Domain
        from rasa.shared.core.trackers import DialogueStateTracker
        from rasa.shared.utils import validation
        from rasa.utils.log_utils import configure_structlog

        numbers = itertools.count()
        patch.setattr(DialogueStateTracker, "fingerprint", lambda tracker: str(next(numbers)))
        patch.setattr(validation, "validate_yaml_schema", functools.cache(validation.validate_yaml_schema))
        patch.setattr(Domain, "from_yaml", functools.cache(Domain.from_yaml))

        configure_structlog(logging.ERROR)
        yield


def wrong_prediction(folder: Path, stories: list[dict]) -> str:
    """Return the first conversation test that fails once trained on all rules and these stories; empty where none does."""
    from rasa.core.agent import Agent
    from rasa.core.test import WrongPredictionException, test
    from rasa.model_training import train_core

    (folder / "data").mkdir()
    shutil.copy(PROJECT_ROOT / "data/rules.yml", folder / "data")
    YAML().dump({"version": "3.1", "stories": stories}, folder / "data/stories.yml")
    model = train_core(
        *(str(path) for path in (PROJECT_ROOT / "domain.yml", PROJECT_ROOT / "config.yml", folder / "data", folder)),
        additional_arguments={
            "augmentation_factor": 0
        },  # stories glued together, which neither of our policies learns from
    )
    try:
        asyncio.run(test(CONVERSATIONS, Agent.load(model), fail_on_prediction_errors=True, disable_plotting=True))
    except WrongPredictionException as error:
        return str(error)
    return ""


def test_conversations_go_as_told(tmp_path) -> None:
    model = trained_model(Settings.from_environment())
    argv = ["test", "core", "-m", str(model), "-s", CONVERSATIONS, "--fail-on-prediction-errors"]
    done = subprocess.run(
        [sys.executable, "-m", "rasa", *argv, "--out", str(tmp_path)],
        cwd=PROJECT_ROOT,
        env=process_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_all_stories_suffice_here_too(tmp_path) -> None:
    assert wrong_prediction(tmp_path, STORIES) == ""


@pytest.mark.parametrize("story", [each["story"] for each in STORIES])
def test_every_story_is_needed(tmp_path, story) -> None:
    assert "predicted: " in wrong_prediction(tmp_path, [each for each in STORIES if each["story"] != story])
